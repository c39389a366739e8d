// One epoch of a DataLoader: its order, its random numbers, and the thread that may run ahead.
#include "datasets/dataloader.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "autograd/grad_mode.hpp"
#include "autograd/ops/create.hpp"
#include "datasets/detail/prefetcher.hpp"

namespace xtape::datasets {

namespace {

/// Gives the batches of one epoch, one call after the other, from whatever thread.
class Batches {
 public:
  Batches(std::shared_ptr<const Dataset> dataset, const DataLoaderOptions& options, std::uint64_t seed)
      : dataset_(std::move(dataset)), options_(options), generator_(seed) {
    const std::int64_t size = dataset_->size();
    if (options.shuffle) {
      order_ = randperm(size, {.generator = &generator_}).to_vector<std::int64_t>();
    } else {
      order_.resize(static_cast<std::size_t>(size));
      std::iota(order_.begin(), order_.end(), 0);
    }
  }

  std::optional<Example> next() {
    const std::int64_t left = static_cast<std::int64_t>(order_.size()) - done_;
    if (left == 0 || (options_.drop_last && left < options_.batch_size)) return {};
    const std::int64_t count = std::min(left, options_.batch_size);
    const std::span indices(order_.data() + done_, static_cast<std::size_t>(count));
    done_ += count;
    NoGradGuard no_grad;
    return dataset_->get_batch(indices, generator_);
  }

 private:
  std::shared_ptr<const Dataset> dataset_;
  DataLoaderOptions options_;
  Generator generator_;
  std::vector<std::int64_t> order_;
  std::int64_t done_ = 0;
};

}  // namespace

class DataLoader::Iterator::Epoch {
 public:
  Epoch(std::shared_ptr<const Dataset> dataset, const DataLoaderOptions& options, std::uint64_t seed)
      : batches_(std::move(dataset), options, seed) {
    if (options.num_workers > 0) {
      prefetcher_.emplace([this] { return batches_.next(); },
                          2 * static_cast<std::size_t>(options.num_workers));
    }
  }

  std::optional<Example> next() { return prefetcher_ ? prefetcher_->next() : batches_.next(); }

 private:
  Batches batches_;
  std::optional<detail::Prefetcher> prefetcher_;  // last: its thread uses batches_
};

DataLoader::Iterator::Iterator(std::shared_ptr<Epoch> epoch) : epoch_(std::move(epoch)) { ++*this; }

DataLoader::Iterator& DataLoader::Iterator::operator++() {
  const std::shared_ptr<Epoch> epoch = std::exchange(epoch_, nullptr);  // an exception ends the epoch
  std::optional<Example> batch = epoch->next();
  if (batch) epoch_ = epoch;
  batch_ = std::move(batch).value_or(Example{});
  return *this;
}

DataLoader::DataLoader(std::shared_ptr<const Dataset> dataset, const DataLoaderOptions& options)
    : dataset_(std::move(dataset)), options_(options) {
  check(dataset_ != nullptr, "DataLoader: no dataset");
  check(options.batch_size > 0, "DataLoader: batch_size is {}; expected at least 1", options.batch_size);
  check(options.num_workers >= 0, "DataLoader: num_workers is {}; expected 0 or more", options.num_workers);
  check(dataset_->size() > 0, "DataLoader: the dataset is empty");
}

DataLoader::Iterator DataLoader::begin() const {
  Generator& generator = options_.generator ? *options_.generator : default_generator();
  return Iterator(std::make_shared<Iterator::Epoch>(dataset_, options_, generator.next()));
}

DataLoader::Iterator DataLoader::end() const { return Iterator(); }

std::int64_t DataLoader::size() const {
  const std::int64_t whole = dataset_->size() / options_.batch_size;
  const bool has_rest = dataset_->size() % options_.batch_size != 0;
  return whole + (has_rest && !options_.drop_last ? 1 : 0);
}

}  // namespace xtape::datasets
