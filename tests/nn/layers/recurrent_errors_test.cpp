// What recurrent layers, their cells and packed sequences refuse, and how they say it.
#include "autograd/tensor/create_by_dtype.hpp"
#include "nn/layers/recurrent.hpp"
#include "nn/layers/recurrent_cells.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(nn_recurrent_errors)

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
  const nn::LSTM lstm(2, 3, {.num_layers = 2});
  const nn::GRU gru(2, 3, {.batch_first = true});
  expect_error(
      [&] {
        lstm(zeros({4, 5, 7}));
      },
      "LSTM: the input is of shape {4, 5, 7}; expected a last size of 2, the input_size");
  expect_error(
      [&] { lstm(zeros({2})); },
      "LSTM: the input is of shape {2}; expected {steps, N, input_size} or unbatched {steps, input_size}");
  expect_error(
      [&] {
        gru(zeros({1, 2, 3, 2}));
      },
      "GRU: the input is of shape {1, 2, 3, 2}; expected {N, steps, input_size}");
  expect_error([&] { lstm(zeros({4, 5, 2}, kInt64)); }, "LSTM: the input is int64, the weights are float32");
  expect_error(
      [&] {
        lstm(zeros({4, 5, 2}, kFloat64));
      },
      "LSTM: the input is float64, the weights are float32");
  expect_error(
      [&] {
        lstm(zeros({0, 5, 2}));
      },
      "LSTM: the input of shape {0, 5, 2} has no steps; expected 1 or more");
  expect_error(
      [&] {
        lstm(zeros({4, 5, 2}), {zeros({2, 5, 3}), zeros({1, 5, 3})});
      },
      "LSTM: c0 is of shape {1, 5, 3}; expected {2, 5, 3} beside an input of {4, 5, 2}");
  expect_error(
      [&] {
        lstm(zeros({4, 2}), {zeros({2, 1, 3}), zeros({2, 1, 3})});
      },
      "LSTM: h0 is of shape {2, 1, 3}; expected {2, 3} beside an input of {4, 2}");
  expect_error(
      [&] {
        lstm(zeros({4, 5, 2}), {zeros({2, 5, 3}), Tensor()});
      },
      "LSTM: only one of h0 and c0 is defined; give both or none");
  expect_error(
      [&] {
        gru(zeros({5, 4, 2}), zeros({1, 5, 3}, kFloat64));
      },
      "GRU: h0 is float64, the input is float32");
  expect_error([] { nn::LSTM(2, 3, {.proj_size = 1}); },
               "LSTM: proj_size is 1; projections are not supported");
  expect_error([] { nn::GRU(2, 0); }, "GRU: input_size is 2 and hidden_size 0; expected 1 or more");
  expect_error([] { nn::GRU(2, 3, {.num_layers = 0}); }, "GRU: num_layers is 0; expected 1 or more");
  expect_error([] { nn::GRU(2, 3, {.dropout = 1.5}); },
               "GRU: dropout is 1.5; expected a probability in [0, 1]");
  expect_error([] { nn::RNN(2, 3, {.nonlinearity = "sin"}); },
               "RNN: nonlinearity is \"sin\"; expected \"tanh\" or \"relu\"");
  expect_error([] { nn::RNN(2, 3, {.dtype = kInt64}); },
               "RNN: the dtype is int64; expected float32 or float64");
  expect_error([&] { gru(nn::utils::PackedSequence()); }, "GRU: the packed sequence is empty");
  expect_error(
      [&] {
        gru(nn::utils::PackedSequence(zeros({3}), tensor({2, 1})));
      },
      "GRU: the packed elements are of shape {3}; expected {rows, input_size}");
  expect_error(
      [] {
        nn::GRUCell(2, 3)(zeros({4, 5, 2}));
      },
      "GRUCell: the input is of shape {4, 5, 2}; expected {N, input_size} or {input_size}");
  expect_error(
      [] {
        nn::RNNCell(2, 3)(zeros({4, 2}), zeros({3}));
      },
      "RNNCell: h is of shape {3}; expected {4, 3} beside an input of {4, 2}");
  expect_error(
      [] {
        nn::LSTMCell(2, 3)(zeros({4, 2}), {zeros({4, 3}), Tensor()});
      },
      "LSTMCell: only one of h and c is defined; give both or none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
