// DataLoader with workers: what fails, what ends early and what runs at once. Everything holds for every
// number of workers, none among them.
#include <atomic>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <thread>

#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/create.hpp"
#include "autograd/ops/shape.hpp"
#include "datasets/dataloader.hpp"
#include "datasets/sources/tensor_dataset.hpp"
#include "datasets/transforms/transformed_dataset.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::DataLoader;
using datasets::DataLoaderOptions;
using datasets::Dataset;
using datasets::Example;
using datasets::TensorDataset;
using datasets::TransformedDataset;

namespace {

using Targets = std::vector<std::int64_t>;

constexpr int kNumbersOfWorkers[] = {0, 1, 2, 8};

TensorDataset counting(std::int64_t n) { return {arange(0, n).to(kFloat32).reshape({n, 1}), arange(0, n)}; }

/// Ten examples, of which those in `bad` cannot be read.
class Faulty : public Dataset {
 public:
  explicit Faulty(Targets bad) : bad_(std::move(bad)) {}
  std::int64_t size() const override { return 10; }
  Example get(std::int64_t index) const override {
    if (std::ranges::count(bad_, index) > 0) throw std::runtime_error(fmt::format("example {}", index));
    return {full({2}, index), tensor(index)};
  }

 private:
  Targets bad_;
};

/// The first target of each batch of an epoch from its second batch on, -1 for a batch that throws.
Targets rest_of_epoch(const DataLoader& loader) {
  Targets seen;
  auto it = loader.begin();
  while (true) {
    try {
      ++it;
      if (it == loader.end()) return seen;
      seen.push_back(it->target.to_vector<std::int64_t>()[0]);
    } catch (const std::exception&) {
      seen.push_back(-1);
    }
  }
}

/// Waits in get until `wanted` calls of it run at the same time, or for ten seconds.
class Meeting : public Dataset {
 public:
  explicit Meeting(int wanted) : wanted_(wanted) {}
  std::int64_t size() const override { return 4 * wanted_; }
  Example get(std::int64_t index) const override {
    ++*inside_;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (*inside_ < wanted_ && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return {tensor(std::int64_t{*inside_ >= wanted_}), tensor(index)};
  }

 private:
  int wanted_;
  std::shared_ptr<std::atomic<int>> inside_ = std::make_shared<std::atomic<int>>(0);
};

/// Fails the test instead of hanging where workers are never joined: all of it takes 1000 s.
class Slow : public Dataset {
 public:
  std::int64_t size() const override { return 1'000'000; }
  Example get(std::int64_t index) const override {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return {tensor(1.0), tensor(index)};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(threads_dataloader)

BOOST_AUTO_TEST_CASE(after_an_example_that_throws_the_next_batch_follows) {
  for (int workers : kNumbersOfWorkers) {
    BOOST_TEST_CONTEXT(workers << " workers") {
      const auto run = [&](Targets bad) {
        return rest_of_epoch(DataLoader(Faulty(std::move(bad)), {.batch_size = 2, .num_workers = workers}));
      };
      BOOST_TEST(run({}) == (Targets{2, 4, 6, 8}));
      BOOST_TEST(run({5}) == (Targets{2, -1, 6, 8}));
      BOOST_TEST(run({2, 3, 5}) == (Targets{-1, -1, 6, 8}));
      BOOST_TEST(run({9}) == (Targets{2, 4, 6, -1}));
      BOOST_TEST(run({2, 4, 6, 8}) == (Targets{-1, -1, -1, -1}));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_iterator_whose_batch_threw_holds_nothing_of_the_one_before) {
  for (int workers : kNumbersOfWorkers) {
    const DataLoader loader(Faulty({1, 2}), {.num_workers = workers});
    auto it = loader.begin();
    BOOST_CHECK_EXCEPTION(++it, std::runtime_error,
                          [](const auto& error) { return error.what() == std::string("example 1"); });
    BOOST_TEST(it->size() == 0U);
    BOOST_TEST((it != loader.end()));
    BOOST_CHECK_EXCEPTION(++it, std::runtime_error,
                          [](const auto& error) { return error.what() == std::string("example 2"); });
    ++it;
    BOOST_TEST(it->target.item<std::int64_t>() == 3);
  }
}

BOOST_AUTO_TEST_CASE(a_first_batch_that_throws_does_so_in_begin) {
  for (int workers : kNumbersOfWorkers) {
    const DataLoader loader(Faulty({0}), {.num_workers = workers});
    BOOST_CHECK_THROW((void)loader.begin(), std::runtime_error);
  }
}

BOOST_AUTO_TEST_CASE(there_is_no_batch_behind_the_end) {
  for (int workers : kNumbersOfWorkers) {
    const DataLoader loader(counting(2), {.batch_size = 2, .num_workers = workers});
    auto it = loader.begin();
    ++it;
    BOOST_TEST((it == loader.end()));
    BOOST_TEST(fails_with([&] { ++it; }, "DataLoader: an iterator at the end has no next batch"));
    BOOST_TEST(fails_with([] { ++DataLoader::Iterator(); }, "DataLoader: an iterator at the end"));
  }
}

BOOST_AUTO_TEST_CASE(transforms_and_collate_functions_that_throw_cost_their_batch_alone) {
  const auto no_threes = [](const Tensor& x) {
    check(x.to_vector<float>()[0] != 3, "a three");
    return x;
  };
  const auto no_fives = [](const std::vector<Example>& examples) {
    if (examples[0].target.item<std::int64_t>() == 5) throw 5;  // of whatever type
    return datasets::default_collate(examples);
  };
  for (int workers : kNumbersOfWorkers) {
    BOOST_TEST_CONTEXT(workers << " workers") {
      const TransformedDataset data(counting(5), no_threes);
      BOOST_TEST(rest_of_epoch(DataLoader(data, {.num_workers = workers})) == (Targets{1, 2, -1, 4}));
      const DataLoader loader(counting(7), {.num_workers = workers, .collate_fn = no_fives});
      auto it = loader.begin();
      for (int i = 0; i < 4; ++i) ++it;
      BOOST_CHECK_THROW(++it, int);
      ++it;
      BOOST_TEST(it->target.item<std::int64_t>() == 6);
    }
  }
}

BOOST_AUTO_TEST_CASE(order_and_random_numbers_do_not_depend_on_the_number_of_workers) {
  const auto noise = [](const Tensor& x, Generator& generator) {
    return x + randn(x.shape(), {.generator = &generator});
  };
  const TransformedDataset data(counting(30), noise);
  for (const datasets::CollateFn& collate :
       {datasets::CollateFn(), datasets::CollateFn(datasets::default_collate)}) {
    const auto run = [&](int workers) {
      Generator generator(3);
      const DataLoaderOptions options{.batch_size = 4,
                                      .shuffle = true,
                                      .num_workers = workers,
                                      .collate_fn = collate,
                                      .generator = &generator};
      std::vector<float> values;
      const DataLoader loader(data, options);
      for (int i = 0; i < 2; ++i) {
        for (const auto& [x, y] : loader) {
          for (const Tensor& tensor : {x, y}) {
            const auto batch = tensor.to_vector<float>();
            values.insert(values.end(), batch.begin(), batch.end());
          }
        }
      }
      return values;
    };
    const auto alone = run(0);
    BOOST_TEST(alone.size() == 2U * 30 * 2);
    BOOST_TEST(alone[0] != alone[30]);
    for (int workers : {1, 2, 3, 8, 100, std::numeric_limits<int>::max()})
      BOOST_TEST((alone == run(workers)));
  }
}

BOOST_AUTO_TEST_CASE(workers_work_at_once) {
  for (const auto& [together, y] : DataLoader(Meeting(4), {.num_workers = 4}))
    BOOST_TEST(together.item() == 1);
}

BOOST_AUTO_TEST_CASE(leaving_early_stops_all_workers) {
  const auto start = std::chrono::steady_clock::now();
  for (int workers : kNumbersOfWorkers) {
    for (int i = 0; i < 10; ++i) {
      const DataLoader loader(Slow(), {.num_workers = workers});
      auto it = loader.begin();
      if (i % 2 == 1) ++it;
      if (i % 3 == 1) std::this_thread::sleep_for(std::chrono::milliseconds(10));  // until they wait for room
    }
    const auto leave = [&] {
      for ([[maybe_unused]] const auto& batch : DataLoader(Slow(), {.num_workers = workers}))
        throw Error("enough");
    };
    BOOST_TEST(fails_with(leave, "enough"));
  }
  BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds(60)));
}

BOOST_AUTO_TEST_CASE(copies_of_an_iterator_share_its_epoch) {
  for (int workers : kNumbersOfWorkers) {
    const DataLoader loader(Faulty({2}), {.num_workers = workers});
    auto it = loader.begin(), copy = it;
    ++it;
    BOOST_TEST(copy->target.item<std::int64_t>() == 0);
    BOOST_CHECK_THROW(++copy, std::runtime_error);
    ++it;
    BOOST_TEST(it->target.item<std::int64_t>() == 3);
    it = {};
    for (std::int64_t i = 4; i < 10; ++i) {
      ++copy;
      BOOST_TEST(copy->target.item<std::int64_t>() == i);
    }
    it = copy;
    ++copy;
    BOOST_TEST((copy == loader.end()));
    ++it;
    BOOST_TEST((it == loader.end()));
  }
}

BOOST_AUTO_TEST_CASE(loops_over_one_loader_may_run_within_each_other_and_in_several_threads) {
  for (int workers : kNumbersOfWorkers) {
    const DataLoader loader(counting(6), {.batch_size = 2, .num_workers = workers});
    std::atomic<std::int64_t> sum = 0;
    const auto loop = [&] {
      for (const auto& outer : loader) {
        for (const auto& inner : loader) {
          sum += outer.target.to_vector<std::int64_t>()[0] * inner.target.to_vector<std::int64_t>()[0];
        }
      }
    };
    { const std::jthread one(loop), other(loop); }
    BOOST_TEST(sum == 2 * 36);  // (0 + 2 + 4)^2 of each
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
