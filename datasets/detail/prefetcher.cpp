// A bounded queue between one producer and one consumer.
#include "datasets/detail/prefetcher.hpp"

#include <utility>

namespace xtape::datasets::detail {

Prefetcher::Prefetcher(BatchSource source, std::size_t depth)
    : source_(std::move(source)), depth_(depth), thread_([this] { run(); }) {}

Prefetcher::~Prefetcher() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Prefetcher::run() {
  bool more = true;
  while (more) {
    Item item;
    try {
      item.batch = source_();
    } catch (...) {
      item.error = std::current_exception();
    }
    more = item.batch.has_value();

    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stop_ || items_.size() < depth_; });
    if (stop_) return;
    items_.push_back(std::move(item));
    lock.unlock();
    changed_.notify_all();
  }
}

std::optional<Example> Prefetcher::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !items_.empty(); });
  if (items_.front().error) {
    // Left in the queue as the end: the thread is done, and a further call must not wait for it.
    const std::exception_ptr error = std::exchange(items_.front().error, nullptr);
    std::rethrow_exception(error);
  }
  if (!items_.front().batch) return {};
  std::optional<Example> batch = std::move(items_.front().batch);
  items_.pop_front();
  lock.unlock();
  changed_.notify_all();
  return batch;
}

}  // namespace xtape::datasets::detail
