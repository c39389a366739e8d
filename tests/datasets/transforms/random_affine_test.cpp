// Rotations and affine maps: what is exact, how far they reach, and what they refuse.
#include <algorithm>
#include <cmath>
#include <set>

#include "autograd/ops/create.hpp"
#include "autograd/ops/reduce.hpp"
#include "autograd/ops/shape.hpp"
#include "datasets/transforms/random_affine.hpp"
#include "tests/datasets/dots.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::InterpolationMode;
using datasets::RandomAffine;
using datasets::RandomRotation;

namespace {

constexpr auto kBilinear = InterpolationMode::bilinear;

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_random_affine)

BOOST_AUTO_TEST_CASE(a_rotation_by_0_changes_nothing) {
  for (auto mode : {InterpolationMode::nearest, kBilinear}) {
    for (DType dtype : {kFloat32, kUInt8}) {
      const Tensor x = arange(0, 2 * 4 * 5).reshape({2, 1, 4, 5}).to(dtype);
      BOOST_TEST(all(RandomRotation(0, {.interpolation = mode})(x) == x).item<bool>());
      BOOST_TEST(all(RandomRotation({360, 360}, {.interpolation = mode})(x) == x).item<bool>());
      BOOST_TEST(all(RandomAffine(0, {.interpolation = mode})(x) == x).item<bool>());
    }
  }
}

BOOST_AUTO_TEST_CASE(quarter_turns_of_squares_are_exact) {
  const std::vector<float> left{3, 6, 9, 2, 5, 8, 1, 4, 7};  // numpy.rot90: counter-clockwise
  const std::vector<float> right{7, 4, 1, 8, 5, 2, 9, 6, 3};
  for (auto mode : {InterpolationMode::nearest, kBilinear}) {
    const auto turned = [&](double angle) { return RandomRotation({angle, angle}, {.interpolation = mode}); };
    BOOST_TEST(turned(90)(nine()).to_vector<float>() == left);
    BOOST_TEST(turned(-270)(nine()).to_vector<float>() == left);
    BOOST_TEST(turned(-90)(nine()).to_vector<float>() == right);
    BOOST_TEST(turned(180)(nine()).to_vector<float>() == (std::vector<float>{9, 8, 7, 6, 5, 4, 3, 2, 1}));
    BOOST_TEST(RandomAffine({90, 90}, {.interpolation = mode})(nine()).to_vector<float>() == right);
    const Tensor even = arange(0, 2 * 3 * 16).to(kFloat32).reshape({2, 3, 4, 4});
    const Tensor whole = turned(90)(turned(90)(turned(90)(turned(90)(even))));
    BOOST_TEST(all(whole == even).item<bool>());
  }
}

BOOST_AUTO_TEST_CASE(angles_cover_their_range_and_d_stands_for_both_signs) {
  // a dot right of the centre, far out, tells its image's angle
  Tensor x = zeros({400, 1, 101, 101});
  for (std::int64_t n = 0; n < 400; ++n) x.data<float>()[(n * 101 + 50) * 101 + 95] = 1;
  const auto angles = [&](const RandomRotation& rotate) {
    Generator generator(4);
    std::vector<double> found;
    for (auto [px, py] : positions(rotate(x, generator))) {
      if (px >= 0)
        found.push_back(std::atan2(50.0 - static_cast<double>(py), static_cast<double>(px) - 50.0) *
                        57.29578);
    }
    std::sort(found.begin(), found.end());
    return found;
  };
  const auto both = angles(RandomRotation(20));
  BOOST_TEST(both.size() > 200u);  // one pixel turned may fall between two
  BOOST_TEST((both.front() >= -20.7 && both.front() < -18));
  BOOST_TEST((both.back() <= 20.7 && both.back() > 18));
  BOOST_TEST(std::abs(both[both.size() / 2]) < 3);
  const auto up = angles(RandomRotation({10, 30}));
  BOOST_TEST((up.front() >= 9.3 && up.front() < 12 && up.back() <= 30.7 && up.back() > 28));
}

BOOST_AUTO_TEST_CASE(bilinear_rotation_keeps_the_mass_of_what_stays_inside) {
  Tensor x = zeros({50, 1, 21, 21});
  narrow(narrow(x, 2, 7, 7), 3, 7, 7).copy_(ones({50, 1, 7, 7}));
  Generator generator(7);
  const Tensor mass = sum(RandomRotation(45, {.interpolation = kBilinear})(x, generator), {1, 2, 3});
  BOOST_TEST(amin(mass).item() > 49 - 1.5);
  BOOST_TEST(amax(mass).item() < 49 + 1.5);
}

BOOST_AUTO_TEST_CASE(bilinear_bytes_are_rounded_and_nan_stays_where_it_is) {
  const Tensor bytes = tensor({0, 255}, {.dtype = kUInt8}).reshape({1, 1, 2});
  // half a pixel to the right of the left one: 0.5 * 255 = 127.5, to even; outside is 0
  const RandomAffine wide({0, 0}, {.scale = {2, 2}, .interpolation = kBilinear});
  BOOST_TEST(wide(bytes).to_vector<std::uint8_t>() == (std::vector<std::uint8_t>{64, 191}));
  Tensor x = zeros({1, 3, 3});
  x.data<float>()[0] = NAN;
  const auto y = RandomRotation(0, {.interpolation = kBilinear})(x).to_vector<float>();
  BOOST_TEST(std::count_if(y.begin(), y.end(), [](float value) { return std::isnan(value); }) == 1);
}

BOOST_AUTO_TEST_CASE(an_affine_translation_moves_by_whole_pixels_within_its_parts) {
  Generator generator(3);
  std::set<std::int64_t> right, down;
  for (auto [x, y] : positions(RandomAffine(0, {.translate = {0.2, 0.1}})(dots(2000, 21), generator))) {
    right.insert(x - 10);
    down.insert(y - 10);
  }
  BOOST_TEST((right == std::set<std::int64_t>{-4, -3, -2, -1, 0, 1, 2, 3, 4}));  // 0.2 * 21 = 4.2
  BOOST_TEST((down == std::set<std::int64_t>{-2, -1, 0, 1, 2}));                 // 0.1 * 21 = 2.1
}

BOOST_AUTO_TEST_CASE(an_affine_scale_enlarges_the_middle) {
  const Tensor x = arange(0, 16).to(kFloat32).reshape({1, 4, 4});
  const Tensor y = RandomAffine(0, {.scale = {2, 2}})(x);
  BOOST_TEST(y.to_vector<float>() ==
             (std::vector<float>{5, 5, 6, 6, 5, 5, 6, 6, 9, 9, 10, 10, 9, 9, 10, 10}));
  const Tensor small = RandomAffine(0, {.scale = {0.5, 0.5}, .fill = -1})(x);
  BOOST_TEST(small.data<float>()[0] == -1);
}

BOOST_AUTO_TEST_CASE(affine_options_that_make_no_sense_are_refused) {
  BOOST_TEST(fails_with([] { RandomRotation(-5); },
                        "RandomRotation: degrees is -5; a single number must not be negative"));
  BOOST_TEST(fails_with(
      [] {
        RandomRotation({5, -5});
      },
      "degrees go from 5 to -5; expected the lowest first"));
  BOOST_TEST(fails_with([] { RandomRotation({1, 2, 3}); }, "degrees has 3 numbers"));
  BOOST_TEST(fails_with([] { RandomRotation(NAN); }, "RandomRotation: degrees holds nan"));
  BOOST_TEST(fails_with([] { RandomRotation(5, {.center = 3}); }, "center has 1 numbers; expected x and y"));
  BOOST_TEST(fails_with(
      [] {
        RandomAffine(5, {.translate = {0.5, 2}});
      },
      "translate holds 2; expected parts"));
  BOOST_TEST(
      fails_with([] { RandomAffine(5, {.translate = 0.5}); }, "translate has 1 numbers; expected two"));
  BOOST_TEST(fails_with([] { RandomAffine(5, {.scale = {0, 2}}); }, "a scale of 0; expected more than 0"));
  BOOST_TEST(fails_with([] { RandomAffine(5, {.scale = {2, 1}}); }, "scale goes from 2 to 1"));
  BOOST_TEST(fails_with([] { RandomAffine(5, {.scale = 2}); }, "scale has 1 numbers"));
  BOOST_TEST(
      fails_with([] { RandomAffine(5, {.shear = 90}); }, "a shear of -90 degrees; expected less than 90"));
  BOOST_TEST(fails_with([] { RandomAffine(5, {.shear = {0, 1, 2}}); }, "shear has 3 numbers"));
  BOOST_TEST(fails_with([] { RandomAffine(5, {.shear = {0, 0, 9, 2}}); }, "shear goes from 9 to 2"));
  BOOST_TEST(fails_with(
      [] {
        RandomRotation(5, {.fill = 300})(zeros({1, 2, 2}, {.dtype = kUInt8}));
      },
      "RandomRotation: fill 300 does not fit uint8 images"));
  BOOST_TEST(fails_with([] { RandomAffine(5)(zeros({4})); },
                        "RandomAffine: expected images {..., H, W}, got shape {4}"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
