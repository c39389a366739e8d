// Pooling layers and functions beyond the golden files: texts, positions, errors, digits.
#include "nn/layers/pooling.hpp"

#include "autograd/base/parallel.hpp"
#include "autograd/tensor/results.hpp"
#include "nn/functional.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(nn_pooling)

BOOST_AUTO_TEST_CASE(layers_print_as_pytorch_does) {
  BOOST_TEST(to_string(nn::MaxPool2d(2)) ==
             "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)");
  BOOST_TEST(to_string(nn::MaxPool2d({3, 2}, {.stride = 2, .padding = {1, 0}, .ceil_mode = true})) ==
             "MaxPool2d(kernel_size=(3, 2), stride=2, padding=(1, 0), dilation=1, ceil_mode=True)");
  BOOST_TEST(to_string(nn::MaxPool1d(3, 2)) ==
             "MaxPool1d(kernel_size=3, stride=2, padding=0, dilation=1, ceil_mode=False)");
  BOOST_TEST(to_string(nn::AvgPool2d(3, 2, 1)) == "AvgPool2d(kernel_size=3, stride=2, padding=1)");
  BOOST_TEST(to_string(nn::AvgPool1d(3)) == "AvgPool1d(kernel_size=(3,), stride=(3,), padding=(0,))");
  BOOST_TEST(to_string(nn::AdaptiveAvgPool2d({7, 5})) == "AdaptiveAvgPool2d(output_size=(7, 5))");
  BOOST_TEST(to_string(nn::AdaptiveAvgPool1d(1)) == "AdaptiveAvgPool1d(output_size=1)");
  BOOST_TEST(to_string(nn::AdaptiveMaxPool2d(1)) == "AdaptiveMaxPool2d(output_size=1)");
}

BOOST_AUTO_TEST_CASE(layers_call_their_functions) {
  const Tensor x = reshape(arange(32, {.dtype = kFloat32}), {1, 2, 4, 4});
  expect_values(nn::MaxPool2d(2)(x)[0][0], {5, 7, 13, 15});
  expect_values(nn::MaxPool2d(3, {.stride = 2, .padding = 1})(x)[0][0], {5, 7, 13, 15});
  expect_values(nn::MaxPool2d(2, 3)(x)[0][0], {5});
  expect_values(nn::max_pool2d(x, 2, 2)[0][1], {21, 23, 29, 31});
  expect_values(nn::AvgPool2d(2)(x)[0][0], {2.5, 4.5, 10.5, 12.5});
  expect_values(nn::AvgPool2d(4, {.divisor_override = 2})(x), {60, 188});
  expect_values(nn::AdaptiveAvgPool2d(1)(x), {7.5, 23.5});
  expect_values(nn::AdaptiveMaxPool2d({1, 2})(x), {13, 15, 29, 31});
  const Tensor signal = x[0][0];
  expect_values(nn::MaxPool1d(2)(signal)[0], {1, 3});
  expect_values(nn::AvgPool1d(2, 2)(signal)[0], {0.5, 2.5});
  expect_values(nn::AdaptiveAvgPool1d(1)(signal), {1.5, 5.5, 9.5, 13.5});
  expect_values(nn::AdaptiveMaxPool1d(1)(signal), {3, 7, 11, 15});
  const auto [values, indices] = max_pool2d_with_indices(x, 2);
  expect_values(indices[0][1], {5, 7, 13, 15});
}

BOOST_AUTO_TEST_CASE(the_bits_do_not_depend_on_the_threads) {
  manual_seed(2);
  const Tensor x = randn({64, 8, 33, 31}, {.requires_grad = true});
  const int threads = num_threads();
  std::vector<Tensor> results[2];
  for (const int run : {0, 1}) {
    set_num_threads(run == 0 ? 1 : 2);
    for (const Tensor& y :
         {max_pool2d(x, 3, 2, 1), avg_pool2d(x, 3, 2, 1), max_pool2d(x, 2), adaptive_avg_pool2d(x, 5)}) {
      x.zero_grad();
      y.backward(ones(y.shape()));
      results[run].push_back(y.detach());
      results[run].push_back(x.grad());
    }
  }
  set_num_threads(threads);
  for (std::size_t i = 0; i < results[0].size(); ++i) BOOST_TEST(equal(results[0][i], results[1][i]));
}

BOOST_AUTO_TEST_CASE(errors_name_the_op_and_what_would_fit) {
  const Tensor x = ones({1, 2, 4, 4});
  expect_error(
      [&] {
        max_pool2d(ones({4, 4}), 2);
      },
      "max_pool2d: expected {C, H, W} or {N, C, H, W}, got {4, 4}");
  expect_error([&] { max_pool1d(x, 2); }, "max_pool1d: expected {C, L} or {N, C, L}, got {1, 2, 4, 4}");
  expect_error(
      [&] { max_pool2d(x, 5); },
      "max_pool2d: a kernel that reaches over 5 does not fit into 4 with padding 0, of x {1, 2, 4, 4}");
  expect_error([&] { max_pool2d(x, 2, {.padding = 2}); },
               "max_pool2d: padding 2 is more than half of the kernel's 2");
  expect_error(
      [&] {
        max_pool2d(x, {1, 2, 3});
      },
      "max_pool2d: kernel_size has 3 values, {1, 2, 3}; expected 1 or 2");
  expect_error([&] { avg_pool2d(x, 2, {.stride = 0}); }, "avg_pool2d: stride is 0; expected 1 or more");
  expect_error([&] { avg_pool2d(x, 2, {.divisor_override = 0}); }, "avg_pool2d: divisor_override is 0");
  expect_error([&] { adaptive_avg_pool2d(x, 0); },
               "adaptive_avg_pool2d: output_size is 0; expected 1 or more");
  expect_error(
      [&] {
        avg_pool2d(ones({2, 0, 4}), 2);
      },
      "avg_pool2d: x of shape {2, 0, 4} has no elements; only the batch may be empty");
  expect_error(
      [&] {
        max_pool2d(ones({2, 2, 2}, {.dtype = kInt64}), 2);
      },
      "max_pool2d: expected float32 or float64, got int64");
  expect_error([&] { max_pool1d(ones({1, 1}), 2, {.padding = 2, .dilation = 4}); }, "holds padding alone");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
