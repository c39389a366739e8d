// Borders, patches and resized images beyond the golden files: texts, errors.
#include "nn/layers/images.hpp"
#include "nn/functional.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/padding.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(nn_images)

BOOST_AUTO_TEST_CASE(padding_layers_print_as_pytorch_does) {
  BOOST_TEST(to_string(nn::ZeroPad2d(1)) == "ZeroPad2d((1, 1, 1, 1))");
  BOOST_TEST(to_string(nn::ReflectionPad2d({1, 2, 3, 4})) == "ReflectionPad2d((1, 2, 3, 4))");
  BOOST_TEST(to_string(nn::ReplicationPad1d(2)) == "ReplicationPad1d((2, 2))");
  BOOST_TEST(to_string(nn::ConstantPad2d(1, 0.5)) == "ConstantPad2d(padding=(1, 1, 1, 1), value=0.5)");
}

BOOST_AUTO_TEST_CASE(padding_layers_make_their_borders) {
  const Tensor row = tensor({{1.0, 2.0, 3.0}}), image = unsqueeze(row, 0);
  expect_values(nn::ZeroPad1d(1)(row), {0, 1, 2, 3, 0});
  expect_values(nn::ConstantPad1d({1, 0}, 7)(row), {7, 1, 2, 3});
  expect_values(nn::ReflectionPad1d(2)(row), {3, 2, 1, 2, 3, 2, 1});
  expect_values(nn::ReplicationPad1d({2, 0})(row), {1, 1, 1, 2, 3});
  expect_values(nn::CircularPad1d(1)(row), {3, 1, 2, 3, 1});
  expect_values(nn::ZeroPad2d({0, 0, 1, 0})(image), {0, 0, 0, 1, 2, 3});
  expect_values(nn::ConstantPad2d({0, 0, 0, 1}, 2)(image), {1, 2, 3, 2, 2, 2});
  expect_values(nn::ReflectionPad2d({1, 0, 0, 0})(image), {2, 1, 2, 3});
  expect_values(nn::ReplicationPad2d({0, 0, 1, 0})(image), {1, 2, 3, 1, 2, 3});
  expect_values(nn::CircularPad2d({0, 1, 0, 0})(image), {1, 2, 3, 1});
  expect_values(pad(tensor({1, 2, 3}), {1, 1}, "reflect"), {2, 1, 2, 3, 2});
  expect_values(pad(row, {1, 0}, "constant", 4), {4, 1, 2, 3});
  expect_values(pad(row, {1, 0}, {.value = 5}), {5, 1, 2, 3});
}

BOOST_AUTO_TEST_CASE(padding_names_what_does_not_fit) {
  const Tensor x = ones({1, 2, 3});
  expect_error(
      [&] {
        pad(x, {1, 1}, "mirror");
      },
      "pad: mode is \"mirror\"; expected \"constant\" or \"reflect\" or \"replicate\" or \"circular\"");
  expect_error(
      [&] {
        pad(x, {3, 0}, "reflect");
      },
      "pad: reflect takes at most 2 elements of dim 2 of {1, 2, 3}, not 3");
  expect_error(
      [&] {
        pad(x, {0, 4}, "circular");
      },
      "pad: circular takes at most 3 elements of dim 2 of {1, 2, 3}, not 4");
  expect_error([&] { pad(x, {1}, "reflect"); }, "pad: padding {1} does not fit {1, 2, 3}");
  expect_error(
      [&] {
        pad(x, {-2, -1}, "replicate");
      },
      "pad: -2 and -1 crop all 3 elements of dim 2 of {1, 2, 3}");
  expect_error(
      [&] {
        pad(ones({2, 0}), {1, 1}, "replicate");
      },
      "pad: dim 1 of {2, 0} has no element to replicate");
  expect_error(
      [&] {
        nn::ReflectionPad2d({1, 2});
      },
      "ReflectionPad2d: padding has 2 values, {1, 2}; expected 1 or 4");
  expect_error(
      [&] {
        nn::ReflectionPad2d(1)(ones({4, 4}));
      },
      "ReflectionPad2d: expected {C, H, W} or {N, C, H, W}, got {4, 4}");
}

BOOST_AUTO_TEST_CASE(image_layers_print_as_pytorch_does) {
  BOOST_TEST(to_string(nn::PixelShuffle(2)) == "PixelShuffle(upscale_factor=2)");
  BOOST_TEST(to_string(nn::PixelUnshuffle(3)) == "PixelUnshuffle(downscale_factor=3)");
  BOOST_TEST(to_string(nn::Upsample({.scale_factor = 2.0})) == "Upsample(scale_factor=2.0, mode='nearest')");
  BOOST_TEST(to_string(nn::Upsample({.size = {4, 5}, .mode = "bilinear"})) ==
             "Upsample(size=(4, 5), mode='bilinear')");
  BOOST_TEST(to_string(nn::Upsample({.scale_factor = {2.0, 0.5}})) ==
             "Upsample(scale_factor=(2.0, 0.5), mode='nearest')");
  BOOST_TEST(to_string(nn::Unfold({2, 3})) == "Unfold(kernel_size=(2, 3), dilation=1, padding=0, stride=1)");
  BOOST_TEST(to_string(nn::Fold({4, 5}, 2, {.stride = 2})) ==
             "Fold(output_size=(4, 5), kernel_size=2, dilation=1, padding=0, stride=2)");
  BOOST_TEST(to_string(nn::Dropout2d(0.25)) == "Dropout2d(p=0.25, inplace=False)");
}

BOOST_AUTO_TEST_CASE(image_layers_call_their_functions) {
  const Tensor x = reshape(arange(4, {.dtype = kFloat32}), {1, 1, 2, 2});
  expect_values(nn::Upsample({.scale_factor = 2})(x), {0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3});
  expect_values(nn::Upsample({.size = {1, 3}, .mode = "bilinear", .align_corners = true})(x), {0, 0.5, 1});
  expect_values(nn::PixelUnshuffle(2)(x), {0, 1, 2, 3});
  expect_values(nn::PixelShuffle(2)(nn::PixelUnshuffle(2)(x)), {0, 1, 2, 3});
  expect_values(nn::Unfold({1, 2})(x), {0, 2, 1, 3});
  expect_values(nn::Fold({2, 2}, {1, 2})(nn::Unfold({1, 2})(x)), {0, 1, 2, 3});
}

BOOST_AUTO_TEST_CASE(dropout2d_drops_whole_channels_in_training) {
  manual_seed(3);
  nn::Dropout2d dropout({.p = 0.5});
  const Tensor y = dropout(ones({50, 20, 2, 3}));
  const Tensor channels = reshape(y, {1000, 6});
  BOOST_TEST(equal(channels, channels.slice(1, 0, 1).expand({1000, 6})));
  BOOST_TEST(amax(y).item() == 2);
  BOOST_TEST(std::abs(mean(y).item() - 1) < 0.1);
  dropout.eval();
  BOOST_TEST(equal(dropout(ones({2, 3, 2, 2})), ones({2, 3, 2, 2})));
  expect_error([] { nn::Dropout2d(1.5); }, "Dropout2d: p is 1.5; expected a probability between 0 and 1");
  expect_error([] { nn::dropout2d(ones({3})); }, "dropout2d: expected {N, C, ...}, got {3}");
}

BOOST_AUTO_TEST_CASE(image_functions_name_what_does_not_fit) {
  const Tensor x = ones({1, 2, 3, 4});
  expect_error([&] { unfold(ones({3, 4}), 2); }, "unfold: expected {C, H, W} or {N, C, H, W}, got {3, 4}");
  expect_error([&] { unfold(x, 4); },
               "unfold: a patch that reaches over 4 does not fit into 3 with padding 0");
  expect_error(
      [&] {
        fold(ones({1, 4, 5}), 3, 2);
      },
      "fold: x is of shape {1, 4, 5}; expected a multiple of 4 rows, and 4 patches");
  expect_error([&] { pixel_shuffle(x, 2); }, "pixel_shuffle: 2 channels of {1, 2, 3, 4} cannot be shared");
  expect_error([&] { pixel_unshuffle(x, 2); }, "pixel_unshuffle: images of {1, 2, 3, 4} cannot be cut");
  expect_error([&] { interpolate(x, {}); },
               "interpolate: expected either a size or a scale_factor, got neither");
  expect_error([&] { interpolate(x, {.size = 2, .scale_factor = 2.0}); }, "got both");
  expect_error([&] { interpolate(x, {.size = 2, .mode = "linear"}); },
               "interpolate: mode \"linear\" does not take {1, 2, 3, 4}");
  expect_error([&] { interpolate(x, {.size = 2, .mode = "cubic"}); }, "interpolate: mode is \"cubic\"");
  expect_error([&] { interpolate(x, {.size = 2, .align_corners = true}); },
               "interpolate: align_corners is of the modes");
  expect_error(
      [&] {
        interpolate(x, {.size = {1, 2, 3}});
      },
      "interpolate: size has 3 values, {1, 2, 3}; expected 1 or 2");
  expect_error([&] { interpolate(x, {.scale_factor = 0.1}); },
               "interpolate: scale_factor 0.1 leaves nothing of");
  expect_error(
      [&] {
        interpolate(ones({1, 1, 2}, {.dtype = kInt64}), {.size = 2});
      },
      "interpolate: expected float32 or float64, got int64");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
