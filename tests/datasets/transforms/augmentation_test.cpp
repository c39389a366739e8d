// Augmentation: what holds for every random transform, and the flips and shifts.
#include <cmath>
#include <map>

#include "autograd/ops/create.hpp"
#include "autograd/ops/reduce.hpp"
#include "autograd/ops/shape.hpp"
#include "datasets/dataloader.hpp"
#include "datasets/sources/tensor_dataset.hpp"
#include "datasets/transforms/random_affine.hpp"
#include "datasets/transforms/random_erasing.hpp"
#include "datasets/transforms/transformed_dataset.hpp"
#include "tests/datasets/dots.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::Cutout;
using datasets::InterpolationMode;
using datasets::RandomAffine;
using datasets::RandomErasing;
using datasets::RandomRotation;
using datasets::RandomShift;
using datasets::RandomVerticalFlip;
using datasets::Transform;

namespace {

constexpr auto kBilinear = InterpolationMode::bilinear;

/// Every random transform, with a name for messages.
const std::vector<std::pair<std::string, Transform>>& all_transforms() {
  static const std::vector<std::pair<std::string, Transform>> all = {
      {"RandomCrop", datasets::RandomCrop(6, {.padding = 2})},
      {"RandomHorizontalFlip", datasets::RandomHorizontalFlip()},
      {"RandomVerticalFlip", RandomVerticalFlip()},
      {"RandomShift", RandomShift(2)},
      {"RandomRotation", RandomRotation(30)},
      {"RandomRotation, bilinear", RandomRotation(30, {.interpolation = kBilinear})},
      {"RandomAffine", RandomAffine(10, {.translate = {0.2, 0.1}, .scale = {0.8, 1.2}, .shear = 5})},
      {"RandomErasing", RandomErasing({.p = 0.8})},
      {"Cutout", Cutout(3)},
  };
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_augmentation)

BOOST_AUTO_TEST_CASE(shapes_dtypes_and_the_originals_are_kept) {
  for (const auto& [name, transform] : all_transforms()) {
    BOOST_TEST_CONTEXT(name) {
      for (DType dtype : {kFloat32, kFloat64, kUInt8}) {
        const Tensor x = arange(0, 5 * 2 * 36).reshape({5, 2, 6, 6}).to(dtype);
        const Tensor before = x.clone();
        Generator generator(1);
        for (const Tensor& images : {x, select(x, 0, 0), select(select(x, 0, 0), 0, 0), narrow(x, 0, 0, 0)}) {
          const Tensor y = transform(images, generator);
          BOOST_TEST(y.shape() == images.shape());
          BOOST_TEST((y.dtype() == dtype));
        }
        BOOST_TEST(all(x == before).item<bool>());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_generator_decides_and_strides_do_not_matter) {
  for (const auto& [name, transform] : all_transforms()) {
    BOOST_TEST_CONTEXT(name) {
      const Tensor x = arange(0, 50 * 36).to(kFloat32).reshape({50, 1, 6, 6});
      Generator a(5), b(5), c(6), d(5);
      const auto first = transform(x, a).to_vector<float>();
      BOOST_TEST((first == transform(x, b).to_vector<float>()));
      BOOST_TEST((first != transform(x, c).to_vector<float>()));
      const Tensor strided = x.transpose(2, 3).contiguous().transpose(2, 3);
      BOOST_TEST((first == transform(strided, d).to_vector<float>()));
    }
  }
}

BOOST_AUTO_TEST_CASE(channels_of_an_image_move_together) {
  const Tensor one = arange(1, 37).to(kFloat32).reshape({1, 1, 6, 6}).expand({20, 1, 6, 6});
  for (const auto& [name, transform] : all_transforms()) {
    BOOST_TEST_CONTEXT(name) {
      Generator generator(3);
      const Tensor y = transform(cat({one, one, one}, 1), generator);
      BOOST_TEST(all(select(y, 1, 0) == select(y, 1, 1)).item<bool>());
      BOOST_TEST(all(select(y, 1, 0) == select(y, 1, 2)).item<bool>());
    }
  }
}

BOOST_AUTO_TEST_CASE(labels_stay_with_their_images_for_any_number_of_workers) {
  // each image is a constant, its label; what a transform leaves of it must still say so
  const Tensor labels = arange(1, 41);
  const Tensor x = labels.to(kFloat32).reshape({40, 1, 1, 1}).expand({40, 1, 6, 6}).contiguous();
  for (const auto& [name, transform] : all_transforms()) {
    BOOST_TEST_CONTEXT(name) {
      const datasets::TransformedDataset data(datasets::TensorDataset(x, labels), transform);
      std::vector<std::vector<float>> epochs;
      for (int workers : {0, 1, 3}) {
        Generator generator(9);
        std::vector<float> pixels;
        for (const auto& [images, targets] : datasets::DataLoader(
                 data, {.batch_size = 7, .shuffle = true, .num_workers = workers, .generator = &generator})) {
          const auto largest = amax(images, {1, 2, 3}).to_vector<float>();
          const auto expected = targets.to(kFloat32).to_vector<float>();
          for (std::size_t i = 0; i < largest.size(); ++i) {
            BOOST_TEST((std::abs(largest[i] - expected[i]) < 1e-4f || largest[i] == 0));  // 0: painted over
          }
          const auto values = images.to_vector<float>();
          pixels.insert(pixels.end(), values.begin(), values.end());
        }
        epochs.push_back(pixels);
      }
      BOOST_TEST((epochs[0] == epochs[1]));
      BOOST_TEST((epochs[0] == epochs[2]));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_vertical_flip_mirrors_the_rows_and_undoes_itself) {
  const RandomVerticalFlip flip(1);
  const Tensor x = arange(0, 12).reshape({1, 2, 3, 2});
  BOOST_TEST(flip(x).to_vector<int64_t>() == (std::vector<int64_t>{4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6, 7}));
  BOOST_TEST(flip(flip(x)).to_vector<int64_t>() == x.to_vector<int64_t>());
  const datasets::RandomHorizontalFlip mirror({.p = 1});
  BOOST_TEST(mirror(mirror(x)).to_vector<int64_t>() == x.to_vector<int64_t>());
  BOOST_TEST(RandomVerticalFlip({.p = 0})(x).to_vector<int64_t>() == x.to_vector<int64_t>());
  BOOST_TEST(
      fails_with([] { RandomVerticalFlip(-0.5); }, "RandomVerticalFlip: p is -0.5; expected a probability"));

  Generator generator(1);
  const Tensor y =
      RandomVerticalFlip()(arange(0, 2).reshape({1, 1, 2, 1}).expand({1000, 1, 2, 1}), generator);
  const auto flipped = sum(select(y, 2, 0)).item<std::int64_t>();
  BOOST_TEST(flipped > 430);  // 500 expected; a deviation of 70 has a chance below 1e-5
  BOOST_TEST(flipped < 570);
}

BOOST_AUTO_TEST_CASE(a_shift_reaches_every_place_evenly_and_no_other) {
  Generator generator(2);
  std::map<std::pair<std::int64_t, std::int64_t>, int> seen;
  for (auto at : positions(RandomShift(2)(dots(5000, 7), generator))) ++seen[at];
  BOOST_TEST(seen.size() == 25u);
  for (const auto& [at, count] : seen) {
    BOOST_TEST((std::abs(at.first - 3) <= 2 && std::abs(at.second - 3) <= 2));
    BOOST_TEST((count > 130 && count < 270));  // 200 expected; 70 is five standard deviations
  }
}

BOOST_AUTO_TEST_CASE(a_shift_fills_what_moves_in) {
  const Tensor x = ones({200, 1, 4, 4});
  Generator generator(0);
  BOOST_TEST(all(RandomShift(3, {.fill = 1})(x, generator) == x).item<bool>());
  BOOST_TEST(all(RandomShift(4, {.padding_mode = "edge"})(x, generator) == x).item<bool>());
  BOOST_TEST(amin(RandomShift(3)(x, generator)).item() == 0);
  BOOST_TEST(all(RandomShift(0)(nine()) == nine()).item<bool>());
  BOOST_TEST(fails_with([] { RandomShift(-1); }, "RandomShift: -1 pixels"));
  BOOST_TEST(fails_with([] { RandomShift(1, {.padding_mode = "wrap"}); }, "padding_mode 'wrap'"));
  BOOST_TEST(fails_with([] { RandomShift(1)(zeros({4})); },
                        "RandomShift: expected images {..., H, W}, got shape {4}"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
