// MNIST and Fashion-MNIST: where their files may lie, what they give, and what is wrong with files that do
// not fit.
#include "datasets/sources/mnist.hpp"

#include <filesystem>

#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/create.hpp"
#include "datasets/dataloader.hpp"
#include "datasets/split.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::FashionMNIST;
using datasets::MNIST;

namespace {

constexpr const char* kTrainImages = "train-images-idx3-ubyte";
constexpr const char* kTrainLabels = "train-labels-idx1-ubyte";

void write_train(const fs::path& folder, std::uint32_t count = 12) {
  write_file(folder / kTrainImages, idx_images(count));
  write_file(folder / kTrainLabels, idx_labels(counting_labels(count)));
}

struct InFolder {
  TemporaryFolder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(datasets_mnist, InFolder)

BOOST_AUTO_TEST_CASE(a_flat_folder_gives_images_labels_and_classes) {
  write_train(folder);
  const MNIST train(folder, {.train = true});
  BOOST_TEST(train.size() == 12);
  BOOST_TEST(train.images().shape() == Shape(12, 1, 28, 28));
  BOOST_TEST((train.images().dtype() == kUInt8));
  BOOST_TEST(train.labels().shape() == Shape(12));
  BOOST_TEST(train.labels().to_vector<int64_t>()[11] == 1);
  BOOST_TEST(train.classes().size() == 10U);
  BOOST_TEST(train.classes()[7] == "7 - seven");
}

BOOST_AUTO_TEST_CASE(the_layout_of_torchvision_is_found_plain_or_gzip) {
  write_train(folder / "MNIST" / "raw", 3);
  BOOST_TEST(MNIST(folder).size() == 3);

  const fs::path fashion = folder / "FashionMNIST" / "raw";
  write_file(fashion / "t10k-images-idx3-ubyte.gz", gzip(idx_images(4)));
  write_file(fashion / "t10k-labels-idx1-ubyte.gz", gzip(idx_labels(counting_labels(4))));
  const FashionMNIST test(folder, {.train = false});
  BOOST_TEST(test.size() == 4);
  BOOST_TEST(test.classes()[9] == "Ankle boot");
}

BOOST_AUTO_TEST_CASE(one_example_is_float_in_0_to_1_by_default) {
  write_train(folder);
  const auto [image, label] = MNIST(folder)[1];
  BOOST_TEST(image.shape() == Shape(1, 28, 28));
  BOOST_TEST((image.dtype() == kFloat32));
  BOOST_TEST(image.data<float>()[5] == static_cast<float>((784 + 5) % 251) / 255.0f);
  BOOST_TEST(label.item<std::int64_t>() == 1);
  BOOST_TEST(label.dim() == 0);
}

BOOST_AUTO_TEST_CASE(an_index_out_of_range_is_an_error) {
  write_train(folder);
  BOOST_TEST(fails_with([&] { (void)MNIST(folder).get(12); }, "index 12 is out of range for 12 examples"));
  BOOST_TEST(fails_with([&] { (void)MNIST(folder).get(-1); }, "index -1 is out of range for 12 examples"));
}

BOOST_AUTO_TEST_CASE(a_transform_belongs_to_its_copy) {
  write_train(folder);
  MNIST train(folder, {.transform = [](const Tensor& x) { return x; }});
  const MNIST copy = train;
  const datasets::Subset part(train, arange(0, 3));
  const datasets::DataLoader loader(train);
  train.transform(datasets::Compose{datasets::ToFloat(), datasets::Normalize({0.5}, {0.5})});
  BOOST_TEST(train[0].data.data<float>()[0] == -1.0f);
  BOOST_TEST(MNIST(train)[0].data.data<float>()[0] == -1.0f);
  BOOST_TEST((copy[0].data.dtype() == kUInt8));
  BOOST_TEST((part[0].data.dtype() == kUInt8));
  BOOST_TEST((loader.begin()->data.dtype() == kUInt8));
  BOOST_TEST((copy.images().raw() == train.images().raw()));
  train.transform([](const Tensor&) { return Tensor(); });
  BOOST_TEST(fails_with([&] { (void)train[0]; }, "transform: gave {} for a batch of 1 examples"));
}

BOOST_AUTO_TEST_CASE(counts_that_differ_are_an_error) {
  write_train(folder, 12);
  write_file(folder / kTrainLabels, idx_labels(counting_labels(11)));
  BOOST_TEST(fails_with([&] { MNIST{folder}; }, "train-images-idx3-ubyte: 12 images, but "));
  BOOST_TEST(fails_with([&] { MNIST{folder}; }, "train-labels-idx1-ubyte has 11 labels; expected as many"));
}

BOOST_AUTO_TEST_CASE(images_and_labels_in_each_others_place_are_an_error) {
  write_file(folder / kTrainImages, idx_labels(counting_labels(3)));
  write_file(folder / kTrainLabels, idx_images(3));
  BOOST_TEST(
      fails_with([&] { MNIST{folder}; }, "magic 0x00000801 is a label file; expected images (0x00000803)"));
}

BOOST_AUTO_TEST_CASE(missing_files_are_named_with_the_folders_searched) {
  write_file(folder / kTrainImages, idx_images(3));
  BOOST_TEST(
      fails_with([&] { MNIST{folder}; }, "MNIST: found no train-labels-idx1-ubyte, plain or .gz, in "));
  BOOST_TEST(fails_with([&] { MNIST(folder, {.train = false}); },
                        "found no t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte"));
  BOOST_TEST(fails_with([&] { MNIST(folder / "absent"); }, "absent does not exist"));
  BOOST_TEST(fails_with([&] { FashionMNIST(folder / "absent"); }, "dataset-fashion-mnist"));
  BOOST_TEST(fails_with([&] { FashionMNIST{folder}; }, "dataset-fashion-mnist"));
}

BOOST_AUTO_TEST_CASE(images_and_labels_in_different_folders_do_not_make_a_data_set) {
  write_file(folder / kTrainImages, idx_images(3));
  write_file(folder / "MNIST" / "raw" / kTrainLabels, idx_labels(counting_labels(3)));
  BOOST_TEST(
      fails_with([&] { MNIST{folder}; }, "found no train-images-idx3-ubyte beside train-labels-idx1-ubyte"));
}

BOOST_AUTO_TEST_CASE(a_directory_in_the_place_of_a_file_is_an_error) {
  write_train(folder);
  fs::remove(folder / kTrainLabels);
  fs::create_directory(folder / kTrainLabels);
  BOOST_TEST(fails_with([&] { MNIST{folder}; }, "train-labels-idx1-ubyte: is a directory; expected a file"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
