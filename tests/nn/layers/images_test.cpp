// Borders, patches and resized images beyond the golden files: texts, errors.
#include "nn/functional.hpp"
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
