// Graphs on several threads at once: independent ones, ones that share leaves, one that all replay, and
// views. Values are small integers, so that sums are exact in any order.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "autograd/graph/backward.hpp"
#include "autograd/graph/detail/final_hooks.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

constexpr int kThreads = 10;

/// Runs body(0) ... body(count - 1), each on a thread of its own, all released at the same moment; rethrows
/// the first exception.
void on_threads(int count, const std::function<void(int)>& body) {
  std::atomic<int> waiting{count};
  std::exception_ptr thrown;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      --waiting;
      while (waiting > 0) std::this_thread::yield();
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!thrown) thrown = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (thrown) std::rethrow_exception(thrown);
}

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

/// The gradient of a small network's loss by its first weights, from a seed.
std::vector<double> network_gradient(std::uint64_t seed) {
  Generator generator(seed);
  const TensorOptions weights{.dtype = kFloat64, .requires_grad = true, .generator = &generator};
  const Tensor x = randn({8, 5}, {.dtype = kFloat64, .generator = &generator});
  const Tensor w1 = randn({5, 7}, weights), w2 = randn({7, 3}, weights);
  for (int step = 0; step < 20; ++step) {
    sum(square(log_softmax(matmul(tanh(matmul(x, w1)), w2), 1))).backward();
    const NoGradGuard off;
    for (const Tensor& w : {w1, w2}) w.sub_(w.grad() * 0.01);
    if (step < 19) w1.zero_grad();
    w2.zero_grad();
  }
  return w1.grad().to_vector<double>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(threads_graphs)

BOOST_AUTO_TEST_CASE(ten_threads_train_independent_graphs) {
  std::vector<std::vector<double>> alone, together(kThreads);
  for (int i = 0; i < kThreads; ++i) alone.push_back(network_gradient(static_cast<std::uint64_t>(i)));
  on_threads(kThreads, [&](int i) {
    together[static_cast<std::size_t>(i)] = network_gradient(static_cast<std::uint64_t>(i));
  });
  BOOST_CHECK(alone == together);
}

BOOST_AUTO_TEST_CASE(gradients_of_graphs_that_share_leaves_add_up_exactly) {
  const Tensor x = leaf({1, 2, 3}), w = leaf({4, 5, 6});
  constexpr int kSteps = 50;
  on_threads(kThreads, [&](int i) {
    for (int step = 0; step < kSteps; ++step) sum(x * w * (i + 1)).backward();
  });
  const double total = kSteps * 55;  // 1 + 2 + ... + 10
  expect_values(x.grad(), {4 * total, 5 * total, 6 * total}, 0);
  expect_values(w.grad(), {1 * total, 2 * total, 3 * total}, 0);
}

BOOST_AUTO_TEST_CASE(threads_follow_leaves_of_their_own_through_a_graph_that_they_share) {
  const Tensor x = leaf({1, 2, 3}), shared = x * 2;
  constexpr int kSteps = 50;
  std::vector<int> finals(kThreads);
  std::vector<Tensor> weights(kThreads);
  on_threads(kThreads, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    weights[at] = leaf({1, 1, 1});
    const detail::FinalHooks hooks({weights[at]},
                                   {.final = [&](std::size_t, const Tensor&) { ++finals[at]; }});
    for (int step = 0; step < kSteps; ++step)
      sum(shared * weights[at] * (i + 1)).backward({.retain_graph = true});
  });
  const double total = kSteps * 2 * 55;  // 1 + 2 + ... + 10
  expect_values(x.grad(), {total, total, total}, 0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double own = kSteps * 2 * static_cast<double>(i + 1);
    expect_values(weights[i].grad(), {own, 2 * own, 3 * own}, 0);
    BOOST_TEST(finals[i] == kSteps);
  }
}

BOOST_AUTO_TEST_CASE(ten_threads_replay_one_graph_that_is_retained) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor shared = x * x;  // saved values and nodes belong to all
  const Tensor deeper = sum(shared * x + shared);
  on_threads(kThreads, [&](int) {
    for (int i = 0; i < 20; ++i) deeper.backward({.retain_graph = true});
  });
  expect_values(x.grad(), {200 * 5, 200 * 16, 200 * 33}, 0);  // 3 x^2 + 2 x
}

BOOST_AUTO_TEST_CASE(graphs_of_several_threads_grow_from_one_interior_tensor) {
  const Tensor x = leaf({1, 2});
  const Tensor shared = x * x;
  on_threads(kThreads, [&](int i) {
    for (int step = 0; step < 20; ++step) {
      const Tensor loss = sum(shared * (i + 1));
      loss.backward({.retain_graph = true});
    }
  });
  expect_values(x.grad(), {20 * 55 * 2, 20 * 55 * 4}, 0);
}

BOOST_AUTO_TEST_CASE(grad_on_several_threads_gives_each_its_own) {
  const Tensor x = leaf({1, 2});
  const Tensor shared = x * x;
  on_threads(kThreads, [&](int i) {
    for (int step = 0; step < 20; ++step) {
      const std::vector<Tensor> gs = grad({sum(shared * (i + 1))}, {x, shared}, {.retain_graph = true});
      check(gs[0].to_vector<double>() == std::vector<double>{2.0 * (i + 1), 4.0 * (i + 1)},
            "wrong gradient of x");
      check(gs[1].to_vector<double>() == std::vector<double>{i + 1.0, i + 1.0}, "wrong gradient of x * x");
    }
  });
  BOOST_TEST(!x.grad().defined());
}

BOOST_AUTO_TEST_CASE(graphs_and_tensors_are_freed_by_another_thread) {
  const Tensor x = leaf({1, 2});
  std::mutex mutex;
  std::condition_variable ready;
  std::vector<Tensor> queue;
  constexpr int kTensors = 500;
  std::thread consumer([&] {
    for (int taken = 0; taken < kTensors;) {
      std::vector<Tensor> mine;
      {
        std::unique_lock lock(mutex);
        ready.wait(lock, [&] { return !queue.empty(); });
        mine.swap(queue);
      }
      for (const Tensor& loss : mine) {
        if (++taken % 2 == 0) loss.backward();
      }
    }
  });
  for (int i = 0; i < kTensors; ++i) {
    Tensor loss = sum(square(x * 2 + zeros({1 + i % 3, 2})).narrow(0, 0, 1));
    const std::lock_guard lock(mutex);
    queue.push_back(std::move(loss));
    ready.notify_one();
  }
  consumer.join();
  expect_values(x.grad(), {250 * 8, 250 * 16}, 0);
}

BOOST_AUTO_TEST_CASE(the_default_generator_serves_all_threads) {
  manual_seed(5);
  std::vector<double> all(kThreads * 100);
  on_threads(kThreads, [&](int i) {
    for (int j = 0; j < 100; ++j) all[static_cast<std::size_t>(i * 100 + j)] = default_generator().uniform();
  });
  std::sort(all.begin(), all.end());
  BOOST_CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());  // none was handed out twice
  manual_seed(5);
  std::vector<double> alone(all.size());
  for (double& value : alone) value = default_generator().uniform();
  std::sort(alone.begin(), alone.end());
  BOOST_CHECK(alone == all);
}

BOOST_AUTO_TEST_CASE(tensors_outlive_the_thread_that_made_them) {
  std::vector<Tensor> tensors(kThreads);
  on_threads(kThreads, [&](int i) {
    tensors[static_cast<std::size_t>(i)] = exp(full({100}, 0.0, {.requires_grad = true}) + i);
  });
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    sum(tensors[i]).backward();
    BOOST_TEST(tensors[i][99].item() == std::exp(static_cast<double>(i)), boost::test_tools::tolerance(1e-6));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(threads_views)

BOOST_AUTO_TEST_CASE(threads_may_read_a_view_that_is_out_of_date) {
  for (int round = 0; round < 50; ++round) {
    const Tensor x = leaf({1, 2});
    const Tensor y = x * 2;
    const Tensor view = y[0];
    y.mul_(3);
    std::vector<double> results(4);
    std::vector<std::thread> readers;
    for (double& result : results) {
      readers.emplace_back([&] {
        const Tensor z = view * view;
        result = grad({z}, {x}, {.retain_graph = true})[0].to_vector<double>()[0];
      });
    }
    for (std::thread& reader : readers) reader.join();
    BOOST_TEST(results == std::vector<double>(4, 72.0), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_view_may_be_brought_up_to_date_while_its_earlier_value_is_replayed) {
  for (int round = 0; round < 50; ++round) {
    const Tensor x = leaf({1, 2});
    const Tensor y = x * 2;
    const Tensor view = y[0];
    view.retain_grad();
    view.register_hook([](const Tensor&) { return Tensor(); });
    const Tensor before = view * 5;
    y.mul_(3);
    std::thread reader([&] { (void)view.requires_grad(); });
    before.backward();
    reader.join();
    expect_values(x.grad(), {10, 0});
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
