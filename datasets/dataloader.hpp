// DataLoader: a dataset in batches, in order or shuffled, in the caller's thread or prepared by others.
#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "datasets/dataset.hpp"
#include "datasets/samplers.hpp"

namespace xtape::datasets {

/// A batch from its examples.
using CollateFn = std::function<Example(const std::vector<Example>&)>;

/// A part of an epoch: of its batches in groups of `block`, the groups index, index + count, ...
struct EpochPart {
  std::int64_t index = 0, count = 1, block = 1;
};

struct DataLoaderOptions {
  std::int64_t batch_size = 1;
  bool shuffle = false;  ///< a new order in each epoch: a RandomSampler
  /// The examples of an epoch, in its order: WeightedRandomSampler(weights, n), or one of the program's own.
  SharedSampler<std::int64_t> sampler = {};
  /// The batches of an epoch, in place of sampler, batch_size, shuffle and drop_last.
  SharedSampler<std::vector<std::int64_t>> batch_sampler = {};
  int num_workers = 0;        ///< threads, 256 at most, that prepare the next 2 num_workers batches
  CollateFn collate_fn = {};  ///< makes batches where default_collate cannot, as from sequences to be padded
  bool drop_last = false;     ///< leaves out a last batch that is smaller than the others
  Generator* generator = nullptr;  ///< gives one number in each epoch; the default generator where null
  /// The batches that are made, each as it would be in the whole epoch: the others are made by other
  /// processes, whose generators are in the same state.
  EpochPart part = {};
};

/// Where a training stands within an epoch; what it needs to go on there.
struct EpochPlace {
  std::optional<std::uint64_t> seed = {};  ///< of the epoch's random numbers; none before it has begun
  std::int64_t batch = 0;                  ///< batches that are done, of all parts
};

/// `for (const auto& [x, y] : DataLoader(dataset, {.batch_size = 128, .shuffle = true})) ...`
///
/// Each loop is an epoch. An epoch takes one number from the generator and draws its order and all random
/// transforms from that, each batch apart, so the batches are the same for every num_workers. Samplers are
/// called by begin(). With workers the dataset, its transforms and collate_fn are called from their threads,
/// with two or more from several at once. What these throw for a batch is thrown when its turn comes, by ++
/// (for the first batch by begin()); the next ++ goes on with the batch after it. Throws where the dataset is
/// empty or an option makes no sense, and begin() where a sampler gives an index that the dataset lacks.
class DataLoader {
 public:
  template <std::derived_from<Dataset> D>
  explicit DataLoader(const D& dataset, const DataLoaderOptions& options = {})
      : DataLoader(share(dataset), options) {}
  explicit DataLoader(std::shared_ptr<const Dataset> dataset, const DataLoaderOptions& options = {});

  class Iterator;
  Iterator begin() const;
  /// Goes on from there, with the batches of its part that are left of that epoch; where it has no seed, a
  /// new epoch begins. Throws where the place lies outside the epoch.
  Iterator begin_at(const EpochPlace& place) const;
  Iterator end() const;

  std::int64_t size() const;  ///< batches in an epoch, of all parts, as the sampler's size() says
  std::int64_t batch_size() const { return options_.batch_size; }
  const Dataset& dataset() const { return *dataset_; }

 private:
  std::shared_ptr<const Dataset> dataset_;
  DataLoaderOptions options_;
};

/// An input iterator over one epoch, which it keeps alive: it may outlive the loader. Copies share the epoch:
/// a batch that one of them took is not given to the others.
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
  Iterator& operator++();  ///< throws at the end, and what the making of the batch threw
  void operator++(int) { ++*this; }
  /// Behind the present batch. Throws at the end.
  EpochPlace place() const;
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.epoch_ == b.epoch_; }

 private:
  friend class DataLoader;
  class Epoch;
  explicit Iterator(std::shared_ptr<Epoch> epoch);

  std::shared_ptr<Epoch> epoch_;  // none at the end
  Example batch_;
};

}  // namespace xtape::datasets
