// set_flush_denormal: numbers too small for full precision become 0, on every thread of the pool.
#include "autograd/base/denormals.hpp"

#include <cstring>
#include <thread>

#include "autograd/base/parallel.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

struct KeepModes {
  int threads = num_threads();
  ~KeepModes() {
    set_num_threads(threads);
    set_flush_denormal(false);
  }
};

/// How many of the elements of 2^-126 / 4, computed on as many threads as there are, are not 0.
std::int64_t survivors() {
  const Tensor smallest = full({1'000'000}, 0x1p-126, {.dtype = kFloat32});
  const Tensor quarters = smallest * 0.25;
  std::int64_t count = 0;
  const float* value = quarters.data<float>();
  for (std::int64_t i = 0; i < quarters.numel(); ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, value + i, sizeof(bits));
    count += bits != 0;
  }
  return count;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(autograd_denormals, KeepModes)

BOOST_AUTO_TEST_CASE(denormals_are_kept_unless_asked_for) {
  for (const int threads : {1, 2}) {
    set_num_threads(threads);
    BOOST_TEST(survivors() == 1'000'000);
  }
}

BOOST_AUTO_TEST_CASE(they_are_flushed_on_every_thread_and_kept_again_later) {
  if (!set_flush_denormal(true)) {
    BOOST_TEST_MESSAGE("this processor cannot flush denormals; nothing to test");
    return;
  }
  for (const int threads : {1, 2, 4}) {
    set_num_threads(threads);
    BOOST_TEST(survivors() == 0);
  }
  set_flush_denormal(false);
  BOOST_TEST(survivors() == 1'000'000);
}

BOOST_AUTO_TEST_CASE(a_thread_asks_for_itself) {
  std::int64_t beside = 0;
  std::thread([&beside] {
    set_flush_denormal(true);
    beside = survivors();
  }).join();
  BOOST_TEST(beside == (set_flush_denormal(false) ? 0 : 1'000'000));
  BOOST_TEST(survivors() == 1'000'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
