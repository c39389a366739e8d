// The pool of threads, by oneTBB.
#include "autograd/base/parallel.hpp"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "autograd/base/error.hpp"

namespace xtape {

namespace {

struct Pool {
  std::mutex mutex;  // of the arena
  std::atomic<int> threads = tbb::info::default_concurrency();
  std::shared_ptr<tbb::task_arena> arena = std::make_shared<tbb::task_arena>(threads.load());
};

Pool& pool() {
  static Pool& instance = *new Pool;  // never destroyed: ops may still run while the program ends
  return instance;
}

}  // namespace

int num_threads() { return pool().threads.load(std::memory_order_relaxed); }

void set_num_threads(int threads) {
  check(threads >= 1, "set_num_threads: expected at least 1, got {}", threads);
  const std::lock_guard lock(pool().mutex);
  pool().threads = threads;
  pool().arena = std::make_shared<tbb::task_arena>(threads);
}

void detail::run_chunks(std::int64_t chunks, void* work, void (*run)(void*, std::int64_t)) {
  if (num_threads() == 1) {
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk) run(work, chunk);
    return;
  }
  std::shared_ptr<tbb::task_arena> arena;
  {
    const std::lock_guard lock(pool().mutex);
    arena = pool().arena;
  }
  tbb::task_group_context context;
  context.capture_fp_settings();  // set_flush_denormal of the calling thread holds in all
  // What ThreadSanitizer cannot see inside TBB: chunks begin after the call and end before it returns.
  std::atomic<std::int64_t> done;
  done.store(0, std::memory_order_release);
  arena->execute([&] {
    tbb::parallel_for(
        tbb::blocked_range<std::int64_t>(0, chunks, 1),
        [&](const tbb::blocked_range<std::int64_t>& range) {
          static_cast<void>(done.load(std::memory_order_acquire));
          for (std::int64_t chunk = range.begin(); chunk < range.end(); ++chunk) run(work, chunk);
          done.fetch_add(1, std::memory_order_release);
        },
        tbb::simple_partitioner(), context);
  });
  static_cast<void>(done.load(std::memory_order_acquire));
}

}  // namespace xtape
