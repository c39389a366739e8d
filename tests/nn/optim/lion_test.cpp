// Lion, an optimiser that a program defines itself, against its formula: what the base gives to such a class.
#include "tests/nn/optim/lion.hpp"

#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

double gradient_at(int t) { return std::sin(1.7 * t) + 0.3; }

void step(Lion& lion, const Tensor& p, int t) {
  p.set_grad(full(p.shape(), gradient_at(t), {.dtype = p.dtype()}));
  lion.step();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_lion)

BOOST_AUTO_TEST_CASE(defaults_are_the_paper_s) {
  const Lion lion({ones({1}, {.requires_grad = true})});
  BOOST_TEST(lion.lr() == 1e-4);
  BOOST_TEST(lion.option(0, "beta1") == 0.9);
  BOOST_TEST(lion.option(0, "beta2") == 0.99);
  BOOST_TEST(lion.option(0, "weight_decay") == 0);
  BOOST_TEST(Lion({ones({1}, {.requires_grad = true})}, {}).lr() == 1e-4);
  BOOST_TEST(Lion({ones({1}, {.requires_grad = true})}, 0.5).lr() == 0.5);
}

BOOST_AUTO_TEST_CASE(steps_follow_the_sign_of_the_mean) {
  const Tensor p = tensor({1.0, -2.0}, {.dtype = kFloat64, .requires_grad = true});
  Lion lion({p}, {.lr = 0.1, .betas = {0.5, 0.75}, .weight_decay = 0.5});
  p.set_grad(tensor({1.0, -1.0}, {.dtype = kFloat64}));
  lion.step();
  expect_values(p, {0.95 * 1 - 0.1, 0.95 * -2 + 0.1}, 1e-15);
  expect_values(lion.state_dict().at("state.0.exp_avg"), {0.25, -0.25}, 1e-15);
  p.set_grad(tensor({-0.125, 2.0}, {.dtype = kFloat64}));
  lion.step();  // signs of 0.125 - 0.0625 and of -0.125 + 1
  expect_values(p, {0.95 * 0.85 - 0.1, 0.95 * -1.8 - 0.1}, 1e-15);
  expect_values(lion.state_dict().at("state.0.exp_avg"), {0.15625, 0.3125}, 1e-15);
}

BOOST_AUTO_TEST_CASE(a_run_resumes_with_the_same_bits_also_from_a_strided_parameter) {
  const Tensor p = randn({2, 3}).t().requires_grad_(), q = p.detach().clone().requires_grad_();
  Lion first({p}, {.lr = 0.1}), second({q});
  for (int t = 0; t < 3; ++t) step(first, p, t);
  q.detach().copy_(p.detach());
  second.load_state_dict(first.state_dict());
  BOOST_TEST(second.lr() == 0.1);
  for (int t = 3; t < 6; ++t) {
    step(first, p, t);
    step(second, q, t);
  }
  BOOST_TEST(q.detach().equal(p.detach()));
}

BOOST_AUTO_TEST_CASE(groups_override_options_by_name) {
  const Tensor a = zeros({1}, {.requires_grad = true}), b = zeros({1}, {.requires_grad = true});
  Lion lion({{.params = {a}}, {.params = {b}, .options = {{"lr", 0.5}}}}, {.lr = 0.25});
  a.set_grad(ones({1}));
  b.set_grad(ones({1}));
  lion.step();
  expect_values(a, {-0.25});
  expect_values(b, {-0.5});
  BOOST_TEST(lion.option(1, "beta2") == 0.99);
}

BOOST_AUTO_TEST_CASE(schedulers_work_on_it) {
  const Tensor p = ones({1}, {.requires_grad = true});
  Lion lion({p}, {.lr = 1});
  optim::ExponentialLR decay(lion, 0.5);
  decay.step();
  BOOST_TEST(lion.lr() == 0.5);
}

namespace {

/// Asks for a state that it has not declared.
struct Forgetful : Lion {
  using Lion::Lion;
  State initial_state() const override { return {{"steps", 0}}; }
};
struct Idle : optim::Optimizer {
  explicit Idle(const std::vector<Tensor>& params, const optim::Values& values) : Optimizer(params, values) {}
  const char* name() const override { return "idle"; }
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_an_author_forgets_is_named) {
  const Tensor p = ones({1}, {.requires_grad = true});
  p.set_grad(ones({1}));
  Forgetful forgetful({p});
  expect_error([&] { forgetful.step(); },
               "optim: there is no state \"exp_avg\"; initial_state() has [steps]");
  Idle idle({p}, {{"lr", 1}});
  expect_error([&] { idle.step(); }, "idle: has neither update() nor a step() of its own");
  expect_error([&] { Idle({p}, {}); }, "optim: there is no option \"lr\"");
  expect_error([&] { Idle({p}, {{"lr", -1}}); }, "optim: lr is -1; expected 0 or more");
  expect_error(
      [&] {
        Lion({{.params = {p}, .options = {{"rate", 1}}}});
      },
      "optim: there is no option \"rate\"");
  expect_error([&] { Lion(std::vector<Tensor>{}); }, "optim: the list of parameters is empty");
  expect_error([&] { (void)Lion({p}).option(0, "beta3"); }, "lion: there is no option \"beta3\"");
}

BOOST_AUTO_TEST_CASE(a_state_that_does_not_fit_is_refused) {
  const Tensor p = ones({2}, {.requires_grad = true});
  Lion lion({p});
  step(lion, p, 1);
  StateDict dict = lion.state_dict();
  dict["state.0.exp_avg"] = ones({3});
  expect_error([&] { lion.load_state_dict(dict); }, "wrong shape: \"state.0.exp_avg\" is {3}; expected {2}");
  dict = lion.state_dict();
  dict["param_groups.0.lr"] = tensor(-1.0);
  expect_error([&] { lion.load_state_dict(dict); }, "param_groups.0: optim: lr is -1");
  dict = lion.state_dict();
  dict["state.0.\x1b[2J"] = ones({2});
  const std::string text = error_of([&] { lion.load_state_dict(dict); });
  BOOST_TEST(text.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
