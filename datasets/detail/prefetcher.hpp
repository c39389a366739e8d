// Prefetcher: a thread that prepares the next batches while the caller uses the last.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "datasets/dataset.hpp"

namespace xtape::datasets::detail {

/// The next batch, or nothing at the end.
using BatchSource = std::function<std::optional<Example>()>;

class Prefetcher {
 public:
  /// Calls `source` in a thread of its own, at most `depth` batches ahead.
  Prefetcher(BatchSource source, std::size_t depth);
  /// Waits for the batch that is in the making, and no longer.
  ~Prefetcher();
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  /// Batches in the source's order. What the source threw is thrown here, in its turn, and ends the batches.
  std::optional<Example> next();

 private:
  struct Item {
    std::optional<Example> batch = {};  // none: the end
    std::exception_ptr error = {};
  };

  void run();

  BatchSource source_;
  const std::size_t depth_;
  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::deque<Item> items_;
  bool stop_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace xtape::datasets::detail
