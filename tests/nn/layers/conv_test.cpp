// The convolution layers: initial values, names, text, options.
#include "nn/layers/conv.hpp"

#include "nn/module/sequential.hpp"
#include "nn/module/summary.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

std::string text_of(const nn::Module& module) { return fmt::format("{}", module); }

/// Uniform in [-bound, bound]: the ends are reached nearly, mean and variance are those of the distribution.
void expect_uniform(const Tensor& x, double bound) {
  const Tensor values = x.detach().to(kFloat64);
  const auto n = static_cast<double>(x.numel());
  BOOST_TEST(values.abs().max().item() <= bound);
  BOOST_TEST(values.abs().max().item() > bound * (1 - 8 / n));
  BOOST_TEST(std::abs(values.mean().item()) < 4 * bound / std::sqrt(3 * n));  // four standard errors
  BOOST_TEST(values.square().mean().item() == bound * bound / 3,
             boost::test_tools::tolerance(8 / std::sqrt(n)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_conv)

BOOST_AUTO_TEST_CASE(layers_compute_their_functions) {
  const Tensor x = randn({2, 4, 6, 7}), y = randn({2, 4, 9});
  nn::Conv2d conv(4, 6, {3, 2}, {.stride = {2, 1}, .padding = 1, .dilation = {1, 2}, .groups = 2});
  BOOST_TEST(conv(x).equal(conv2d(x, conv.weight(), conv.bias(),
                                  {.stride = {2, 1}, .padding = 1, .dilation = {1, 2}, .groups = 2})));
  nn::Conv1d line(4, 3, 4, {.padding = "same", .bias = false});
  BOOST_TEST(line(y).equal(conv1d(y, line.weight(), {.padding = "same"})));
  nn::ConvTranspose2d back(4, 6, 3,
                           {.stride = 2, .padding = 1, .output_padding = 1, .groups = 2, .dilation = 2});
  BOOST_TEST(back(x).equal(
      conv_transpose2d(x, back.weight(), back.bias(),
                       {.stride = 2, .padding = 1, .output_padding = 1, .groups = 2, .dilation = 2})));
  nn::ConvTranspose1d line_back(4, 3, 4, {.stride = 3});
  BOOST_TEST(line_back(y).equal(conv_transpose1d(y, line_back.weight(), line_back.bias(), {.stride = 3})));
}

BOOST_AUTO_TEST_CASE(other_borders_than_zeros_are_put_around_the_input) {
  const Tensor x = randn({2, 3, 6, 7});
  nn::Conv2d reflecting(3, 4, 3, {.padding = {1, 2}, .padding_mode = "reflect"});
  BOOST_TEST(
      reflecting(x).equal(conv2d(pad(x, {2, 2, 1, 1}, "reflect"), reflecting.weight(), reflecting.bias())));
  nn::Conv2d same(3, 4, {2, 4}, {.padding = "same", .padding_mode = nn::PaddingMode::circular});
  BOOST_TEST(same(x).equal(conv2d(pad(x, {1, 2, 0, 1}, "circular"), same.weight(), same.bias())));
  nn::Conv2d valid(3, 4, 3, {.padding = "valid", .padding_mode = "replicate"});
  BOOST_TEST(valid(x).equal(conv2d(x, valid.weight(), valid.bias())));
  nn::Conv1d line(6, 2, 3, {.stride = 2, .padding = 2, .padding_mode = "replicate"});
  BOOST_TEST(line(x[0].reshape({1, 6, 21}).slice(1, 0, 6)).shape() == Shape({1, 2, 12}));
  BOOST_TEST(text_of(reflecting) ==
             "Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 2), padding_mode=reflect)");
  BOOST_TEST(error_of([] { nn::ConvTranspose2d(4, 6, 3, {.padding_mode = "reflect"}); }) ==
             "ConvTranspose2d: padding_mode takes \"zeros\" alone");
  BOOST_TEST(error_of([] {
               nn::Conv2d(4, 6, 3, {.stride = 2, .padding = "same", .padding_mode = "reflect"});
             }) == "Conv2d: padding \"same\" takes no stride but 1");
}

BOOST_AUTO_TEST_CASE(layers_start_uniform_within_one_over_the_root_of_their_terms) {
  Generator generator(7);
  const nn::Conv2d conv(16, 200, {3, 2}, {.groups = 2, .generator = &generator});
  expect_uniform(conv.weight(), 1 / std::sqrt(8 * 6));
  expect_uniform(conv.bias(), 1 / std::sqrt(8 * 6));
  const nn::ConvTranspose1d back(10, 200, 5, {.groups = 2, .generator = &generator});
  expect_uniform(back.weight(),
                 1 / std::sqrt(100 * 5));  // PyTorch's fan_in is the second size times the kernel
  expect_uniform(back.bias(), 1 / std::sqrt(100 * 5));
}

BOOST_AUTO_TEST_CASE(parameters_have_pytorchs_names_and_shapes) {
  const nn::Sequential net{nn::Conv2d(4, 6, {3, 2}, {.groups = 2}),
                           nn::ConvTranspose2d(6, 4, 3, {.groups = 2}), nn::Conv1d(2, 3, 4, {.bias = false}),
                           nn::ConvTranspose1d(3, 2, 4)};
  std::string text;
  for (const auto& [name, value] : net.state_dict()) text += name + value.shape().to_string() + " ";
  BOOST_TEST(
      text ==
      "0.weight{6, 2, 3, 2} 0.bias{6} 1.weight{6, 2, 3, 3} 1.bias{4} 2.weight{3, 2, 4} 3.weight{3, 2, 4} "
      "3.bias{2} ");
}

BOOST_AUTO_TEST_CASE(layers_print_as_pytorchs) {  // texts of PyTorch 1.13
  BOOST_TEST(text_of(nn::Conv2d(1, 6, 5)) == "Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))");
  BOOST_TEST(
      text_of(nn::Conv2d(4, 6, {3, 2},
                         {.stride = 2, .padding = {1, 0}, .dilation = {1, 2}, .groups = 2, .bias = false})) ==
      "Conv2d(4, 6, kernel_size=(3, 2), stride=(2, 2), padding=(1, 0), dilation=(1, 2), groups=2, "
      "bias=False)");
  BOOST_TEST(text_of(nn::Conv1d(3, 4, 3, {.padding = "same"})) ==
             "Conv1d(3, 4, kernel_size=(3,), stride=(1,), padding=same)");
  BOOST_TEST(
      text_of(nn::ConvTranspose2d(4, 6, 3, {.stride = 2, .padding = 1, .output_padding = 1})) ==
      "ConvTranspose2d(4, 6, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), output_padding=(1, 1))");
}

BOOST_AUTO_TEST_CASE(summary_shows_output_shapes_and_parameters) {
  nn::Sequential net{nn::Conv2d(1, 6, 5, {.padding = 2}), nn::ConvTranspose2d(6, 1, 2, {.stride = 2})};
  const std::string table = fmt::format("{}", nn::summary(net, {1, 1, 28, 28}));
  BOOST_TEST(table.find("0: Conv2d           {1, 6, 28, 28}") != std::string::npos, table);
  BOOST_TEST(table.find("156") != std::string::npos, table);
  BOOST_TEST(table.find("{1, 1, 56, 56}") != std::string::npos, table);
}

BOOST_AUTO_TEST_CASE(weights_can_be_tied_and_a_dtype_chosen) {
  nn::Conv2d conv(1, 2, 3, {.dtype = kFloat64});
  BOOST_TEST((conv.weight().dtype() == kFloat64));
  nn::ConvTranspose2d back(2, 1, 3, {.dtype = kFloat64});
  back.set_weight(conv.weight());
  BOOST_TEST(back(zeros({1, 2, 4, 4}, {.dtype = kFloat64})).shape() == Shape({1, 1, 6, 6}));
  sum(back(conv(ones({1, 1, 5, 5}, {.dtype = kFloat64})))).backward();
  BOOST_TEST(conv.weight().grad().equal(back.weight().grad()));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_by_name) {
  BOOST_TEST(error_of([] { nn::Conv2d(0, 2, 3); }) ==
             "Conv2d: the numbers of channels are 0 and 2; expected 1 or more");
  BOOST_TEST(error_of([] { nn::Conv2d(4, 6, 3, {.groups = 4}); }) ==
             "Conv2d: groups is 4; expected a divisor of 4 input and 6 output channels");
  BOOST_TEST(error_of([] {
               nn::Conv1d(4, 6, {3, 3});
             }) == "Conv1d: kernel_size has 2 values, {3, 3}; expected 1");
  BOOST_TEST(error_of([] { nn::Conv2d(4, 6, 0); }) == "Conv2d: kernel_size is 0; expected 1 or more");
  BOOST_TEST(error_of([] { nn::Conv2d(4, 6, 3, {.stride = 0}); }) ==
             "Conv2d: stride is 0; expected 1 or more");
  BOOST_TEST(error_of([] { nn::Conv2d(4, 6, 3, {.dtype = kInt64}); }) ==
             "Conv2d: the dtype is int64; expected float32 or float64");
  expect_error([] { nn::Conv2d(4, 6, 3, {.padding_mode = "mirror"}); }, "Conv2d: padding_mode is \"mirror\"");
  nn::Conv2d conv(4, 6, 3);
  expect_error([&] { conv(ones({1, 3, 5, 5})); }, "has 3 channels; a weight of shape {6, 4, 3, 3}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
