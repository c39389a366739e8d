// DataLoader: order, sizes and randomness of its batches. What holds of its threads stands in
// dataloader_threads_test.cpp.
#include "datasets/dataloader.hpp"

#include <iterator>
#include <limits>
#include <set>
#include <stdexcept>

#include "autograd/ops/create.hpp"
#include "autograd/ops/shape.hpp"
#include "datasets/sources/mnist.hpp"
#include "datasets/sources/tensor_dataset.hpp"
#include "datasets/split.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::DataLoader;
using datasets::DataLoaderOptions;
using datasets::Dataset;
using datasets::Example;
using datasets::TensorDataset;

namespace {

TensorDataset counting(std::int64_t n) { return {arange(0, n).to(kFloat32).reshape({n, 1}), arange(0, n)}; }

using Batches = std::vector<std::vector<std::int64_t>>;

/// The targets of each batch of one epoch.
Batches epoch(const DataLoader& loader) {
  Batches batches;
  for (const auto& [x, y] : loader) batches.push_back(y.to_vector<std::int64_t>());
  return batches;
}

std::vector<std::int64_t> joined(const Batches& batches) {
  std::vector<std::int64_t> all;
  for (const auto& batch : batches) all.insert(all.end(), batch.begin(), batch.end());
  return all;
}

/// A program's own dataset, which has one example that cannot be read.
class Faulty : public Dataset {
 public:
  explicit Faulty(std::int64_t bad) : bad_(bad) {}
  std::int64_t size() const override { return 10; }
  Example get(std::int64_t index) const override {
    if (index == bad_) throw std::runtime_error("example cannot be read");
    return {full({2}, index), tensor(index)};
  }

 private:
  std::int64_t bad_;
};

struct Images {
  Images() {
    write_file(folder / "train-images-idx3-ubyte", idx_images(50));
    write_file(folder / "train-labels-idx1-ubyte", idx_labels(counting_labels(50)));
  }
  TemporaryFolder folder;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_dataloader)

BOOST_AUTO_TEST_CASE(batches_come_in_order_and_the_last_may_be_smaller) {
  const DataLoader loader(counting(7), {.batch_size = 3});
  BOOST_TEST((epoch(loader) == Batches{{0, 1, 2}, {3, 4, 5}, {6}}));
  BOOST_TEST(loader.size() == 3);
  BOOST_TEST(epoch(DataLoader(counting(2))).size() == 2U);  // a batch size of 1, as in PyTorch
}

BOOST_AUTO_TEST_CASE(drop_last_leaves_out_a_smaller_batch_only) {
  const DataLoader seven(counting(7), {.batch_size = 3, .drop_last = true});
  BOOST_TEST((epoch(seven) == Batches{{0, 1, 2}, {3, 4, 5}}));
  BOOST_TEST(seven.size() == 2);
  BOOST_TEST(epoch(DataLoader(counting(6), {.batch_size = 3, .drop_last = true})).size() == 2U);
  BOOST_TEST(epoch(DataLoader(counting(2), {.batch_size = 3, .drop_last = true})).empty());
}

BOOST_AUTO_TEST_CASE(images_arrive_as_floats_with_int64_labels) {
  const Images files;
  for (const auto& [x, y] : DataLoader(datasets::MNIST(files.folder), {.batch_size = 50})) {
    BOOST_TEST(x.shape() == Shape(50, 1, 28, 28));
    BOOST_TEST((x.dtype() == kFloat32));
    BOOST_TEST((y.dtype() == kInt64));
    BOOST_TEST(y.shape() == Shape(50));
  }
}

BOOST_AUTO_TEST_CASE(shuffling_visits_all_examples_in_a_new_order_each_epoch) {
  Generator generator(0);
  const DataLoader loader(counting(100), {.batch_size = 8, .shuffle = true, .generator = &generator});
  const auto first = joined(epoch(loader)), second = joined(epoch(loader));
  BOOST_TEST((first != second));
  BOOST_TEST(std::set(first.begin(), first.end()).size() == 100U);
  BOOST_TEST(std::set(second.begin(), second.end()).size() == 100U);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_epochs) {
  const auto run = [](std::uint64_t seed) {
    Generator generator(seed);
    const DataLoader loader(counting(20), {.batch_size = 6, .shuffle = true, .generator = &generator});
    return std::pair(epoch(loader), epoch(loader));
  };
  BOOST_TEST((run(1) == run(1)));
  BOOST_TEST((run(1) != run(2)));

  const DataLoader loader(counting(20), {.shuffle = true});
  const auto before = default_generator().state();
  const auto by_default = epoch(loader);
  default_generator().set_state(before);
  BOOST_TEST((by_default == epoch(loader)));
}

BOOST_AUTO_TEST_CASE(a_worker_gives_exactly_the_same_batches) {
  const Images files;
  datasets::MNIST train(files.folder);
  train.transform(datasets::Compose{datasets::ToFloat(), datasets::RandomCrop(28, {.padding = 2}),
                                    datasets::RandomHorizontalFlip()});
  const auto run = [&](int workers) {
    Generator generator(3);
    const DataLoaderOptions options{
        .batch_size = 7, .shuffle = true, .num_workers = workers, .generator = &generator};
    const DataLoader loader(train, options);
    std::vector<float> values;
    for (int i = 0; i < 3; ++i) {
      for (const auto& [x, y] : loader) {
        const auto batch = x.to_vector<float>(), labels = y.to_vector<float>();
        values.insert(values.end(), batch.begin(), batch.end());
        values.insert(values.end(), labels.begin(), labels.end());
      }
    }
    return values;
  };
  const auto alone = run(0);
  BOOST_TEST(alone.size() == 3U * 50 * 785);
  BOOST_TEST((alone == run(1)));
  BOOST_TEST((alone == run(4)));
}

BOOST_AUTO_TEST_CASE(a_worker_does_not_touch_the_generator_while_the_loop_runs) {
  const auto draws = [](int workers) {
    Generator generator(9);
    std::vector<std::uint64_t> drawn;
    const DataLoader loader(counting(30), {.shuffle = true, .num_workers = workers, .generator = &generator});
    for ([[maybe_unused]] const auto& batch : loader) drawn.push_back(generator.next());
    return drawn;
  };
  BOOST_TEST((draws(0) == draws(1)));
}

BOOST_AUTO_TEST_CASE(an_exception_is_thrown_in_the_loop_in_its_turn) {
  for (int workers : {0, 1}) {
    const DataLoader loader(Faulty(5), {.batch_size = 2, .num_workers = workers});
    std::vector<std::int64_t> seen;
    const auto run = [&] {
      for (const auto& [x, y] : loader) seen.push_back(y.to_vector<std::int64_t>()[0]);
    };
    BOOST_CHECK_EXCEPTION(run(), std::runtime_error, [](const auto& error) {
      return error.what() == std::string("example cannot be read");
    });
    BOOST_TEST(seen == (std::vector<std::int64_t>{0, 2}));
  }
}

BOOST_AUTO_TEST_CASE(a_loader_and_an_iterator_outlive_what_they_came_from) {
  const auto make = [] { return DataLoader(datasets::Subset(counting(10), {4, 5, 6}), {.num_workers = 1}); };
  const DataLoader loader = make();
  BOOST_TEST((epoch(loader) == Batches{{4}, {5}, {6}}));
  auto it = make().begin();
  ++it;
  BOOST_TEST((*it).target.item<std::int64_t>() == 5);
  const auto& [x, y] = *make().begin();
  BOOST_TEST(y.item<std::int64_t>() == 4);
  BOOST_TEST(x.shape() == Shape(1, 1));
}

BOOST_AUTO_TEST_CASE(iterators_work_with_the_standard_library) {
  const DataLoader loader(counting(7), {.batch_size = 2});
  static_assert(std::input_iterator<DataLoader::Iterator>);
  BOOST_TEST(std::distance(loader.begin(), loader.end()) == 4);
  const std::vector<Example> all(loader.begin(), loader.end());
  BOOST_TEST(all[3].target.item<std::int64_t>() == 6);
  for (auto& batch : loader) BOOST_TEST(batch.data.size(1) == 1);
}

BOOST_AUTO_TEST_CASE(a_dataset_known_by_its_base_class_is_referred_to) {
  const Faulty faulty(99);
  const Dataset& dataset = faulty;
  const DataLoader loader(dataset, {.batch_size = 10});
  BOOST_TEST((&loader.dataset() == &dataset));
  const auto [x, y] = *loader.begin();
  BOOST_TEST(x.shape() == Shape(10, 2));  // examples of a dataset of one's own are stacked
  BOOST_TEST(y.shape() == Shape(10));
}

BOOST_AUTO_TEST_CASE(an_epoch_goes_on_from_any_place) {
  const auto data = counting(10);
  for (const int workers : {0, 2}) {
    Generator generator(3);
    const DataLoader loader(
        data, {.batch_size = 3, .shuffle = true, .num_workers = workers, .generator = &generator});
    std::vector<std::vector<std::int64_t>> whole;
    std::vector<datasets::EpochPlace> places;
    for (auto it = loader.begin(); it != loader.end(); ++it) {
      whole.push_back(it->data.to_vector<std::int64_t>());
      places.push_back(it.place());
    }
    const Generator::State after = generator.state();
    for (std::size_t done = 1; done <= places.size(); ++done) {
      std::vector<std::vector<std::int64_t>> all(whole.begin(),
                                                 whole.begin() + static_cast<std::ptrdiff_t>(done));
      for (auto it = loader.begin_at(places[done - 1]); it != loader.end(); ++it)
        all.push_back(it->data.to_vector<std::int64_t>());
      BOOST_TEST((all == whole));
    }
    BOOST_TEST((generator.state() == after));
    BOOST_TEST(fails_with([&] { (void)loader.begin_at({.seed = 0, .batch = 5}); },
                          "DataLoader: cannot begin behind batch 5 of an epoch of 4"));
    BOOST_TEST(
        fails_with([&] { (void)loader.end().place(); }, "DataLoader: an iterator at the end has no place"));
  }
}

BOOST_AUTO_TEST_CASE(batches_carry_no_history) {
  const TensorDataset data(randn({4, 2}, {.requires_grad = true}), arange(0, 4));
  for (int workers : {0, 1}) {
    for (const auto& [x, y] : DataLoader(data, {.num_workers = workers})) BOOST_TEST(!x.requires_grad());
  }
}

BOOST_AUTO_TEST_CASE(options_without_sense_are_errors) {
  const auto data = counting(3);
  BOOST_TEST(fails_with([&] { DataLoader(data, {.batch_size = 0}); },
                        "DataLoader: batch_size is 0; expected at least 1"));
  BOOST_TEST(fails_with([&] { DataLoader(data, {.num_workers = -1}); }, "DataLoader: num_workers is -1"));
  BOOST_TEST(fails_with([&] { DataLoader(counting(0)); }, "DataLoader: the dataset is empty"));
  BOOST_TEST(fails_with([&] { DataLoader(std::shared_ptr<const Dataset>()); }, "DataLoader: no dataset"));
}

BOOST_AUTO_TEST_CASE(huge_numbers_are_batches_or_errors) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const DataLoader loader(counting(7), {.batch_size = most});
  BOOST_TEST(loader.size() == 1);
  BOOST_TEST((epoch(loader) == Batches{{0, 1, 2, 3, 4, 5, 6}}));
  BOOST_TEST(DataLoader(counting(7), {.batch_size = most, .drop_last = true}).size() == 0);

  class Endless : public Dataset {
   public:
    std::int64_t size() const override { return most; }
    Example get(std::int64_t index) const override { return {tensor(index)}; }
  };
  const DataLoader endless(Endless(), {.batch_size = 2});
  BOOST_TEST(endless.size() == most / 2 + 1);
  auto it = endless.begin();  // no list of all indices is made
  BOOST_TEST(((++it)->data.to_vector<std::int64_t>() == std::vector<std::int64_t>{2, 3}));
  BOOST_CHECK_THROW((void)DataLoader(Endless(), {.batch_size = most}).begin(), Error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
