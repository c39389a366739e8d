// Preparation of data: one-hot rows and back, dtypes, mean images, splits by ratio, datasets with one more
// transform.
#include <cmath>

#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/create.hpp"
#include "autograd/ops/reduce.hpp"
#include "autograd/ops/shape.hpp"
#include "datasets/dataloader.hpp"
#include "datasets/labels.hpp"
#include "datasets/sources/cifar10.hpp"
#include "datasets/sources/tensor_dataset.hpp"
#include "datasets/split.hpp"
#include "datasets/transforms/mean_image.hpp"
#include "datasets/transforms/transformed_dataset.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::Compose;
using datasets::from_one_hot;
using datasets::mean_image;
using datasets::SubtractMean;
using datasets::TensorDataset;
using datasets::ToDtype;
using datasets::TransformedDataset;

BOOST_AUTO_TEST_SUITE(datasets_preparation)

BOOST_AUTO_TEST_CASE(from_one_hot_takes_back_what_one_hot_did) {
  for (const Tensor& labels :
       {tensor({2, 0, 1, 2}), tensor({{0, 1}, {2, 2}}), tensor(1), zeros({0}, {.dtype = kInt64})}) {
    for (DType dtype : {kInt64, kFloat32, kFloat64, kUInt8, kBool}) {
      const Tensor back = from_one_hot(datasets::one_hot(labels, 3).to(dtype));
      BOOST_TEST(back.shape() == labels.shape());
      BOOST_TEST(back.to_vector<int64_t>() == labels.to_vector<int64_t>());
    }
  }
  const Tensor columns =
      datasets::one_hot(tensor({2, 0, 1, 2}), 3).t();  // samples as columns, as in lecture notes
  BOOST_TEST(from_one_hot(columns.t()).to_vector<int64_t>() == (std::vector<int64_t>{2, 0, 1, 2}));
}

BOOST_AUTO_TEST_CASE(from_one_hot_refuses_rows_that_are_not) {
  BOOST_TEST(fails_with(
      [] {
        from_one_hot(tensor({{0, 1}, {1, 1}}));
      },
      "from_one_hot: row 1 has a 1 at positions 0 and 1; expected a single 1"));
  BOOST_TEST(fails_with([] { from_one_hot(tensor({{1, 0}, {0, 0}})); }, "row 1 holds zeros alone"));
  BOOST_TEST(fails_with([] { from_one_hot(tensor({{0.5, 0.5}})); }, "row 0 holds 0.5 at position 0"));
  BOOST_TEST(fails_with([] { from_one_hot(tensor({{0.0, NAN}})); }, "row 0 holds nan at position 1"));
  BOOST_TEST(fails_with([] { from_one_hot(tensor({{-1, 2}})); }, "row 0 holds -1 at position 0"));
  BOOST_TEST(fails_with([] { from_one_hot(zeros({2, 0})); }, "row 0 holds zeros alone"));
  BOOST_TEST(fails_with([] { from_one_hot(tensor(1.0)); }, "a 0-d tensor has no classes"));
}

BOOST_AUTO_TEST_CASE(to_dtype_keeps_pixels_or_scales_them) {
  const Tensor bytes = tensor({0, 1, 128, 255}, {.dtype = kUInt8});
  BOOST_TEST(ToDtype(kFloat32)(bytes).to_vector<float>() == (std::vector<float>{0, 1, 128, 255}));
  BOOST_TEST((ToDtype(kFloat64)(bytes).dtype() == kFloat64));
  const ToDtype scale(kFloat32, {.scale = true});
  BOOST_TEST(scale(bytes).to_vector<float>() == datasets::ToFloat()(bytes).to_vector<float>());
  BOOST_TEST(ToDtype(kUInt8, {.scale = true})(scale(bytes)).to_vector<std::uint8_t>() ==
             bytes.to_vector<std::uint8_t>());
  BOOST_TEST(
      (ToDtype(kFloat64, {.scale = true})(tensor({3.0})).to_vector<double>() == std::vector<double>{3}));
  BOOST_TEST(fails_with([] { ToDtype(kInt64, {.scale = true})(tensor({1.0})); },
                        "ToDtype: cannot scale float32 to int64; expected uint8 and floats"));
}

BOOST_AUTO_TEST_CASE(normalize_by_one_half_scales_to_minus_1_and_1) {
  const Compose transform{datasets::ToFloat(), datasets::Normalize({0.5}, {0.5})};
  const Tensor bytes = tensor({0, 51, 255}, {.dtype = kUInt8}).reshape({1, 1, 3});
  BOOST_TEST(transform(bytes).to_vector<float>() == (std::vector<float>{-1, (0.2f - 0.5f) / 0.5f, 1}));
}

BOOST_AUTO_TEST_CASE(a_mean_image_is_the_mean_of_what_the_dataset_gives) {
  Generator generator(1);
  const Tensor x = randint(0, 256, {700, 3, 2, 2}, {.generator = &generator});  // more than two batches
  const Tensor expected = mean(x.to(kFloat64), 0);
  for (DType dtype : {kUInt8, kFloat32, kFloat64}) {
    const Tensor image = mean_image(TensorDataset(x.to(dtype), arange(0, 700)));
    BOOST_TEST(image.shape() == Shape(3, 2, 2));
    BOOST_TEST((image.dtype() == (dtype == kFloat64 ? kFloat64 : kFloat32)));
    BOOST_TEST(amax(abs(image.to(kFloat64) - expected)).item() < (dtype == kFloat64 ? 1e-12 : 1e-5));
  }
  const datasets::Subset first(TensorDataset(x, arange(0, 700)), std::vector<std::int64_t>{5});
  BOOST_TEST(mean_image(first).to_vector<float>() == select(x, 0, 5).to(kFloat32).to_vector<float>());
  BOOST_TEST(fails_with(
      [] {
        (void)mean_image(TensorDataset(zeros({0, 2}), zeros({0})));
      },
      "mean_image: the dataset is empty"));
}

BOOST_AUTO_TEST_CASE(the_training_mean_is_subtracted_from_every_part) {
  TemporaryFolder folder;
  for (int i = 1; i <= 5; ++i) {
    write_file(folder / ("data_batch_" + std::to_string(i) + ".bin"),
               cifar_records(10000, static_cast<std::uint8_t>(i)));
  }
  const datasets::CIFAR10 data(folder.path(), {.transform = ToDtype(kFloat32)});
  Generator generator(0);
  const auto [train, validation] = datasets::random_split(data, {49000, 1000}, {.generator = &generator});
  const Tensor mean = mean_image(train);
  BOOST_TEST(mean.shape() == Shape(3, 32, 32));
  const float before = train[7].data.data<float>()[100];
  const datasets::TransformedDataset centred(train, SubtractMean(mean));
  BOOST_TEST(centred[7].data.data<float>()[100] == before - mean.data<float>()[100]);
  BOOST_TEST(amax(abs(mean_image(centred))).item() < 1e-3);
  BOOST_TEST(amax(abs(mean_image(datasets::TransformedDataset(validation, SubtractMean(mean))))).item() >
             1e-3);
}

BOOST_AUTO_TEST_CASE(subtract_mean_takes_bytes_and_floats_and_refuses_other_shapes) {
  const SubtractMean subtract(tensor({1.5, 2.0}).reshape({1, 1, 2}));
  const Tensor bytes = tensor({1, 2, 3, 4}, {.dtype = kUInt8}).reshape({2, 1, 1, 2});
  BOOST_TEST(subtract(bytes).to_vector<float>() == (std::vector<float>{-0.5, 0, 1.5, 2}));
  BOOST_TEST((subtract(bytes.to(kFloat64)).dtype() == kFloat64));
  BOOST_TEST(!SubtractMean(ones({2}, {.requires_grad = true}))(zeros({3, 2})).requires_grad());
  BOOST_TEST(fails_with(
      [&] {
        subtract(zeros({1, 1, 1, 3}));
      },
      "SubtractMean: a mean of shape {1, 1, 2} does not fit images of shape {1, 1, 1, 3}"));
  BOOST_TEST(fails_with([&] { subtract(zeros({1, 2})); }, "does not fit images of shape {1, 2}"));
  BOOST_TEST(fails_with([] { SubtractMean(tensor({1})); },
                        "SubtractMean: a mean of int64; expected float32 or float64"));
  BOOST_TEST(fails_with([] { SubtractMean(Tensor{}); }, "SubtractMean: no mean image"));
}

BOOST_AUTO_TEST_CASE(parts_by_ratio_have_the_sizes_of_the_ratios) {
  const auto sizes = [](std::int64_t n, double train, double dev, double test) {
    Generator generator(0);
    const auto [a, b, c] = datasets::random_split(TensorDataset(zeros({n, 1}), arange(0, n)),
                                                  {train, dev, test}, {.generator = &generator});
    return std::vector<std::int64_t>{a.size(), b.size(), c.size()};
  };
  BOOST_TEST(sizes(1000, 0.6, 0.2, 0.2) == (std::vector<std::int64_t>{600, 200, 200}));
  BOOST_TEST(sizes(60000, 0.98, 0.01, 0.01) == (std::vector<std::int64_t>{58800, 600, 600}));
  BOOST_TEST(sizes(7, 0.6, 0.2, 0.2) ==
             (std::vector<std::int64_t>{5, 1, 1}));  // 4.2, 1.4, 1.4: rounded down, the rest in turn
}

BOOST_AUTO_TEST_CASE(batches_of_some_of_one_and_of_all) {
  const TensorDataset data(arange(0, 10).to(kFloat32).reshape({10, 1}), arange(0, 10));
  const auto sizes = [&](std::int64_t batch_size) {
    std::vector<std::int64_t> found;
    for (const auto& [x, y] : datasets::DataLoader(data, {.batch_size = batch_size, .shuffle = true})) {
      found.push_back(x.size(0));
    }
    return found;
  };
  BOOST_TEST(sizes(4) == (std::vector<std::int64_t>{4, 4, 2}));
  BOOST_TEST(sizes(1) == std::vector<std::int64_t>(10, 1));
  BOOST_TEST(sizes(data.size()) == std::vector<std::int64_t>{10});
}

BOOST_AUTO_TEST_CASE(a_transformed_dataset_changes_its_own_examples_alone) {
  const TensorDataset data(arange(0, 8).to(kFloat32).reshape({4, 1, 1, 2}), arange(0, 4));
  const TransformedDataset flipped(data, datasets::RandomHorizontalFlip(1));
  BOOST_TEST(flipped.size() == 4);
  BOOST_TEST(flipped[1].data.to_vector<float>() == (std::vector<float>{3, 2}));
  BOOST_TEST(flipped[1].target.item<std::int64_t>() == 1);
  BOOST_TEST(data[1].data.to_vector<float>() == (std::vector<float>{2, 3}));
  const TransformedDataset twice(flipped, [](const Tensor& x) { return x * 2; });
  BOOST_TEST(twice[0].data.to_vector<float>() == (std::vector<float>{2, 0}));
  const TransformedDataset wrong(data, [](const Tensor&) { return zeros({1}); });
  Generator generator;
  BOOST_TEST(fails_with(
      [&] {
        (void)wrong.get_batch(std::vector<std::int64_t>{0, 1}, generator);
      },
      "transform: gave {1} for a batch of 2 examples; expected as many"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
