// Finding the files, and turning images and formulas into rows of numbers.
#include "data.hpp"

#include <cstdlib>
#include <filesystem>
#include <numbers>
#include <numeric>
#include <vector>

namespace course {

using namespace xtape;
namespace fs = std::filesystem;

namespace {

bool has_mnist(const fs::path& folder) {
  std::error_code ignored;
  for (const std::string name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                 "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}) {
    if (!fs::exists(folder / name, ignored) && !fs::exists(folder / (name + ".gz"), ignored)) return false;
  }
  return true;
}

bool has_cifar10(const fs::path& folder) {
  std::error_code ignored;
  for (const std::string name :
       {"data_batch_1.bin", "cifar-10-batches-bin/data_batch_1.bin", "cifar-10-binary.tar.gz"}) {
    if (fs::exists(folder / name, ignored)) return true;
  }
  return folder.extension() == ".gz" && fs::exists(folder, ignored);
}

fs::path data_folder(const Options& options) {
  if (!options.data.empty()) return options.data;
  const char* folder = std::getenv("XTAPE_DATA");
  return folder ? folder : "data";
}

}  // namespace

datasets::MNIST mnist(const Options& options, bool train) {
  const fs::path above = data_folder(options);
  for (const fs::path& root : {above / "mnist", above}) {
    if (has_mnist(root) || has_mnist(root / "MNIST" / "raw")) return datasets::MNIST(root, {.train = train});
  }
  throw MissingData(fmt::format(
      "no MNIST data in {} or in {}. Download train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
      "t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz from "
      "https://ossci-datasets.s3.amazonaws.com/mnist/ into a folder, and name it: --data FOLDER",
      (above / "mnist").string(), above.string()));
}

datasets::CIFAR10 cifar10(const Options& options, bool train, const datasets::Transform& transform) {
  const fs::path above = data_folder(options);
  for (const fs::path& root : {above / "cifar10", above}) {
    if (has_cifar10(root)) return datasets::CIFAR10(root, {.train = train, .transform = transform});
  }
  throw MissingData(
      fmt::format("no CIFAR-10 data in {} or in {}. Download "
                  "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz into "
                  "a folder, and name it: --data FOLDER",
                  (above / "cifar10").string(), above.string()));
}

CifarParts cifar_parts(const Options& options) {
  datasets::CIFAR10 images = cifar10(options, true, datasets::ToDtype(kFloat32));
  datasets::CIFAR10 test_images = cifar10(options, false, datasets::ToDtype(kFloat32));
  const Tensor training = arange(0, options.quick ? 5'000 : 49'000);
  const datasets::SubtractMean centred(datasets::mean_image(datasets::Subset(images, training)));
  images.transform(centred);
  test_images.transform(centred);
  return {datasets::Subset(images, training), datasets::Subset(images, arange(49'000, 50'000)),
          datasets::Subset(test_images, arange(0, 1'000))};
}

Tensor pixel_rows(const Tensor& images, double low, double high, DType dtype) {
  return flatten(images, 1).to(dtype) * ((high - low) / 255) + low;
}

datasets::Example all_of(const datasets::Dataset& dataset) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(dataset.size()));
  std::iota(indices.begin(), indices.end(), 0);
  return dataset.get_batch(indices, default_generator());
}

datasets::TensorDataset moons(std::int64_t n, double noise, Generator& generator) {
  const TensorOptions random{.dtype = kFloat64, .generator = &generator};
  const Tensor angle = rand({n}, random) * std::numbers::pi;
  const Tensor label = (arange(n) >= n / 2).to(kFloat64);
  const Tensor side = 1 - 2 * label;  // the second moon is the first one turned by half a circle, and moved
  const Tensor x = stack({side * cos(angle) + label, side * sin(angle) + 0.5 * label}, 1);
  return {x + noise * randn({n, 2}, random), unsqueeze(label, 1)};
}

}  // namespace course
