// The pool behind every buffer: it reuses blocks, refuses impossible ones, and gives back what is free.
#include "autograd/base/storage.hpp"

#include <cstdint>
#include <cstring>

#include "autograd/base/parallel.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// Runs a test on one thread, so that the pool's numbers do not depend on what other threads keep.
struct OneThread {
  int before = num_threads();
  OneThread() { set_num_threads(1); }
  ~OneThread() { set_num_threads(before); }
};

void training_step(const Tensor& w, const Tensor& x) {
  sum(square(relu(matmul(x, w)) - 1)).backward();
  const NoGradGuard off;
  w -= w.grad() * 1e-3;
  w.zero_grad();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(autograd_storage, OneThread)

BOOST_AUTO_TEST_CASE(a_repeated_step_stops_asking_the_system) {
  const Tensor w = randn({300, 200}, {.requires_grad = true}), x = randn({100, 300});
  for (int i = 0; i < 5; ++i) training_step(w, x);
  const detail::pool::Statistics warm = detail::pool::statistics();
  for (int i = 0; i < 50; ++i) training_step(w, x);
  BOOST_TEST(detail::pool::statistics().system_allocations == warm.system_allocations);
  BOOST_TEST(detail::pool::statistics().bytes_reserved == warm.bytes_reserved);
}

BOOST_AUTO_TEST_CASE(a_freed_block_is_used_again) {
  for (const std::int64_t size : {1, 100, 10'000, 1'000'000}) {
    const void* first = empty({size}).raw();
    BOOST_TEST(empty({size}).raw() == first);
  }
}

BOOST_AUTO_TEST_CASE(buffers_are_aligned_to_a_cache_line) {
  for (std::int64_t size = 0; size < 200; size += 7) {
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(empty({size}).raw()) % 64 == 0u);
  }
}

BOOST_AUTO_TEST_CASE(blocks_hold_what_was_asked_for) {
  std::vector<std::pair<void*, std::size_t>> blocks;
  for (std::size_t bytes = 1; bytes < (std::size_t{1} << 22); bytes = bytes * 5 / 3 + 1) {
    void* block = detail::pool::allocate(bytes);
    std::memset(block, static_cast<int>(bytes % 251), bytes);
    blocks.emplace_back(block, bytes);
  }
  for (const auto& [block, bytes] : blocks) {
    const auto* data = static_cast<const unsigned char*>(block);
    BOOST_TEST((data[0] == bytes % 251 && data[bytes - 1] == bytes % 251));
    detail::pool::deallocate(block, bytes);
  }
}

BOOST_AUTO_TEST_CASE(empty_cache_gives_back_what_is_free) {
  const Tensor kept = ones({1000});
  detail::pool::empty_cache();
  const std::size_t least = detail::pool::statistics().bytes_reserved;
  { const Tensor large = empty({5'000'000}), small = empty({10}); }
  BOOST_TEST(detail::pool::statistics().bytes_reserved >= least + 20'000'000);
  detail::pool::empty_cache();
  BOOST_TEST(detail::pool::statistics().bytes_reserved <= least);
  BOOST_TEST(sum(kept).item() == 1000);
}

BOOST_AUTO_TEST_CASE(an_impossible_allocation_is_an_error) {
  const std::size_t before = detail::pool::statistics().bytes_reserved;
  expect_error([] { (void)empty({std::int64_t{1} << 50}); }, "out of memory: cannot allocate");
  expect_error([] { (void)zeros({std::int64_t{1} << 62}, {.dtype = kFloat64}); }, "too large");
  expect_error([] { (void)(ones({std::int64_t{1}}).expand({std::int64_t{1} << 48}) + 1); }, "out of memory");
  expect_error([] { (void)detail::allocate_storage(std::size_t{1} << 60); }, "out of memory");
  BOOST_TEST(detail::pool::statistics().bytes_reserved <=
             before + (std::size_t{1} << 16));  // handles and messages
}

BOOST_AUTO_TEST_CASE(dropped_graphs_give_their_memory_back) {
  const auto build = [] {
    const Tensor x = ones({1000}, {.requires_grad = true});
    Tensor y = x;
    for (int i = 0; i < 20; ++i) y = tanh(y * x);
    return y;
  };
  { const Tensor y = build(); }
  const std::size_t warm = detail::pool::statistics().system_allocations;
  for (int i = 0; i < 20; ++i) (void)build();
  BOOST_TEST(detail::pool::statistics().system_allocations == warm);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
