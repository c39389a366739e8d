// The pool of threads: it covers its range, hands exceptions on, and never changes a bit of a result.
#include <atomic>
#include <cstring>
#include <thread>

#include "autograd/base/parallel.hpp"
#include "autograd/ops/squared_error.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

struct KeepThreads {
  int before = num_threads();
  ~KeepThreads() { set_num_threads(before); }
};

/// The bits of everything a training step computes.
std::vector<std::byte> bits_of_a_step(DType dtype, int threads) {
  set_num_threads(threads);
  Generator generator(1);
  const TensorOptions data{.dtype = dtype, .generator = &generator};
  const TensorOptions weights{.dtype = dtype, .requires_grad = true, .generator = &generator};
  const Tensor x = randn({200, 600}, data), w1 = randn({600, 500}, weights), w2 = randn({500, 70}, weights);
  const Tensor bias = randn({500}, weights);
  const Tensor hidden = matmul(x, w1) * 0.05 + bias;  // 100,000 elements
  const Tensor mixed = relu(hidden) + tanh(hidden) * sigmoid(hidden);
  const Tensor scores = log_softmax(matmul(mixed, w2), 1);
  const Tensor spread = softmax(hidden, 0);
  const Tensor loss = -mean(scores) + sum(square(spread)) + std(hidden) + logsumexp(hidden) +
                      sum(amax(mixed, 0)) + squared_error(hidden, mixed, 1000);
  loss.backward();
  const Tensor narrow = linear(randn({2000, 300}, data), randn({10, 300}, data), randn({10}, data));
  const Tensor few = linear(randn({4000, 300}, data), randn({3, 300}, data), randn({3}, data));
  const Tensor few_turned = matmul(t(randn({300, 4000}, data)), randn({300, 2}, data));
  const Tensor flat = matmul(t(randn({300, 10}, data)), randn({300, 2000}, data));
  const Tensor one_row = matmul(randn({1, 784}, data), t(randn({512, 784}, data)));
  const Tensor middling = matmul(randn({100, 128}, data), randn({128, 784}, data));
  const Tensor deep = matmul(randn({100, 3072}, data), randn({3072, 100}, data));
  std::vector<std::byte> bits;
  for (const Tensor& t : {narrow, few, few_turned, flat, one_row, middling, deep, loss, hidden, mixed, scores,
                          spread, sum(hidden, 0), sum(hidden, 1), cumsum(hidden, 0), sort(hidden, 1).values,
                          w1.grad(), w2.grad(), bias.grad()}) {
    const Tensor dense = t.detach().contiguous();
    bits.insert(bits.end(), dense.raw(),
                dense.raw() + dense.numel() * static_cast<std::int64_t>(size_of(dtype)));
  }
  return bits;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(threads_parallel, KeepThreads)

BOOST_AUTO_TEST_CASE(every_index_is_visited_once) {
  for (const int threads : {1, 2, 4}) {
    set_num_threads(threads);
    for (const std::int64_t n : {0, 1, 9, 10, 11, 1000}) {
      std::vector<std::atomic<int>> visits(static_cast<std::size_t>(n));
      parallel_for(n, 10, [&](std::int64_t begin, std::int64_t end) {
        check(begin < end && end - begin <= 10 && (begin % 10 == 0 || begin == 0), "a chunk out of place");
        for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
      });
      for (const auto& count : visits) BOOST_REQUIRE_EQUAL(count.load(), 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_exception_of_a_chunk_is_rethrown) {
  for (const int threads : {1, 2}) {
    set_num_threads(threads);
    const auto failing = [] {
      parallel_for(1000, 10,
                   [](std::int64_t begin, std::int64_t) { check(begin != 500, "chunk {} failed", begin); });
    };
    expect_error(failing, "chunk 500 failed");
    std::atomic<int> chunks{0};
    parallel_for(1000, 10, [&](std::int64_t, std::int64_t) { ++chunks; });  // the pool still works
    BOOST_TEST(chunks == 100);
  }
}

BOOST_AUTO_TEST_CASE(a_chunk_may_start_a_loop_of_its_own) {
  set_num_threads(2);
  std::atomic<int> total{0};
  parallel_for(20, 1, [&](std::int64_t, std::int64_t) {
    parallel_for(20, 1, [&](std::int64_t, std::int64_t) { ++total; });
  });
  BOOST_TEST(total == 400);
}

BOOST_AUTO_TEST_CASE(several_threads_share_the_pool) {
  set_num_threads(2);
  std::vector<std::thread> threads;
  std::vector<std::int64_t> sums(4);
  for (std::int64_t& sum : sums) {
    threads.emplace_back([&sum] {
      for (int repeat = 0; repeat < 20; ++repeat) {
        std::atomic<std::int64_t> total{0};
        parallel_for(1000, 10, [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t i = begin; i < end; ++i) total += i;
        });
        sum += total;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::int64_t sum : sums) BOOST_TEST(sum == 20 * 499500);
}

BOOST_AUTO_TEST_CASE(the_number_of_threads_is_at_least_one) {
  set_num_threads(3);
  BOOST_TEST(num_threads() == 3);
  expect_error([] { set_num_threads(0); }, "set_num_threads: expected at least 1, got 0");
  BOOST_TEST(num_threads() == 3);
}

BOOST_AUTO_TEST_CASE(a_training_step_has_the_same_bits_on_any_number_of_threads) {
  for (const DType dtype : {kFloat32, kFloat64}) {
    const std::vector<std::byte> one = bits_of_a_step(dtype, 1);
    BOOST_CHECK(one == bits_of_a_step(dtype, 2));
    BOOST_CHECK(one == bits_of_a_step(dtype, 5));
  }
}

BOOST_AUTO_TEST_CASE(large_float_sums_do_not_lose_their_small_parts) {
  const Tensor x = ones({1 << 25});  // a running float sum would stop at 2^24
  BOOST_TEST(sum(x).item() == 1 << 25);
  BOOST_TEST(mean(x).item() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
