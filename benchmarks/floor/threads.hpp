// Threads that wait busily for work, since work comes every few microseconds within a step, and go to sleep
// once it stays away.
#pragma once

#include <algorithm>
#include <atomic>
#include <thread>
#include <type_traits>
#include <vector>

namespace hand {

struct Range {
  int begin, end;
  int size() const { return end - begin; }
};

/// Part `index` of `parts` of [0, total), cut at multiples of `align`.
inline Range part(int total, int index, int parts, int align = 1) {
  const int units = (total + align - 1) / align;
  const auto cut = [&](int i) { return std::min(total, units * i / parts * align); };
  return {cut(index), cut(index + 1)};
}

class Threads {
 public:
  explicit Threads(int count) : count_(count) {
    for (int i = 1; i < count; ++i) workers_.emplace_back([this, i] { serve(i); });
  }
  ~Threads() {
    call_ = nullptr;
    announce();
    for (std::thread& worker : workers_) worker.join();
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  int count() const { return count_; }

  /// Calls f(i) on each thread i, the caller being 0, and waits for all.
  template <class F>
  void each(F&& f) {
    if (count_ == 1) return f(0);
    call_ = [](void* p, int i) { (*static_cast<std::remove_reference_t<F>*>(p))(i); };
    argument_ = &f;
    running_.store(count_ - 1, std::memory_order_relaxed);
    announce();
    f(0);
    for (int spins = 0; running_.load(std::memory_order_acquire) > 0; ++spins)
      if (spins > kSpins) std::this_thread::yield();
  }

 private:
  static constexpr int kSpins = 20000, kYields = 2000;

  void announce() {
    turn_.fetch_add(1, std::memory_order_release);
    turn_.notify_all();
  }

  void serve(int index) {
    for (int seen = 0;; ++seen) {
      for (int spins = 0; turn_.load(std::memory_order_acquire) == seen; ++spins) {
        if (spins > kSpins + kYields)
          turn_.wait(seen, std::memory_order_acquire);
        else if (spins > kSpins)
          std::this_thread::yield();
      }
      if (call_ == nullptr) return;
      call_(argument_, index);
      running_.fetch_sub(1, std::memory_order_release);
    }
  }

  int count_;
  std::atomic<int> turn_{0}, running_{0};
  void (*call_)(void*, int) = nullptr;
  void* argument_ = nullptr;
  std::vector<std::thread> workers_;
};

}  // namespace hand
