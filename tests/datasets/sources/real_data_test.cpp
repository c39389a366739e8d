// The published data sets, where this machine has them: Fashion-MNIST from Debian's package, MNIST and
// CIFAR-10 from the folder that the environment variable XTAPE_DATA names. A test whose data is missing is
// skipped and says how to get it.
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataloader.hpp"
#include "datasets/sources/cifar10.hpp"
#include "datasets/sources/mnist.hpp"

namespace xtape::testing {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> first_existing(const std::vector<fs::path>& candidates) {
  std::error_code ignored;
  for (const fs::path& path : candidates) {
    if (fs::exists(path, ignored)) return path;
  }
  return {};
}

/// `name` below the folder of XTAPE_DATA.
std::vector<fs::path> below_data(const std::vector<std::string>& names) {
  std::vector<fs::path> paths;
  if (const char* data = std::getenv("XTAPE_DATA")) {
    for (const std::string& name : names) paths.push_back(fs::path(data) / name);
  }
  return paths;
}

std::optional<fs::path> fashion() {
  auto paths = below_data({"fashion-mnist", "FashionMNIST"});
  paths.push_back("/usr/share/datasets/fashion-mnist");
  return first_existing(paths);
}
std::optional<fs::path> mnist() { return first_existing(below_data({"mnist", "MNIST"})); }
std::optional<fs::path> cifar10() {
  return first_existing(below_data({"cifar-10-batches-bin", "cifar10", "cifar-10-binary.tar.gz"}));
}

/// A test's precondition: the data is here.
auto has(std::optional<fs::path> (*find)(), const std::string& how) {
  return [find, how](boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result result(find().has_value());
    result.message() << how;
    return result;
  };
}

std::array<std::int64_t, 10> histogram(const Tensor& labels) {
  std::array<std::int64_t, 10> counts{};
  for (std::int64_t label : labels.to_vector<std::int64_t>()) ++counts[static_cast<std::size_t>(label)];
  return counts;
}

double mean_pixel(const Tensor& images) {
  double sum = 0;
  for (std::int64_t i = 0; i < images.numel(); ++i) sum += images.data<std::uint8_t>()[i];
  return sum / (255.0 * static_cast<double>(images.numel()));
}

namespace unit_test = boost::unit_test;

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_real)

BOOST_AUTO_TEST_CASE(fashion_mnist_is_the_published_one,
                     *unit_test::precondition(has(fashion, "needs: apt-get install dataset-fashion-mnist"))) {
  const datasets::FashionMNIST train(*fashion(), {.train = true}), test(*fashion(), {.train = false});
  BOOST_TEST(train.images().shape() == Shape(60000, 1, 28, 28));
  BOOST_TEST(test.images().shape() == Shape(10000, 1, 28, 28));
  // The data set is balanced: 6000 and 1000 images of each class (Xiao et al. 2017, section 2).
  for (std::int64_t count : histogram(train.labels())) BOOST_TEST(count == 6000);
  for (std::int64_t count : histogram(test.labels())) BOOST_TEST(count == 1000);
  BOOST_TEST(mean_pixel(train.images()) == 0.2860,
             boost::test_tools::tolerance(1e-3));  // the usual Normalize
  BOOST_TEST(train.classes()[static_cast<std::size_t>(train[0].target.item<std::int64_t>())] == "Ankle boot");
}

BOOST_AUTO_TEST_CASE(fashion_mnist_epoch_covers_every_image,
                     *unit_test::precondition(has(fashion, "needs: apt-get install dataset-fashion-mnist"))) {
  const datasets::FashionMNIST train(*fashion());
  std::array<std::int64_t, 10> counts{};
  for (const auto& [x, y] :
       datasets::DataLoader(train, {.batch_size = 128, .shuffle = true, .num_workers = 1})) {
    const auto batch = histogram(y);
    for (std::size_t c = 0; c < 10; ++c) counts[c] += batch[c];
  }
  for (std::int64_t count : counts) BOOST_TEST(count == 6000);
}

BOOST_AUTO_TEST_CASE(mnist_is_the_published_one,
                     *unit_test::precondition(has(mnist, "needs: XTAPE_DATA=folder with mnist/*-ubyte.gz"))) {
  const datasets::MNIST train(*mnist(), {.train = true}), test(*mnist(), {.train = false});
  BOOST_TEST(train.size() == 60000);
  BOOST_TEST(test.size() == 10000);
  // http://yann.lecun.com/exdb/mnist: digits of the training set
  const std::array<std::int64_t, 10> expected{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};
  BOOST_TEST(histogram(train.labels()) == expected, boost::test_tools::per_element());
  BOOST_TEST(mean_pixel(train.images()) == 0.1307,
             boost::test_tools::tolerance(1e-3));  // the usual Normalize
  BOOST_TEST(train[0].target.item<std::int64_t>() == 5);
}

BOOST_AUTO_TEST_CASE(cifar10_is_balanced,
                     *unit_test::precondition(has(cifar10,
                                                  "needs: XTAPE_DATA=folder with cifar-10-batches-bin/"))) {
  const datasets::CIFAR10 train(*cifar10(), {.train = true}), test(*cifar10(), {.train = false});
  BOOST_TEST(train.images().shape() == Shape(50000, 3, 32, 32));
  BOOST_TEST(test.images().shape() == Shape(10000, 3, 32, 32));
  for (std::int64_t count : histogram(train.labels())) BOOST_TEST(count == 5000);
  for (std::int64_t count : histogram(test.labels())) BOOST_TEST(count == 1000);
  BOOST_TEST(mean_pixel(train.images()) == 0.4734,
             boost::test_tools::tolerance(1e-2));  // mean of .4914 .4822 .4465
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
