// memcpy and cblas_sgemm, the best of several runs.
#include "benchmarks/ops/machine.hpp"

#include <cblas.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

#include <xtape/autograd/base/parallel.hpp>

#include "benchmarks/harness/clock.hpp"

namespace bench {

namespace {

/// The least seconds of one call, of five repetitions of about 50 ms.
double least_seconds(const std::function<void()>& call) {
  const long calls = steps_in(0.05, call);
  double least = 1e300;
  for (int i = 0; i < 5; ++i) least = std::min(least, repeat(calls, call).microseconds * 1e-6);
  return least;
}

}  // namespace

double copy_rate(std::size_t bytes) {
  const std::vector<char> from(bytes, 1);
  std::vector<char> to(bytes);
  const auto total = static_cast<std::int64_t>(bytes);
  const std::int64_t piece = std::max<std::int64_t>(65536, total / xtape::num_threads());
  const double seconds = least_seconds([&] {
    xtape::parallel_for(total, piece, [&](std::int64_t begin, std::int64_t end) {
      std::memcpy(to.data() + begin, from.data() + begin, static_cast<std::size_t>(end - begin));
    });
    asm volatile("" : : "r"(to.data()) : "memory");
  });
  return 2 * static_cast<double>(bytes) / seconds;
}

double sgemm_rate() {
  constexpr int n = 1024;
  const int threads = xtape::num_threads();
  openblas_set_num_threads(1);
  const std::vector<float> a(n * n, 0.5f), b(n * n, 0.5f);
  std::vector<float> c(std::size_t(threads) * n * n);
  const double seconds = least_seconds([&] {
    xtape::parallel_for(threads, 1, [&](std::int64_t begin, std::int64_t) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a.data(), n, b.data(), n, 0,
                  c.data() + begin * n * n, n);
    });
  });
  return 2.0 * n * n * n * threads / seconds;
}

}  // namespace bench
