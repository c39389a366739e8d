// A ring of batches between several producers and one consumer.
#include "datasets/detail/prefetcher.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace xtape::datasets::detail {

namespace {

constexpr std::int64_t kMaxThreads = 256;  // more would only take memory: the batches do not depend on it

}  // namespace

Prefetcher::Prefetcher(BatchSource source, std::int64_t count, int workers)
    : source_(std::move(source)), count_(count) {
  const auto threads = static_cast<std::size_t>(std::min({std::int64_t{workers}, count, kMaxThreads}));
  slots_.resize(2 * threads);
  threads_.reserve(threads);
  try {
    while (threads_.size() < threads) {
      threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
  } catch (const std::system_error& error) {  // fewer will do
    check(!threads_.empty(), "DataLoader: no thread can be started for a worker: {}", error.what());
  }
}

Prefetcher::~Prefetcher() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

Prefetcher::Slot Prefetcher::make(std::int64_t number) const {
  try {
    return {.is_ready = true, .batch = source_(number)};
  } catch (...) {
    return {.is_ready = true, .error = std::current_exception()};
  }
}

void Prefetcher::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, stop, [&] { return begun_ == count_ || begun_ - taken_ < std::ssize(slots_); });
    if (stop.stop_requested() || begun_ == count_) return;
    const std::int64_t number = begun_++;
    lock.unlock();
    Slot made = make(number);
    lock.lock();
    slots_[static_cast<std::size_t>(number) % slots_.size()] = std::move(made);
    changed_.notify_all();
  }
}

Example Prefetcher::next() {
  std::unique_lock lock(mutex_);
  Slot& slot = slots_[static_cast<std::size_t>(taken_) % slots_.size()];
  changed_.wait(lock, [&] { return slot.is_ready; });
  Slot made = std::exchange(slot, {});
  ++taken_;
  lock.unlock();
  changed_.notify_all();
  if (made.error) std::rethrow_exception(std::move(made.error));
  return std::move(made.batch);
}

}  // namespace xtape::datasets::detail
