// The one pool of threads. Work is cut into chunks that do not depend on the number of threads, so results
// are bitwise the same on any number of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace xtape {

/// Threads that large ops may use; at first as many as the process may run on.
int num_threads();
void set_num_threads(int threads);

namespace detail {
void run_chunks(std::int64_t chunks, void* work, void (*run)(void* work, std::int64_t chunk));
}

/// Calls `f(begin, end)` for consecutive chunks of [0, n), each of `grain` (the last may be smaller), in any
/// order and on any thread of the pool. Returns when all are done; the first exception of a chunk is
/// rethrown.
template <class F>
void parallel_for(std::int64_t n, std::int64_t grain, F&& f) {
  if (n <= grain) {
    if (n > 0) f(std::int64_t{0}, n);
    return;
  }
  struct Context {
    std::remove_reference_t<F>* f;
    std::int64_t n, grain;
  } context{&f, n, grain};
  detail::run_chunks((n + grain - 1) / grain, &context, [](void* pointer, std::int64_t chunk) {
    auto& c = *static_cast<Context*>(pointer);
    (*c.f)(chunk * c.grain, std::min(c.n, (chunk + 1) * c.grain));
  });
}

}  // namespace xtape
