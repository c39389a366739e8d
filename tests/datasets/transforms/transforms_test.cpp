// Transforms: their values, torchvision's rules for sizes and padding, and that randomness comes from the
// generator.
#include "datasets/transforms/transforms.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "autograd/ops/create.hpp"
#include "autograd/ops/shape.hpp"
#include "datasets/transforms/random_affine.hpp"
#include "datasets/transforms/random_erasing.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::Compose;
using datasets::Normalize;
using datasets::RandomCrop;
using datasets::RandomHorizontalFlip;
using datasets::ToFloat;
using datasets::Transform;

namespace {

/// float32 {1, 1, n}: one row 1, 2, ..., n.
Tensor row(std::int64_t n) { return arange(1, n + 1).to(kFloat32).reshape({1, 1, n}); }

/// What RandomCrop may give for a row of 1, 2, 3, seen over many draws.
std::set<std::vector<float>> crops(const RandomCrop& crop) {
  Generator generator(0);
  std::set<std::vector<float>> seen;
  for (int i = 0; i < 200; ++i) seen.insert(crop(row(3), generator).to_vector<float>());
  return seen;
}

using Rows = std::set<std::vector<float>>;

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_transforms)

BOOST_AUTO_TEST_CASE(to_float_divides_bytes_by_255_and_leaves_floats) {
  const Tensor bytes = tensor({0, 1, 128, 255}, {.dtype = kUInt8});
  BOOST_TEST(ToFloat()(bytes).to_vector<float>() == (std::vector<float>{0, 1 / 255.0f, 128 / 255.0f, 1}));
  const Tensor floats = tensor({7.0, -1.0});
  BOOST_TEST(ToFloat()(floats).is_same(floats));
  BOOST_TEST(fails_with(
      [] {
        ToFloat()(tensor({1, 2}));
      },
      "ToFloat: expected uint8 or floating-point images, got int64"));
}

BOOST_AUTO_TEST_CASE(normalize_takes_a_mean_and_std_per_channel_or_one_for_all) {
  const Tensor x = tensor({1.0, 2.0, 3.0, 4.0}).reshape({1, 2, 1, 2});
  BOOST_TEST(Normalize({1, 3}, {0.5, 2})(x).to_vector<float>() == (std::vector<float>{0, 2, 0, 0.5}));
  BOOST_TEST(Normalize({1}, {2})(x).to_vector<float>() == (std::vector<float>{0, 0.5, 1, 1.5}));
  BOOST_TEST((Normalize({1}, {2})(x.to(kFloat64)).dtype() == kFloat64));
  // numpy.float32: (0.5 - 0.1307) / 0.3081
  BOOST_TEST(Normalize({0.1307}, {0.3081})(full({1, 1, 1}, 0.5)).item<float>() == (0.5f - 0.1307f) / 0.3081f);
}

BOOST_AUTO_TEST_CASE(normalize_refuses_what_does_not_fit) {
  BOOST_TEST(fails_with(
      [] {
        Normalize({0.5, 0.5}, {1})(zeros({1, 3, 2, 2}));
      },
      "2 means and 1 stds do not fit 3 channels"));
  BOOST_TEST(fails_with([] { Normalize({0.5}, {0}); }, "a std is 0"));
  BOOST_TEST(fails_with([] { Normalize({}, {}); }, "expected a mean and a std"));
  BOOST_TEST(fails_with(
      [] {
        Normalize({0}, {1})(zeros({1, 2, 2}, {.dtype = kUInt8}));
      },
      "Normalize: expected float32 or float64"));
  BOOST_TEST(fails_with([] { Normalize({0}, {1})(zeros({2, 2})); }, "got shape {2, 2}"));
}

BOOST_AUTO_TEST_CASE(a_flip_mirrors_every_row_of_an_image) {
  const Tensor x = arange(0, 12).reshape({1, 2, 2, 3});
  BOOST_TEST(RandomHorizontalFlip(1)(x).to_vector<int64_t>() ==
             (std::vector<int64_t>{2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9}));
  BOOST_TEST(RandomHorizontalFlip({.p = 0})(x).to_vector<int64_t>() == x.to_vector<int64_t>());
  BOOST_TEST(fails_with([] { RandomHorizontalFlip(1.5); }, "p is 1.5"));
}

BOOST_AUTO_TEST_CASE(each_image_is_flipped_or_not_by_itself) {
  const Tensor x = row(2).reshape({1, 1, 1, 2}).expand({1000, 1, 1, 2});
  Generator generator(1);
  const Tensor y = RandomHorizontalFlip()(x, generator);
  std::int64_t flipped = 0;
  for (int i = 0; i < 1000; ++i) flipped += y.data<float>()[2 * i] == 2;
  BOOST_TEST(flipped > 430);  // 500 expected; a deviation of 70 has a chance below 1e-5
  BOOST_TEST(flipped < 570);
}

BOOST_AUTO_TEST_CASE(a_crop_covers_every_place_and_no_other) {
  BOOST_TEST((crops(RandomCrop({1, 2})) == Rows{{1, 2}, {2, 3}}));
  BOOST_TEST((crops(RandomCrop({1, 3})) == Rows{{1, 2, 3}}));
  BOOST_TEST((crops(RandomCrop({1, 3}, {.padding = {1, 0}})) == Rows{{0, 1, 2}, {1, 2, 3}, {2, 3, 0}}));
  BOOST_TEST((crops(RandomCrop({1, 4}, {.padding = {1, 0, 0, 0}})) == Rows{{0, 1, 2, 3}}));
  BOOST_TEST((crops(RandomCrop({1, 4}, {.padding = {0, 0, 1, 0}, .fill = 9})) == Rows{{1, 2, 3, 9}}));
}

BOOST_AUTO_TEST_CASE(padding_modes_are_those_of_torchvision) {
  // torch.nn.functional.pad and numpy.pad of [1, 2, 3] by 2 on both sides
  BOOST_TEST((crops(RandomCrop({1, 7}, {.padding = {2, 0}})) == Rows{{0, 0, 1, 2, 3, 0, 0}}));
  BOOST_TEST((crops(RandomCrop({1, 7}, {.padding = {2, 0}, .padding_mode = "edge"})) ==
              Rows{{1, 1, 1, 2, 3, 3, 3}}));
  BOOST_TEST((crops(RandomCrop({1, 7}, {.padding = {2, 0}, .padding_mode = "reflect"})) ==
              Rows{{3, 2, 1, 2, 3, 2, 1}}));
  BOOST_TEST((crops(RandomCrop({1, 7}, {.padding = {2, 0}, .padding_mode = "symmetric"})) ==
              Rows{{2, 1, 1, 2, 3, 3, 2}}));
}

BOOST_AUTO_TEST_CASE(pad_if_needed_adds_what_is_missing_on_both_sides) {
  BOOST_TEST((crops(RandomCrop({1, 4}, {.pad_if_needed = true})) == Rows{{0, 1, 2, 3}, {1, 2, 3, 0}}));
}

BOOST_AUTO_TEST_CASE(a_crop_keeps_channels_and_rows_together) {
  Tensor x = arange(0, 2 * 3 * 4 * 5).reshape({2, 3, 4, 5});
  Generator generator(3);
  const Tensor y = RandomCrop(2, {.padding = 0})(x, generator);
  BOOST_TEST(y.shape() == Shape(2, 3, 2, 2));
  const auto v = y.to_vector<int64_t>();
  for (std::size_t n = 0; n < 2; ++n) {
    const std::int64_t first = v[n * 12];
    for (std::size_t c = 0; c < 3; ++c) {
      const auto at = [&](std::size_t i) {
        return v[n * 12 + c * 4 + i] - 20 * static_cast<std::int64_t>(c);
      };
      BOOST_TEST((std::vector{at(0), at(1), at(2), at(3)}) ==
                 (std::vector{first, first + 1, first + 5, first + 6}));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_crop_refuses_what_does_not_fit) {
  BOOST_TEST(fails_with(
      [] {
        RandomCrop(5)(zeros({1, 4, 4}));
      },
      "a crop of 5 x 5 is larger than the padded image, 4 x 4"));
  BOOST_TEST(fails_with([] { RandomCrop(0); }, "size {0} is not positive"));
  BOOST_TEST(fails_with([] { RandomCrop({1, 2, 3}); }, "has 3 numbers"));
  BOOST_TEST(fails_with([] { RandomCrop(2, {.padding = -1}); }, "is negative"));
  BOOST_TEST(fails_with([] { RandomCrop(2, {.padding = {1, 2, 3}}); }, "expected 1, 2 or 4"));
  BOOST_TEST(fails_with([] { RandomCrop(2, {.padding_mode = "wrap"}); }, "padding_mode 'wrap'"));
  BOOST_TEST(fails_with(
      [] {
        RandomCrop(2, {.padding = 4, .padding_mode = "reflect"})(zeros({1, 4, 4}));
      },
      "reflect padding of 4 and 4 is too much for 4 pixels"));
  BOOST_TEST(fails_with([] { RandomCrop(2)(zeros({4})); }, "got shape {4}"));
}

BOOST_AUTO_TEST_CASE(random_transforms_repeat_with_the_generator) {
  const Compose transform{RandomCrop(4, {.padding = 2}), RandomHorizontalFlip()};
  const Tensor x = arange(0, 50 * 16).reshape({50, 1, 4, 4});
  Generator a(5), b(5), c(6);
  const auto first = transform(x, a).to_vector<int64_t>();
  BOOST_TEST((first == transform(x, b).to_vector<int64_t>()));
  BOOST_TEST((first != transform(x, c).to_vector<int64_t>()));
}

BOOST_AUTO_TEST_CASE(compose_runs_in_order_and_takes_functions) {
  const auto twice = [](const Tensor& x) { return x * 2; };
  const auto plus_random = [](const Tensor& x, Generator& generator) { return x + generator.uniform(); };
  Generator a(8), b(8);
  const Tensor y = Compose({ToFloat(), twice, plus_random})(tensor({255}, {.dtype = kUInt8}), a);
  BOOST_TEST(y.item() == 2 + static_cast<float>(b.uniform()), boost::test_tools::tolerance(1e-6));
  BOOST_TEST(Compose(std::vector<Transform>{twice, twice})(tensor(1.0)).item() == 4);
  BOOST_TEST(Compose{Compose{twice}}(tensor(1.0)).item() == 2);
  BOOST_TEST(Compose{}(tensor(1.0)).item() == 1);
}

BOOST_AUTO_TEST_CASE(images_that_are_not_contiguous_are_handled) {
  const Tensor x = arange(0, 12).to(kFloat32).reshape({1, 3, 4}).transpose(1, 2);
  const Tensor dense = x.contiguous();
  BOOST_TEST(RandomHorizontalFlip(1)(x).to_vector<float>() ==
             RandomHorizontalFlip(1)(dense).to_vector<float>());
  BOOST_TEST(Normalize({1}, {2})(x).to_vector<float>() == Normalize({1}, {2})(dense).to_vector<float>());
  BOOST_TEST(ToFloat()(x.to(kUInt8)).to_vector<float>() == ToFloat()(dense.to(kUInt8)).to_vector<float>());
}

BOOST_AUTO_TEST_CASE(an_empty_batch_stays_empty) {
  const Compose all{ToFloat(), Normalize({0.5}, {0.5}), RandomCrop(4, {.padding = 1}),
                    RandomHorizontalFlip()};
  BOOST_TEST(all(zeros({0, 1, 4, 4}, {.dtype = kUInt8})).shape() == Shape(0, 1, 4, 4));
}

BOOST_AUTO_TEST_CASE(padding_costs_nothing_however_wide_it_is) {
  Generator generator(0);
  const Tensor image = row(3);
  const std::int64_t wide = std::int64_t{1} << 40;
  const auto all = [](const Tensor& x, float value) {
    return std::ranges::count(x.to_vector<float>(), value);
  };
  BOOST_TEST(all(datasets::RandomShift(wide, {.fill = 7})(image, generator), 7) == 3);
  // which end it is depends on the draw alone
  const Tensor edge = datasets::RandomShift(wide, {.padding_mode = "edge"})(image, generator);
  BOOST_TEST((all(edge, 1) == 3 || all(edge, 3) == 3));
  BOOST_TEST(all(RandomCrop({1, 2}, {.padding = {wide, 0}})(image, generator), 0) == 2);
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  BOOST_TEST(
      fails_with([&] { (void)datasets::RandomShift(most)(image); },
                 "RandomCrop: constant padding of 9223372036854775807 and 9223372036854775807 is too much "
                 "for 1 pixels"));
  BOOST_TEST(fails_with([&] { (void)RandomCrop(2, {.padding = most})(image); }, "is too much for 1 pixels"));
  BOOST_TEST(fails_with([&] { (void)datasets::RandomShift(wide, {.padding_mode = "reflect"})(image); },
                        "is too much"));
}

BOOST_AUTO_TEST_CASE(crops_of_huge_sizes_are_errors) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max(), half = std::int64_t{1} << 62;
  const auto refused = [](const Shape& size, const Tensor& image) {
    BOOST_CHECK_THROW((void)RandomCrop(size, {.pad_if_needed = true})(image), Error);
    BOOST_CHECK_THROW((void)RandomCrop(size)(image), Error);
  };
  for (const std::int64_t size : {most, half, std::int64_t{1} << 40}) {
    refused({size, size}, row(3));
    refused({1, size}, row(3));
  }
}

BOOST_AUTO_TEST_CASE(images_without_pixels_stay_without_whatever_their_other_sizes) {
  const std::int64_t wide = std::int64_t{1} << 20;
  for (const Shape& shape : {Shape{0, 3, 5, 5}, Shape{2, 0, 5, 5}, Shape{0, wide, wide, wide}}) {
    const Tensor x = zeros(shape);
    const auto check_shape = [&](const Transform& transform) { BOOST_TEST(transform(x).shape() == shape); };
    check_shape(RandomHorizontalFlip());
    check_shape(datasets::RandomVerticalFlip());
    check_shape(datasets::RandomShift(2));
    check_shape(Normalize({0.5}, {0.5}));
    check_shape(datasets::RandomErasing({.p = 1}));
    check_shape(datasets::Cutout(2));
    check_shape(datasets::RandomRotation(10));
    check_shape(datasets::RandomAffine(10));
    check_shape(RandomCrop({shape[2], shape[3]}, {.padding = 1}));
  }
}

BOOST_AUTO_TEST_CASE(a_fill_that_integers_cannot_hold_is_an_error) {
  const Tensor x = zeros({1, 2, 2}, {.dtype = kInt64});
  for (double fill : {1e300, -1e19, 0x1p63, std::nan("")}) {
    BOOST_TEST(
        fails_with([&] { RandomCrop(2, {.padding = 1, .fill = fill})(x); }, "does not fit int64 images"));
    BOOST_TEST(fails_with([&] { datasets::Cutout(1, {.fill = fill})(x); }, "does not fit int64 images"));
  }
  BOOST_TEST(RandomCrop({3, 3}, {.padding = {0, 0, 1, 1}, .fill = -0x1p63})(x).to_vector<std::int64_t>()[2] ==
             std::numeric_limits<std::int64_t>::min());
}

BOOST_AUTO_TEST_CASE(an_empty_function_is_no_transform) {
  const auto refused = [](auto f) {
    BOOST_TEST(fails_with([&] { Transform{f}; }, "transform: the function is empty"));
  };
  refused(std::function<Tensor(const Tensor&)>());
  refused(std::function<Tensor(Tensor, Generator&)>());
  refused(static_cast<Tensor (*)(const Tensor&)>(nullptr));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
