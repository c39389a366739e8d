// Operators where ONNX's suite of opset 17 does not look: the forms of opset 18, layers against those of nn,
// seeds, and gradients through what is composed.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "autograd/check/gradcheck.hpp"
#include "autograd/ops/conv.hpp"
#include "autograd/ops/normalization.hpp"
#include "nn/layers/recurrent.hpp"
#include "onnx/detail/operator_helpers.hpp"
#include "tests/onnx/build_model.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

const Tensor numbers = tensor({{1.0, -2.0, 3.0}, {4.0, 5.0, -6.0}});

/// f(x) and its gradient with central differences, through a model of one node.
void check_gradient(const std::string& op, const std::vector<Tensor>& inputs,
                    const std::vector<Attribute>& attributes = {}, std::int64_t opset = 18) {
  std::vector<Tensor> leaves;
  for (const Tensor& x : inputs)
    if (x.defined() && x.is_floating_point()) leaves.push_back(x);
  const auto f = [&](const std::vector<Tensor>& given) {
    std::vector<Tensor> all = inputs;
    std::size_t next = 0;
    for (Tensor& x : all)
      if (x.defined() && x.is_floating_point()) x = given[next++];
    return output_of(op, all, attributes, opset);
  };
  const GradcheckResult result = gradcheck(f, leaves);
  BOOST_TEST(result.ok, op << ": " << result.message);
}

Tensor leaf(const Shape& shape) { return randn(shape, {.dtype = kFloat64, .requires_grad = true}); }

/// Blocks of rows in another order.
Tensor blocks(const Tensor& x, std::int64_t count, const std::vector<std::int64_t>& order) {
  const std::vector<Tensor> parts = chunk(x, count, 0);
  std::vector<Tensor> moved;
  for (const std::int64_t i : order) moved.push_back(parts[static_cast<std::size_t>(i)]);
  return cat(moved, 0);
}

/// The parameters of a layer with one direction as ONNX's W, R and B, its gates in another order.
std::vector<Tensor> weights_of(const StateDict& state, std::int64_t gates,
                               const std::vector<std::int64_t>& order) {
  const auto moved = [&](const char* name) { return blocks(state[name], gates, order); };
  return {unsqueeze(moved("weight_ih_l0"), 0), unsqueeze(moved("weight_hh_l0"), 0),
          unsqueeze(cat({moved("bias_ih_l0"), moved("bias_hh_l0")}), 0)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(onnx_operators)

BOOST_AUTO_TEST_CASE(axes_of_reductions_are_an_attribute_or_an_input) {
  expect_values(output_of("ReduceMax", {numbers}, {{"axes", Sizes{1}}, {"keepdims", 0}}, 13), {3, 5});
  expect_values(output_of("ReduceMax", {numbers, tensor({-1})}, {{"keepdims", 0}}), {3, 5});
  expect_values(output_of("ReduceMax", {numbers}), {5});
  expect_values(output_of("ReduceMax", {numbers}, {{"noop_with_empty_axes", 1}}), {1, -2, 3, 4, 5, -6});
  expect_error([] { output_of("ReduceMax", {numbers, tensor({0, -2})}); }, "axis -2 is named twice");
}

BOOST_AUTO_TEST_CASE(what_is_split_without_sizes_has_a_smaller_last_part) {
  const std::vector<Tensor> parts = outputs_of("Split", {arange(7)}, {{"num_outputs", 3}}, 18, 3);
  expect_values(parts[0], {0, 1, 2});
  expect_values(parts[1], {3, 4, 5});
  expect_values(parts[2], {6});
}

BOOST_AUTO_TEST_CASE(slices_go_backwards_and_beyond_the_ends) {
  const auto slice_of = [](std::int64_t start, std::int64_t end, std::int64_t step) {
    return output_of("Slice", {arange(5), tensor({start}), tensor({end}), tensor({0}), tensor({step})});
  };
  expect_values(slice_of(-1, INT64_MIN, -2), {4, 2, 0});
  expect_values(slice_of(10, 1, -1), {4, 3, 2});
  expect_values(slice_of(1, 3, -1), {});
  expect_values(slice_of(-100, 100, 3), {0, 3});
  expect_values(slice_of(4, INT64_MIN, INT64_MIN), {4});
  expect_error([&] { slice_of(0, 1, 0); }, "the step of a slice is 0");
}

BOOST_AUTO_TEST_CASE(padding_adds_and_takes_away_along_some_axes) {
  const Tensor x = tensor({{1.0, 2.0, 3.0}});
  expect_values(output_of("Pad", {x, tensor({1, -1}), tensor(9.0), tensor({-1})}), {9, 1, 2});
  expect_values(output_of("Pad", {x, tensor({2, 1}), Tensor(), tensor({1})}, {{"mode", "reflect"}}),
                {3, 2, 1, 2, 3, 2});
  expect_values(output_of("CenterCropPad", {x, tensor({5})}, {{"axes", Sizes{1}}}), {0, 1, 2, 3, 0});
  expect_values(output_of("CenterCropPad", {x, tensor({1})}, {{"axes", Sizes{1}}}), {2});
}

BOOST_AUTO_TEST_CASE(bits_of_integers) {
  const Tensor a = tensor({12, 10}), b = tensor({10, 3});
  expect_values(output_of("BitwiseAnd", {a, b}), {8, 2});
  expect_values(output_of("BitwiseOr", {a, b}), {14, 11});
  expect_values(output_of("BitwiseXor", {a, b}), {6, 9});
  expect_values(output_of("BitwiseNot", {a}), {-13, -11});
  expect_values(output_of("BitShift", {tensor({255, 1}).to(kUInt8), tensor({1, 8}).to(kUInt8)},
                          {{"direction", "LEFT"}}),
                {254, 0});
}

BOOST_AUTO_TEST_CASE(integers_are_divided_as_in_c) {
  expect_values(output_of("Div", {tensor({7, -7, 7}), tensor({2, 2, -2})}), {3, -3, -3});
  expect_values(output_of("Mod", {tensor({7, -7, 7}), tensor({3, 3, -3})}), {1, 2, -2});
  expect_values(output_of("Mod", {tensor({7, -7, 7}), tensor({3, 3, -3})}, {{"fmod", 1}}), {1, -1, 1});
  expect_error([] { output_of("Mod", {numbers, numbers}); }, "floats need fmod = 1");
}

BOOST_AUTO_TEST_CASE(reductions_of_scatter) {
  const Tensor x = tensor({1.0, 2.0, 3.0}), index = tensor({0, 0, -1}), updates = tensor({5.0, -1.0, 4.0});
  const auto scattered = [&](const char* how) {
    return output_of("ScatterElements", {x, index, updates}, {{"reduction", how}});
  };
  expect_values(scattered("add"), {5, 2, 7});
  expect_values(scattered("mul"), {-5, 2, 12});
  expect_values(scattered("max"), {5, 2, 4});
  expect_values(scattered("min"), {-1, 2, 3});
  expect_error([&] { scattered("mean"); }, "the reduction is \"mean\"");
}

BOOST_AUTO_TEST_CASE(pools_of_powers_and_of_padded_windows) {
  const Tensor x = tensor({{{3.0, 4.0, 0.0, 5.0}}});
  expect_values(output_of("LpPool", {x}, {{"kernel_shape", Sizes{2}}, {"strides", Sizes{2}}}), {5, 5});
  expect_values(output_of("GlobalLpPool", {x}, {{"p", 1}}), {12});
  const std::vector<Attribute> padded{
      {"kernel_shape", Sizes{3}}, {"strides", Sizes{2}}, {"pads", Sizes{1, 0}}, {"ceil_mode", 1}};
  expect_values(output_of("AveragePool", {x}, padded), {3.5, 3});
  std::vector<Attribute> counted = padded;
  counted.emplace_back("count_include_pad", 1);
  expect_values(output_of("AveragePool", {x}, counted), {7.0 / 3, 3});
  expect_values(output_of("MaxPool", {-x}, padded), {-3, 0});
}

BOOST_AUTO_TEST_CASE(convolutions_over_three_axes_are_those_over_two_where_one_is_flat) {
  const Tensor x = randn({2, 4, 1, 5, 6}), w = randn({6, 2, 1, 3, 2});
  const std::vector<Attribute> attributes{
      {"group", 2}, {"pads", Sizes{0, 1, 0, 0, 1, 1}}, {"strides", Sizes{1, 2, 1}}};
  const Tensor y = output_of("Conv", {x, w, ones({6})}, attributes);
  const Tensor flat =
      conv2d(pad(squeeze(x, 2), {0, 1, 1, 1}), squeeze(w, 2), ones({6}), {.stride = {2, 1}, .groups = 2});
  expect_values(y, flat.to_vector<double>(), 1e-5);
  const Tensor back = output_of("ConvTranspose", {x, randn({4, 3, 1, 3, 2})}, {{"strides", Sizes{1, 2, 1}}});
  BOOST_TEST(back.shape() == (Shape{2, 3, 1, 11, 7}));
}

BOOST_AUTO_TEST_CASE(groups_are_normalised_with_a_scale_for_each_or_for_each_channel) {
  const Tensor x = randn({2, 4, 3}), scale = tensor({1.0, 2.0}), bias = tensor({0.0, 3.0});
  const Tensor by_channel = group_norm(x, 2, repeat_interleave(scale, 2), repeat_interleave(bias, 2));
  expect_values(output_of("GroupNormalization", {x, scale, bias}, {{"num_groups", 2}}),
                by_channel.to_vector<double>());
  expect_values(output_of("GroupNormalization", {x, ones({4}), zeros({4})}, {{"num_groups", 2}}),
                group_norm(x, 2).to_vector<double>());
}

BOOST_AUTO_TEST_CASE(an_lstm_is_that_of_nn) {
  manual_seed(3);
  nn::LSTM layer(3, 4);
  const Tensor x = randn({5, 2, 3}), h = randn({1, 2, 4}), c = randn({1, 2, 4});
  std::vector<Tensor> inputs = weights_of(layer.state_dict(), 4, {0, 3, 1, 2});  // i f g o to i o f g
  inputs.insert(inputs.begin(), x);
  inputs.insert(inputs.end(), {Tensor(), h, c});
  const std::vector<Tensor> results = outputs_of("LSTM", inputs, {{"hidden_size", 4}}, 14, 3);
  auto [output, state] = layer(x, {h, c});
  expect_values(squeeze(results[0], 1), output.to_vector<double>(), 1e-5);
  expect_values(results[1], state.h.to_vector<double>(), 1e-5);
  expect_values(results[2], state.c.to_vector<double>(), 1e-5);
}

BOOST_AUTO_TEST_CASE(a_gru_is_that_of_nn_and_sequences_end_where_they_say) {
  manual_seed(4);
  nn::GRU layer(3, 4);
  const Tensor x = randn({5, 2, 3});
  std::vector<Tensor> inputs = weights_of(layer.state_dict(), 3, {1, 0, 2});  // r z n to z r n
  inputs.insert(inputs.begin(), x);
  inputs.push_back(tensor({5, 2}).to(kInt32));
  const std::vector<Attribute> attributes{{"hidden_size", 4}, {"linear_before_reset", 1}};
  const std::vector<Tensor> results = outputs_of("GRU", inputs, attributes, 14, 2);
  const auto whole = layer(narrow(x, 1, 0, 1)), shorter = layer(slice(narrow(x, 1, 1, 1), 0, 0, 2));
  const Tensor outputs = squeeze(results[0], 1);
  expect_values(select(outputs, 1, 0), whole.output.to_vector<double>(), 1e-5);
  expect_values(slice(select(outputs, 1, 1), 0, 0, 2), shorter.output.to_vector<double>(), 1e-5);
  expect_values(slice(select(outputs, 1, 1), 0, 2), std::vector<double>(12, 0.0));
  expect_values(select(results[1], 1, 1), shorter.h_n.to_vector<double>(), 1e-5);
}

BOOST_AUTO_TEST_CASE(activations_of_recurrent_layers_are_named) {
  const std::vector<Tensor> inputs{ones({1, 1, 1}), full({1, 1, 1}, 2.0), zeros({1, 1, 1})};
  const auto with = [&](const char* name) {
    return output_of("RNN", inputs, {{"hidden_size", 1}, {"activations", Names{name}}, {"clip", 1.5}}, 14)
        .item();
  };
  BOOST_TEST(with("Relu") == 1.5);
  BOOST_TEST(std::abs(with("Softsign") - 0.6) < 1e-6);
  BOOST_TEST(std::abs(with("HardSigmoid") - 0.8) < 1e-6);
  expect_error([&] { with("Cosine"); }, "the activation \"Cosine\" is not known");
}

BOOST_AUTO_TEST_CASE(a_seed_makes_random_numbers_the_same) {
  const std::vector<Attribute> seeded{{"shape", Sizes{1000}}, {"seed", 7.0}, {"low", 2.0}, {"high", 4.0}};
  const Tensor x = output_of("RandomUniform", {}, seeded);
  BOOST_TEST(x.equal(output_of("RandomUniform", {}, seeded)));
  BOOST_TEST((min(x).item() >= 2 && max(x).item() < 4));
  BOOST_TEST(std::abs(mean(x).item() - 3) < 0.1);
  const Tensor normal =
      output_of("RandomNormal", {}, {{"shape", Sizes{4000}}, {"mean", 5.0}, {"scale", 2.0}});
  BOOST_TEST(std::abs(mean(normal).item() - 5) < 0.2);
  BOOST_TEST(std::abs(std::sqrt(var(normal).item()) - 2) < 0.2);
  const Tensor drawn = output_of("Multinomial", {tensor({{-1e9, 0.0}})}, {{"sample_size", 3}});
  expect_values(drawn, {1, 1, 1});
  BOOST_TEST(drawn.dtype() == kInt32);
}

BOOST_AUTO_TEST_CASE(floats_of_16_bits_round_to_even_and_let_gradients_pass) {
  const Tensor x = tensor({1.0009765, 65520.0, 1e-8, -0.3}, {.requires_grad = true});
  const Tensor y = output_of("Cast", {x}, {{"to", 10}});
  // 1 + 2^-10 is a float16 (1.00097656), 65520 is beyond the greatest, 1e-8 below half of the least, 2^-24.
  const std::vector<double> halves{1.0009765625, std::numeric_limits<double>::infinity(), 0, -0.300048828125};
  BOOST_TEST(y.to_vector<double>() == halves);
  sum(slice(y, 0, 2)).backward();
  expect_values(x.grad(), {0, 0, 1, 1});
  BOOST_TEST(onnx::detail::rounded_to(tensor({1.00390625, 1.01171875}), 16).to_vector<double>() ==
             (std::vector<double>{1.0, 1.015625}));  // ties of bfloat16's 8 digits
}

BOOST_AUTO_TEST_CASE(a_resize_names_its_axes_or_is_of_an_old_opset) {
  const Tensor x = tensor({{1.0, 2.0}});
  expect_values(output_of("Resize", {x, Tensor(), tensor({2.0})}, {{"axes", Sizes{1}}, {"mode", "linear"}}),
                {1, 1.25, 1.75, 2});
  expect_values(output_of("Resize", {x, tensor({1.0, 2.0})}, {{"mode", "linear"}}, 10), {1, 1.5, 2, 2});
  expect_error(
      [&] {
        output_of("Resize", {x, Tensor(), tensor({1.0, 2.0})}, {{"antialias", 1}});
      },
      "antialias");
}

BOOST_AUTO_TEST_CASE(a_loop_without_steps_gives_its_state_and_scans_go_backwards) {
  const GraphBuilder body =
      GraphBuilder().input("h").input("x").output("s").output("s").node("Add", {"h", "x"}, {"s"});
  onnx::Model net = loaded(GraphBuilder().input("h", {}).input("x", {-1}).output("last").output("all").node(
      "Scan", {"h", "x"}, {"last", "all"},
      {{"body", body.proto()}, {"num_scan_inputs", 1}, {"scan_input_directions", Sizes{1}}}));
  const StateDict results = net.run({{"h", tensor(0.0)}, {"x", tensor({1.0, 2.0, 3.0})}});
  expect_values(results["last"], {6});
  expect_values(results["all"], {3, 5, 6});
  expect_values(net.run({{"h", tensor(4.0)}, {"x", zeros({0})}})["last"], {4});
}

BOOST_AUTO_TEST_CASE(sizes_of_tensors_without_elements_do_not_overflow) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::vector<Tensor> parts =
      outputs_of("Split", {zeros({0, most})}, {{"axis", 1}, {"num_outputs", 4}}, 18, 4);
  BOOST_TEST(parts[3].size(1) == most - 3 * (std::int64_t{1} << 61));
  const Tensor layers = zeros({most, 1, 3, 0, 3}), kernel = zeros({1, 1, 1, 1, 1});
  expect_error([&] { output_of("Conv", {layers, kernel}); }, "node 0 (Conv): ");
  expect_error(
      [] {
        output_of("MaxPool", {zeros({0, 1, 1LL << 40})}, {{"kernel_shape", Sizes{1}}});
      },
      "x is of shape");
}

BOOST_AUTO_TEST_CASE(gradients_pass_through_what_is_composed) {
  manual_seed(5);
  check_gradient("Conv", {leaf({1, 2, 3, 4, 4}), leaf({2, 2, 2, 2, 2}), leaf({2})},
                 {{"pads", Sizes{1, 0, 1, 0, 0, 1}}});
  check_gradient("ConvTranspose", {leaf({1, 2, 2, 3}), leaf({2, 1, 2, 2})},
                 {{"output_padding", Sizes{0, 1}}, {"strides", Sizes{2, 2}}});
  check_gradient("Resize", {leaf({1, 1, 3, 3}), Tensor(), Tensor(), tensor({1, 1, 5, 2})},
                 {{"mode", "cubic"}});
  check_gradient("GridSample", {leaf({1, 2, 4, 4}),
                                rand({1, 2, 3, 2}, {.dtype = kFloat64, .requires_grad = true}) * 1.6 - 0.8});
  check_gradient("GatherND", {leaf({3, 4}), tensor({{0, 1}, {-1, 3}})});
  check_gradient("ScatterND", {leaf({3, 4}), tensor({{1}, {0}}), leaf({2, 4})});
  check_gradient("LSTM", {leaf({3, 2, 2}), leaf({2, 12, 2}), leaf({2, 12, 3}), leaf({2, 24})},
                 {{"hidden_size", 3}, {"direction", "bidirectional"}});
  check_gradient("LRN", {leaf({1, 5, 2, 2})}, {{"size", 3}, {"alpha", 0.5}});
  check_gradient("DFT", {leaf({2, 5, 2})});
  check_gradient("AveragePool", {leaf({1, 1, 4, 4})},
                 {{"kernel_shape", Sizes{3, 3}}, {"pads", Sizes{1, 1, 0, 1}}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
