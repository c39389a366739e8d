// DataLoader: a dataset in batches, in order or shuffled, in the caller's thread or prepared by another.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

#include "datasets/dataset.hpp"

namespace xtape::datasets {

struct DataLoaderOptions {
  std::int64_t batch_size = 1;
  bool shuffle = false;            ///< a new order in each epoch
  int num_workers = 0;             ///< 1 or more: one thread prepares the next 2 num_workers batches
  bool drop_last = false;          ///< leaves out a last batch that is smaller than the others
  Generator* generator = nullptr;  ///< gives one number in each epoch; the default generator where null
};

/// `for (const auto& [x, y] : DataLoader(dataset, {.batch_size = 128, .shuffle = true})) ...`
///
/// Each loop is an epoch. An epoch takes one number from the generator and draws its order and all random
/// transforms from that, so the batches are the same for every num_workers. An exception in a worker is
/// thrown in the loop. Throws where the dataset is empty or an option makes no sense.
class DataLoader {
 public:
  template <std::derived_from<Dataset> D>
  explicit DataLoader(const D& dataset, const DataLoaderOptions& options = {})
      : DataLoader(share(dataset), options) {}
  explicit DataLoader(std::shared_ptr<const Dataset> dataset, const DataLoaderOptions& options = {});

  class Iterator;
  Iterator begin() const;
  Iterator end() const;

  std::int64_t size() const;  ///< batches in an epoch
  std::int64_t batch_size() const { return options_.batch_size; }
  const Dataset& dataset() const { return *dataset_; }

 private:
  std::shared_ptr<const Dataset> dataset_;
  DataLoaderOptions options_;
};

/// An input iterator over one epoch, which it keeps alive: it may outlive the loader.
class DataLoader::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Example;
  using difference_type = std::ptrdiff_t;
  using pointer = const Example*;
  using reference = const Example&;

  Iterator() = default;  ///< the end
  const Example& operator*() const& { return batch_; }
  // By value from a temporary, so that `const auto& [x, y] = *loader.begin();` does not dangle.
  Example operator*() && { return std::move(batch_); }
  const Example* operator->() const { return &batch_; }
  Iterator& operator++();
  void operator++(int) { ++*this; }
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.epoch_ == b.epoch_; }

 private:
  friend class DataLoader;
  class Epoch;
  explicit Iterator(std::shared_ptr<Epoch> epoch);

  std::shared_ptr<Epoch> epoch_;  // none at the end
  Example batch_;
};

}  // namespace xtape::datasets
