// Recurrent layers beyond the golden files: against a loop of cells, state, modes, hooks, threads.
#include "nn/layers/recurrent.hpp"

#include "autograd/base/parallel.hpp"
#include "autograd/check/gradcheck.hpp"
#include "autograd/graph/backward.hpp"
#include "autograd/graph/graph.hpp"
#include "autograd/tensor/create_by_dtype.hpp"
#include "nn/layers/recurrent_cells.hpp"
#include "nn/module/clone.hpp"
#include "nn/module/summary.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using Tensors = std::vector<Tensor>;

std::vector<std::string> names_of(const StateDict& dict) {
  std::vector<std::string> names;
  for (const auto& [name, value] : dict) names.push_back(name);
  return names;
}

Tensor random(const Shape& shape, DType dtype = kFloat32) {
  Generator generator(7);
  return randn(shape, {.dtype = dtype, .generator = &generator});
}

/// The cell with the weights of the layer's first layer.
template <class Cell, class Layer>
Cell cell_of(const Layer& layer) {
  Cell cell(layer.input_size(), layer.hidden_size(), {.dtype = layer.parameters()[0].dtype()});
  for (const char* name : {"weight_ih", "weight_hh", "bias_ih", "bias_hh"})
    cell.set_parameter(name, layer.named_parameters()[std::string(name) + "_l0"]);
  return cell;
}

Tensors run_cell(const nn::RNNCell& cell, const Tensor& x, const Tensors& state) {
  return {cell(x, state[0])};
}
Tensors run_cell(const nn::GRUCell& cell, const Tensor& x, const Tensors& state) {
  return {cell(x, state[0])};
}
Tensors run_cell(const nn::LSTMCell& cell, const Tensor& x, const Tensors& state) {
  const auto [h, c] = cell(x, {state[0], state[1]});
  return {h, c};
}
Tensors run_layer(const nn::HiddenStateRNN& layer, const Tensor& x, const Tensors& state) {
  const auto [y, h] = layer(x, state[0].unsqueeze(0));
  return {y, h.squeeze(0)};
}
Tensors run_layer(const nn::LSTM& layer, const Tensor& x, const Tensors& state) {
  const auto [y, last] = layer(x, {state[0].unsqueeze(0), state[1].unsqueeze(0)});
  return {y, last.h.squeeze(0), last.c.squeeze(0)};
}

/// The values of both, then the gradients of x, states and parameters, of a sum that weighs all results.
Tensors all_of(const Tensors& results, const Tensors& leaves, bool create_graph) {
  Tensor total = full({}, 0.0, {.dtype = results[0].dtype()});
  for (const Tensor& y : results) total = total + sum(y * random(y.shape(), y.dtype()));
  Tensors all = results;
  for (const Tensor& g : grad({total}, leaves, {.create_graph = create_graph})) all.push_back(g.detach());
  return all;
}

template <class Cell, class Layer>
void expect_a_loop_of_cells(const Layer& layer, std::size_t states) {
  const Cell cell = cell_of<Cell>(layer);
  const DType dtype = layer.parameters()[0].dtype();
  const Tensor x = random({6, 20, layer.input_size()}, dtype).requires_grad_();
  Tensors initial, leaves{x};
  for (std::size_t i = 0; i < states; ++i)
    initial.push_back(random({20, layer.hidden_size()}, dtype).requires_grad_());
  leaves.insert(leaves.end(), initial.begin(), initial.end());
  for (const Tensor& parameter : layer.parameters()) leaves.push_back(parameter);

  Tensors steps, state = initial;
  for (std::int64_t t = 0; t < x.size(0); ++t) {
    state = run_cell(cell, x[t], state);
    steps.push_back(state[0]);
  }
  Tensors by_cells{stack(steps)};
  by_cells.insert(by_cells.end(), state.begin(), state.end());
  const Tensors expected = all_of(by_cells, leaves, false);
  for (const bool create_graph : {false, true}) {  // the kernel's gradients, and those made of small ops
    const Tensors got = all_of(run_layer(layer, x, initial), leaves, create_graph);
    BOOST_REQUIRE_EQUAL(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i)
      BOOST_TEST(allclose(got[i], expected[i], 1e-12, 1e-12), layer.name() << ", result " << i);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_recurrent)

BOOST_AUTO_TEST_CASE(layers_are_a_loop_of_cells) {
  expect_a_loop_of_cells<nn::RNNCell>(nn::RNN(3, 11, {.dtype = kFloat64}), 1);
  expect_a_loop_of_cells<nn::GRUCell>(nn::GRU(3, 11, {.dtype = kFloat64}), 1);
  expect_a_loop_of_cells<nn::LSTMCell>(nn::LSTM(3, 11, {.dtype = kFloat64}), 2);
}

BOOST_AUTO_TEST_CASE(layers_print_and_name_their_state_as_pytorch_does) {
  BOOST_TEST(to_string(nn::RNN(10, 20)) == "RNN(10, 20)");
  BOOST_TEST(to_string(nn::GRU(10, 20, {.num_layers = 2, .batch_first = true})) ==
             "GRU(10, 20, num_layers=2, batch_first=True)");
  const nn::LSTM lstm(10, 20, {.num_layers = 2, .bias = false, .dropout = 0.1, .bidirectional = true});
  BOOST_TEST(to_string(lstm) == "LSTM(10, 20, num_layers=2, bias=False, dropout=0.1, bidirectional=True)");
  BOOST_TEST(names_of(lstm.state_dict()) ==
                 (std::vector<std::string>{"weight_ih_l0", "weight_hh_l0", "weight_ih_l0_reverse",
                                           "weight_hh_l0_reverse", "weight_ih_l1", "weight_hh_l1",
                                           "weight_ih_l1_reverse", "weight_hh_l1_reverse"}),
             boost::test_tools::per_element());
  BOOST_TEST((lstm.state_dict()["weight_ih_l0"].shape() == Shape{80, 10}));
  BOOST_TEST((lstm.state_dict()["weight_ih_l1_reverse"].shape() == Shape{80, 40}));
  BOOST_TEST(names_of(nn::GRU(2, 3).state_dict()) ==
                 (std::vector<std::string>{"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"}),
             boost::test_tools::per_element());
  BOOST_TEST(to_string(nn::RNNCell(10, 20, {.bias = false, .nonlinearity = "relu"})) ==
             "RNNCell(10, 20, bias=False, nonlinearity=relu)");
  BOOST_TEST(to_string(nn::LSTMCell(10, 20)) == "LSTMCell(10, 20)");
  BOOST_TEST(names_of(nn::GRUCell(2, 3).state_dict()) ==
                 (std::vector<std::string>{"weight_ih", "weight_hh", "bias_ih", "bias_hh"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(parameters_begin_within_one_by_the_root_of_the_hidden_size) {
  for (const Tensor& parameter : nn::LSTM(200, 16, {.num_layers = 2}).parameters()) {
    BOOST_TEST(parameter.abs().max().item() <= 0.25);
    BOOST_TEST(parameter.abs().max().item() > 0.2);  // of at least 64 numbers
  }
}

BOOST_AUTO_TEST_CASE(results_unpack_as_tuples_do) {
  const nn::GRU gru(2, 3);
  const nn::LSTM lstm(2, 3);
  const Tensor x = random({4, 5, 2}), h0 = random({1, 5, 3}), c0 = random({1, 5, 3});
  auto [y, h] = gru(x, h0);
  BOOST_TEST((y.shape() == Shape{4, 5, 3}));
  BOOST_TEST(equal(y[3], h[0]));
  auto [z, state] = lstm(x, {h0, c0});
  auto& [hn, cn] = state;
  BOOST_TEST(equal(z[3], hn[0]));
  BOOST_TEST((cn.shape() == Shape{1, 5, 3}));
  Tensor output;
  nn::LSTMState next;
  std::tie(output, next) = lstm(x, state);
  BOOST_TEST(equal(output, lstm(x, std::tuple(hn, cn)).output));
  BOOST_TEST(equal(std::get<0>(std::get<1>(lstm(x, {hn, cn}))), next.h));
  Tensor c;
  std::tie(std::ignore, c) = nn::LSTMCell(2, 3)(x[0]);
  BOOST_TEST((c.shape() == Shape{5, 3}));
  hn.zero_();  // the last state is not a view of the output
  BOOST_TEST(!equal(z[3], hn[0]));
}

BOOST_AUTO_TEST_CASE(dropout_between_layers_is_for_training_alone) {
  nn::LSTM lstm(2, 3, {.num_layers = 2, .dropout = 1});
  const Tensor x = random({4, 5, 2}), other = random({4, 5, 2}) + 1;
  BOOST_TEST(equal(lstm(x).output, lstm(other).output));  // the second layer sees zeros
  BOOST_TEST(!equal(lstm(x).state.h, lstm(other).state.h));
  lstm.eval();
  BOOST_TEST(!equal(lstm(x).output, lstm(other).output));
  nn::LSTM one(2, 3, {.dropout = 1});
  BOOST_TEST(!equal(one(x).output, one(other).output));
}

BOOST_AUTO_TEST_CASE(a_packed_batch_is_its_sequences_one_by_one) {
  const nn::GRU gru(2, 3, {.num_layers = 2, .bidirectional = true, .dtype = kFloat64});
  const Tensors sequences{random({2, 2}, kFloat64), random({5, 2}, kFloat64), random({3, 2}, kFloat64)};
  const Tensor h0 = random({4, 3, 3}, kFloat64);
  const auto [packed, h] = gru(nn::utils::pack_sequence(sequences, false), h0);
  const Tensors outputs = nn::utils::unpack_sequence(packed);
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto [y, last] = gru(sequences[static_cast<std::size_t>(i)], h0.select(1, i));
    BOOST_TEST(allclose(outputs[static_cast<std::size_t>(i)], y, 1e-12, 1e-12));
    BOOST_TEST(allclose(h.select(1, i), last, 1e-12, 1e-12));
  }
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_the_number_of_threads) {
  const int threads = num_threads();
  const nn::LSTM lstm(40, 50, {.num_layers = 2, .bidirectional = true});
  const nn::GRU gru(40, 50, {.bidirectional = true});
  const Tensor x = random({30, 70, 40}).requires_grad_();
  const auto results = [&](int count) {
    set_num_threads(count);
    const auto [y, state] = lstm(x);
    const auto [z, h] = gru(x);
    Tensors leaves = lstm.parameters();
    for (const Tensor& parameter : gru.parameters()) leaves.push_back(parameter);
    leaves.push_back(x);
    Tensors all{y, z};
    const Tensor total = sum(square(y)) + sum(state.c) + sum(square(z));
    for (const Tensor& g : grad({total}, leaves)) all.push_back(g);
    return all;
  };
  const Tensors one = results(1), two = results(2), five = results(5);
  set_num_threads(threads);
  for (std::size_t i = 0; i < one.size(); ++i) {
    BOOST_TEST(equal(one[i], two[i]));
    BOOST_TEST(equal(one[i], five[i]));
  }
}

BOOST_AUTO_TEST_CASE(an_empty_batch_gives_empty_results) {
  const nn::LSTM lstm(2, 3, {.bidirectional = true});
  const Tensor x = zeros({4, 0, 2}, {.requires_grad = true});
  const auto [y, state] = lstm(x);
  BOOST_TEST((y.shape() == Shape{4, 0, 6}));
  BOOST_TEST((state.c.shape() == Shape{2, 0, 3}));
  sum(y).backward();
  BOOST_TEST((x.grad().shape() == x.shape()));
  expect_values(lstm.named_parameters()["bias_hh_l0"].grad(), std::vector<double>(12, 0));
  BOOST_TEST((lstm(zeros({std::int64_t{1} << 40, 0, 2})).output.size(0) == std::int64_t{1} << 40));
}

BOOST_AUTO_TEST_CASE(hooks_and_traces_see_a_layer_as_one_call) {
  nn::LSTM lstm(2, 3);
  std::vector<std::size_t> taken, given;
  lstm.register_forward_hook([&](nn::ModuleBase&, const Tensors& inputs, const Tensors& outputs) {
    taken.push_back(inputs.size());
    given.push_back(outputs.size());
  });
  const Tensor x = random({4, 5, 2});
  const Tracer tracer;
  const auto [y, state] = lstm(x);
  lstm(x, state);
  BOOST_TEST(taken == (std::vector<std::size_t>{1, 3}), boost::test_tools::per_element());
  BOOST_TEST(given == (std::vector<std::size_t>{3, 3}), boost::test_tools::per_element());
  const Graph graph = tracer.graph();
  BOOST_TEST(graph.scopes.size() == 2u);
  BOOST_TEST(lstm.is_called_in(graph.scopes[0]));
  BOOST_TEST(std::ranges::count(graph.ops, "lstm", &Graph::Op::name) == 2);
}

BOOST_AUTO_TEST_CASE(summary_counts_the_products_of_inputs_and_of_states) {
  nn::LSTM lstm(2, 3);
  const nn::Summary summary = nn::summary_of(lstm, [&] { lstm(random({4, 5, 2})); });
  BOOST_TEST(summary.rows[0].output_shape == "{4, 5, 3}, {1, 5, 3}, {1, 5, 3}");
  BOOST_TEST(summary.total_multiply_adds == 4 * 5 * 12 * (2 + 3));
}

BOOST_AUTO_TEST_CASE(a_clone_has_weights_of_its_own) {
  nn::GRU gru(2, 3, {.num_layers = 2}), twin = nn::clone(gru);
  const Tensor x = random({4, 5, 2});
  BOOST_TEST(equal(gru(x).output, twin(x).output));
  {
    const NoGradGuard no_grad;
    twin.named_parameters()["weight_hh_l1"].zero_();
  }
  BOOST_TEST(!equal(gru(x).output, twin(x).output));
  gru.to(kFloat64);
  BOOST_TEST((gru(x.to(kFloat64)).output.dtype() == kFloat64));
}

BOOST_AUTO_TEST_CASE(a_long_sequence_has_gradients_on_an_ordinary_stack) {
  const nn::LSTM lstm(1, 2);
  const Tensor x = random({3000, 1}).requires_grad_();
  sum(lstm(x).output).backward();
  BOOST_TEST(x.grad().isfinite().all().item<bool>());
}

BOOST_AUTO_TEST_CASE(states_may_be_carried_over_without_their_history) {
  const nn::LSTM lstm(2, 3);
  auto [y, state] = lstm(random({4, 5, 2}));
  const auto [z, last] = lstm(random({4, 5, 2}), {state.h.detach(), state.c.detach()});
  sum(z).backward();
  BOOST_TEST(!last.h.is_leaf());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
