// One epoch of a DataLoader: its order, its random numbers, and the threads that may run ahead.
#include "datasets/dataloader.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/create.hpp"
#include "datasets/detail/batch_count.hpp"
#include "datasets/detail/prefetcher.hpp"

namespace xtape::datasets {

namespace {

void check_indices(std::span<const std::int64_t> indices, std::int64_t size) {
  for (std::int64_t index : indices) {
    check(index >= 0 && index < size, "DataLoader: the sampler gave index {} for a dataset of {} examples",
          index, size);
  }
}

/// The batches of one epoch, by number. Each has random numbers of its own, so it is the same from whatever
/// thread it comes.
class Batches {
 public:
  Batches(std::shared_ptr<const Dataset> dataset, const DataLoaderOptions& options, std::uint64_t seed)
      : dataset_(std::move(dataset)), options_(options), seed_(seed), size_(dataset_->size()) {
    Generator generator(seed);
    if (options.batch_sampler) {
      batches_ = options.batch_sampler->indices(generator);
      for (const auto& batch : batches_) check_indices(batch, size_);
    } else if (options.sampler) {
      order_ = options.sampler->indices(generator);
      check_indices(order_, size_);
    }
  }

  std::int64_t count() const {
    if (options_.batch_sampler) return std::ssize(batches_);
    const std::int64_t examples = options_.sampler ? std::ssize(order_) : size_;
    return detail::batch_count(examples, options_.batch_size, options_.drop_last);
  }

  Example make(std::int64_t number) const {
    const NoGradGuard no_grad;
    Generator generator(seed_ + 1 + static_cast<std::uint64_t>(number));
    if (options_.batch_sampler) return batch_of(batches_[static_cast<std::size_t>(number)], generator);
    const std::int64_t first = number * options_.batch_size;
    if (options_.sampler) {
      const auto left = std::span(order_).subspan(static_cast<std::size_t>(first));
      return batch_of(left.first(std::min(left.size(), static_cast<std::size_t>(options_.batch_size))),
                      generator);
    }
    const std::int64_t last = first + std::min(options_.batch_size, size_ - first);
    const Tensor in_order = arange(first, last);  // a list of all indices may be too long
    return batch_of({in_order.data<std::int64_t>(), static_cast<std::size_t>(last - first)}, generator);
  }

 private:
  Example batch_of(std::span<const std::int64_t> indices, Generator& generator) const {
    if (!options_.collate_fn) return dataset_->get_batch(indices, generator);
    std::vector<Example> examples;
    for (std::int64_t index : indices) examples.push_back(example_of_batch(*dataset_, index, generator));
    return options_.collate_fn(examples);
  }

  std::shared_ptr<const Dataset> dataset_;
  DataLoaderOptions options_;
  std::uint64_t seed_;
  std::int64_t size_;
  std::vector<std::int64_t> order_;                 // by a sampler
  std::vector<std::vector<std::int64_t>> batches_;  // by a batch sampler
};

void check_options(const DataLoaderOptions& options) {
  check(options.batch_size > 0, "DataLoader: batch_size is {}; expected at least 1", options.batch_size);
  check(options.num_workers >= 0, "DataLoader: num_workers is {}; expected 0 or more", options.num_workers);
  check(!options.sampler || !options.shuffle, "DataLoader: sampler and shuffle exclude each other");
  check(!options.batch_sampler ||
            (options.batch_size == 1 && !options.shuffle && !options.sampler && !options.drop_last),
        "DataLoader: batch_sampler excludes batch_size, shuffle, sampler and drop_last");
  const EpochPart& part = options.part;
  check(part.count > 0 && part.block > 0 && part.index >= 0 && part.index < part.count,
        "DataLoader: part {} of {} in blocks of {}; expected a part from 0 on, below their count", part.index,
        part.count, part.block);
}

/// How many of the first `n` batches are of the part.
std::int64_t own_among(std::int64_t n, const EpochPart& part) {
  const std::int64_t round = part.count * part.block;
  return n / round * part.block +
         std::clamp(n % round - part.index * part.block, std::int64_t{0}, part.block);
}

/// The number in the epoch of the part's i-th batch.
std::int64_t number_of(std::int64_t i, const EpochPart& part) {
  return (i / part.block * part.count + part.index) * part.block + i % part.block;
}

}  // namespace

class DataLoader::Iterator::Epoch {
 public:
  Epoch(const DataLoader& loader, const EpochPlace& from)
      : batches_(loader.dataset_, loader.options_, from.seed.value()),
        part_(loader.options_.part),
        place_(from) {
    const std::int64_t count = batches_.count();
    check(from.batch >= 0 && from.batch <= count,
          "DataLoader: cannot begin behind batch {} of an epoch of {}", from.batch, count);
    const std::int64_t first = own_among(from.batch, part_);
    next_ = first;
    end_ = own_among(count, part_);
    if (loader.options_.num_workers > 0 && first < end_) {
      prefetcher_.emplace(
          [this, first](std::int64_t i) { return batches_.make(number_of(first + i, part_)); }, end_ - first,
          loader.options_.num_workers);
    }
  }

  const EpochPlace& place() const { return place_; }

  /// The next batch, nothing at the end. One that cannot be made counts as one, so the next call goes on.
  std::optional<Example> next() {
    if (next_ == end_) return {};
    const std::int64_t number = number_of(next_++, part_);
    place_.batch = number + 1;
    return prefetcher_ ? prefetcher_->next() : batches_.make(number);
  }

 private:
  Batches batches_;
  EpochPart part_;
  EpochPlace place_;
  std::int64_t next_, end_;                       // among the batches of the part
  std::optional<detail::Prefetcher> prefetcher_;  // last: its threads use batches_
};

DataLoader::Iterator::Iterator(std::shared_ptr<Epoch> epoch) : epoch_(std::move(epoch)) { ++*this; }

DataLoader::Iterator& DataLoader::Iterator::operator++() {
  check(epoch_ != nullptr, "DataLoader: an iterator at the end has no next batch");
  batch_ = {};  // what is left where the next batch throws
  if (std::optional<Example> batch = epoch_->next()) {
    batch_ = *std::move(batch);
  } else {
    epoch_.reset();
  }
  return *this;
}

EpochPlace DataLoader::Iterator::place() const {
  check(epoch_ != nullptr, "DataLoader: an iterator at the end has no place");
  return epoch_->place();
}

DataLoader::DataLoader(std::shared_ptr<const Dataset> dataset, const DataLoaderOptions& options)
    : dataset_(std::move(dataset)), options_(options) {
  check(dataset_ != nullptr, "DataLoader: no dataset");
  check_options(options);
  check(dataset_->size() > 0, "DataLoader: the dataset is empty");
  if (options.shuffle) options_.sampler = RandomSampler(*dataset_);
}

DataLoader::Iterator DataLoader::begin() const { return begin_at({}); }

DataLoader::Iterator DataLoader::begin_at(const EpochPlace& place) const {
  Generator& generator = options_.generator ? *options_.generator : default_generator();
  const EpochPlace from = place.seed ? place : EpochPlace{.seed = generator.next()};
  return Iterator(std::make_shared<Iterator::Epoch>(*this, from));
}

DataLoader::Iterator DataLoader::end() const { return Iterator(); }

std::int64_t DataLoader::size() const {
  if (options_.batch_sampler) return options_.batch_sampler->size();
  const std::int64_t examples = options_.sampler ? options_.sampler->size() : dataset_->size();
  return detail::batch_count(examples, options_.batch_size, options_.drop_last);
}

}  // namespace xtape::datasets
