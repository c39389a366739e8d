// Erasing and cutout: the shape of the holes, what fills them, and what is refused.
#include <algorithm>
#include <cmath>
#include <map>

#include "autograd/ops/create.hpp"
#include "autograd/ops/reduce.hpp"
#include "autograd/ops/shape.hpp"
#include "datasets/transforms/random_erasing.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::Cutout;
using datasets::RandomErasing;

BOOST_AUTO_TEST_SUITE(datasets_random_erasing)

BOOST_AUTO_TEST_CASE(cutout_paints_exactly_a_square_cut_off_at_the_borders) {
  Generator generator(6);
  const std::int64_t size = 3, side = 7;
  const Tensor y = Cutout(size)(ones({3000, 2, side, side}), generator);
  std::map<std::pair<std::int64_t, std::int64_t>, int> areas;
  for (std::int64_t n = 0; n < y.size(0); ++n) {
    const float* image = y.data<float>() + n * 2 * side * side;
    std::int64_t top = side, left = side, bottom = -1, right = -1, zeros = 0;
    for (std::int64_t i = 0; i < side * side; ++i) {
      if (image[i] != 0) continue;
      ++zeros;
      top = std::min(top, i / side), bottom = std::max(bottom, i / side);
      left = std::min(left, i % side), right = std::max(right, i % side);
    }
    const std::int64_t height = bottom - top + 1, width = right - left + 1;
    BOOST_TEST_REQUIRE(zeros == height * width);  // a full rectangle
    BOOST_TEST_REQUIRE((height == size || top == 0 || bottom == side - 1));
    BOOST_TEST_REQUIRE((width == size || left == 0 || right == side - 1));
    ++areas[{height, width}];
  }
  // the middle is one of 7 x 7 pixels: 5 x 5 of them leave the square whole, the corners 2 x 2
  BOOST_TEST(areas.size() == 4u);
  BOOST_TEST((std::abs(areas[{3, 3}] - 3000 * 25 / 49) < 140));
  BOOST_TEST((std::abs(areas[{2, 2}] - 3000 * 4 / 49) < 80));
}

BOOST_AUTO_TEST_CASE(cutout_takes_any_size_number_and_fill) {
  const Tensor x = ones({10, 1, 4, 4});
  BOOST_TEST(sum(Cutout(1)(x)).item() == 150);
  BOOST_TEST(sum(Cutout(1, {.fill = 3})(x)).item() == 180);
  BOOST_TEST(sum(Cutout(100)(x)).item() == 0);
  BOOST_TEST(sum(Cutout(INT64_MAX)(x)).item() == 0);
  BOOST_TEST(sum(Cutout(2, {.n_holes = 0})(x)).item() == 160);
  BOOST_TEST(sum(Cutout(1, {.n_holes = 200})(x)).item() < 10);
  BOOST_TEST(Cutout(2)(zeros({3, 1, 0, 4})).shape() == Shape(3, 1, 0, 4));
  BOOST_TEST(fails_with([] { Cutout(0); }, "Cutout: a square of 0 pixels"));
  BOOST_TEST(fails_with([] { Cutout(1, {.n_holes = -1}); }, "n_holes is -1"));
  BOOST_TEST(fails_with(
      [] {
        Cutout(1, {.fill = -1})(zeros({1, 2, 2}, {.dtype = kUInt8}));
      },
      "Cutout: fill -1 does not fit uint8 images"));
}

BOOST_AUTO_TEST_CASE(erased_rectangles_have_the_areas_and_ratios_that_are_asked_for) {
  Generator generator(8);
  const std::int64_t side = 40, count = 2000;
  const Tensor y = RandomErasing()(ones({count, 1, side, side}), generator);
  const auto left = sum(y, {1, 2, 3}).to_vector<float>();
  const auto erased = std::count_if(left.begin(), left.end(), [](float sum) { return sum < 1600; });
  BOOST_TEST((erased > 890 && erased < 1110));  // p = 0.5
  double area = 0;
  for (float sum : left) {
    const double part = 1 - sum / 1600;
    BOOST_TEST_REQUIRE((part == 0 || (part > 0.015 && part < 0.35)));  // 0.02 to 0.33, rounded to pixels
    area += part;
  }
  BOOST_TEST((area / static_cast<double>(erased) > 0.15 && area / static_cast<double>(erased) < 0.19));

  const auto square =
      RandomErasing({.p = 1, .scale = {0.25, 0.25}, .ratio = {1, 1}})(ones({1, side, side}), generator);
  BOOST_TEST(sum(square).item() == 1200);
  BOOST_TEST(sum(any(square == 0, -1)).item<std::int64_t>() == 20);
}

BOOST_AUTO_TEST_CASE(erasing_takes_a_value_per_channel_or_random_ones) {
  const Tensor x = zeros({1, 2, 8, 8});
  const auto options =
      datasets::RandomErasingOptions{.p = 1, .scale = {0.25, 0.25}, .ratio = {1, 1}, .value = {2, 3}};
  BOOST_TEST(sum(RandomErasing(options)(x), {0, 2, 3}).to_vector<float>() == (std::vector<float>{32, 48}));
  const Tensor noise = RandomErasing({.p = 1, .scale = {0.25, 0.25}, .ratio = {1, 1}, .value = "random"})(x);
  BOOST_TEST(sum(noise != 0).item<std::int64_t>() == 32);
  BOOST_TEST(sum(RandomErasing(0.0)(x + 1)).item() == 128);
  // as large as the image: ten draws do not fit, and it stays whole
  BOOST_TEST(sum(RandomErasing({.p = 1, .scale = {1, 1}, .ratio = {1, 1}})(x + 1)).item() == 128);
}

BOOST_AUTO_TEST_CASE(erasing_refuses_what_makes_no_sense) {
  BOOST_TEST(fails_with([] { RandomErasing(2.0); }, "RandomErasing: p is 2; expected a probability"));
  BOOST_TEST(fails_with([] { RandomErasing({.scale = {0.5, 0.2}}); }, "scale goes from 0.5 to 0.2"));
  BOOST_TEST(fails_with([] { RandomErasing({.scale = {0.5, 2}}); }, "scale goes to 2; expected parts"));
  BOOST_TEST(fails_with([] { RandomErasing({.scale = 0.5}); }, "scale has 1 numbers"));
  BOOST_TEST(fails_with(
      [] {
        RandomErasing({.ratio = {0, 1}});
      },
      "ratio goes from 0 to 1; expected positive"));
  BOOST_TEST(
      fails_with([] { RandomErasing({.value = "noise"}); }, "value 'noise'; expected numbers or 'random'"));
  BOOST_TEST(fails_with(
      [] {
        RandomErasing({.value = {1, 2}})(zeros({1, 3, 4, 4}));
      },
      "2 values do not fit 3 channels"));
  BOOST_TEST(fails_with(
      [] {
        RandomErasing({.value = "random"})(zeros({1, 2, 2}, {.dtype = kUInt8}));
      },
      "value 'random' expects floating-point images, got uint8"));
  BOOST_TEST(fails_with(
      [] {
        RandomErasing({.value = 256})(zeros({1, 2, 2}, {.dtype = kUInt8}));
      },
      "RandomErasing: fill 256 does not fit uint8 images"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
