// LBFGS: saving and loading counts, numbers and lists, and a step that needs a closure. Its trajectories are
// compared with PyTorch's in golden_optim_test.cpp.
#include "nn/optim/lbfgs.hpp"

#include "tests/support/expect.hpp"

namespace xtape::testing {

using optim::LBFGS;
using optim::LBFGSOptions;

namespace {

struct Run {
  explicit Run(const std::vector<double>& start, const LBFGSOptions& options = {})
      : p(from_vector(start, {2}, {.dtype = kFloat64, .requires_grad = true})), optimizer({p}, options) {}

  double step() {
    const Tensor loss = optimizer.step([&] {
      optimizer.zero_grad();
      const Tensor value = 10 * square(p[1] - square(p[0])) + square(1 - p[0]);
      value.backward();
      return value;
    });
    return loss.item<double>();
  }

  Tensor p;
  LBFGS optimizer;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_lbfgs)

BOOST_AUTO_TEST_CASE(it_finds_the_minimum_of_rosenbrock_s_function) {
  Run run({-1.2, 1}, {.line_search_fn = "strong_wolfe"});
  for (int i = 0; i < 4; ++i) run.step();
  expect_values(run.p, {1, 1}, 1e-5);
}

BOOST_AUTO_TEST_CASE(the_learning_rate_alone_may_stand_by_position) {
  const Tensor p = ones({1}, {.requires_grad = true});
  BOOST_TEST(LBFGS({p}, 0.5).lr() == 0.5);
  BOOST_TEST(LBFGS({p}, {}).lr() == 1.0);
}

BOOST_AUTO_TEST_CASE(a_run_resumes_with_the_same_bits) {
  for (const bool searches : {false, true}) {
    LBFGSOptions options{.lr = 0.25, .max_iter = 3, .history_size = 2};
    if (searches) options.line_search_fn = optim::LineSearch::strong_wolfe;
    Run whole({-1.2, 1}, options), half({-1.2, 1}, options);
    for (int i = 0; i < 2; ++i) {
      whole.step();
      half.step();
    }
    const StateDict saved = half.optimizer.state_dict();
    BOOST_TEST(saved.contains("state.0.old_dirs.1"));
    BOOST_TEST(!saved.contains("state.0.old_dirs.2"));
    BOOST_TEST(saved.at("state.0.ro").numel() == 2);
    BOOST_TEST(saved.at("state.0.n_iter").item<std::int64_t>() == 4);  // max_eval is 3
    Run resumed(half.p.to_vector<double>());
    resumed.optimizer.load_state_dict(saved);
    BOOST_TEST(resumed.optimizer.state_dict().keys() == saved.keys());
    for (int i = 0; i < 3; ++i) BOOST_TEST(resumed.step() == whole.step());
    BOOST_TEST(resumed.p.detach().equal(whole.p.detach()));
  }
}

BOOST_AUTO_TEST_CASE(a_state_that_does_not_fit_is_refused_as_a_whole) {
  Run run({-1.2, 1}, {.lr = 0.25});
  run.step();
  const auto refused = [&](const char* name, const Tensor& value, const char* message) {
    StateDict dict = run.optimizer.state_dict();
    dict[name] = value;
    expect_error([&] { run.optimizer.load_state_dict(dict); }, message);
  };
  refused("state.0.d", ones({3}), "wrong shape: \"state.0.d\" is {3}; expected {2}");
  refused("state.0.old_dirs.1", ones({1}), "wrong shape: \"state.0.old_dirs.1\" is {1}; expected {2}");
  refused("state.0.old_dirs.99", ones({2}), "unexpected: \"state.0.old_dirs.99\"");
  refused("state.0.ro", tensor(1.0), "\"state.0.ro\" is of shape {}; expected a list");
  refused("state.0.t", ones({2}), "\"state.0.t\" holds 2 values; expected 1");
  refused("state.0.n_iter", tensor(-1), "\"state.0.n_iter\" is -1");
  BOOST_TEST(std::isfinite(run.step()));
}

BOOST_AUTO_TEST_CASE(a_step_without_a_closure_is_an_error) {
  Run run({1, 1});
  expect_error([&] { run.optimizer.step(); }, "lbfgs: step() needs a closure");
  optim::Optimizer& any = run.optimizer;
  expect_error([&] { any.step(); }, "lbfgs: step() needs a closure");
  expect_error([&] { LBFGS({run.p}, {.line_search_fn = "armijo"}); },
               "LBFGS: line_search_fn is \"armijo\"; expected \"strong_wolfe\"");
  expect_error([&] { LBFGS({run.p}, {.max_iter = 0}); }, "LBFGS: max_iter is 0; expected at least 1");
  expect_error([&] { LBFGS({run.p}, {.history_size = 0}); }, "LBFGS: history_size is 0");
  expect_error([&] { run.optimizer.step(nullptr); }, "lbfgs: the closure of step() is empty");
  const Tensor other = ones({1}, {.requires_grad = true});
  expect_error(
      [&] {
        LBFGS({run.p, other});
      },
      "LBFGS: parameters of float64 and float32; expected one dtype");
}

BOOST_AUTO_TEST_CASE(parameters_without_a_gradient_stay) {
  const Tensor p = tensor({3.0}, {.requires_grad = true}), idle = ones({2}, {.requires_grad = true});
  LBFGS optimizer({idle, p}, {.line_search_fn = "strong_wolfe"});
  optimizer.step([&] {
    optimizer.zero_grad();
    const Tensor loss = sum(square(p - 1));
    loss.backward();
    return loss;
  });
  expect_values(p, {1}, 1e-6);
  expect_values(idle, {1, 1});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
