// Prefetcher: threads that prepare the next batches while the caller uses the last.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "datasets/dataset.hpp"

namespace xtape::datasets::detail {

/// The batch of that number; called from several threads at once.
using BatchSource = std::function<Example(std::int64_t number)>;

class Prefetcher {
 public:
  /// Calls `source` for 0 ... count - 1 from `workers` threads, at most 2 workers batches ahead. Throws where
  /// no thread can be started.
  Prefetcher(BatchSource source, std::int64_t count, int workers);
  /// Waits for the batches that are in the making, and no longer.
  ~Prefetcher();
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  /// Batches 0, 1, ..., one a call. What the source threw for a batch is thrown here in its turn. To be
  /// called `count` times at most.
  Example next();

 private:
  struct Slot {
    bool is_ready = false;
    Example batch = {};
    std::exception_ptr error = {};
  };

  Slot make(std::int64_t number) const;
  void work(const std::stop_token& stop);

  const BatchSource source_;
  const std::int64_t count_;
  std::mutex mutex_;  // of what follows
  std::condition_variable_any changed_;
  std::vector<Slot> slots_;                 // batch n lies in slot n % slots_.size()
  std::int64_t begun_ = 0, taken_ = 0;      // batches
  std::vector<std::jthread> threads_ = {};  // last: they use all of the above
};

}  // namespace xtape::datasets::detail
