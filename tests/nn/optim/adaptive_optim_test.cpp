// AdamW, RMSprop and Adagrad step by step against their formulas, written out here in double; their defaults
// and errors; and going along the gradient instead of against it.
#include <xtape/optim.hpp>
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// The gradient at step t: anything that changes sign and size.
double gradient_at(int t) { return std::sin(1.7 * t) + 0.3; }

/// Five steps from p = 1.5 in each dtype; `rule(p, g, t)` gives the next p of the reference.
template <class Optimizer, class Options, class Rule>
void follow(const Options& options, Rule rule) {
  for (const DType dtype : {kFloat32, kFloat64}) {
    const Tensor p = full({3}, 1.5, {.dtype = dtype}).requires_grad_();
    Optimizer optimizer({p}, options);
    double expected = 1.5;
    Rule reference = rule;
    for (int t = 1; t <= 5; ++t) {
      p.set_grad(full({3}, gradient_at(t), {.dtype = dtype}));
      optimizer.step();
      expected = reference(expected, gradient_at(t), t);
      expect_values(p, {expected, expected, expected}, dtype == kFloat64 ? 1e-13 : 1e-6);
    }
  }
}

/// One step from p = 1 along or against the gradient 1.
template <class Optimizer, class Options>
double after_one_step(const Options& options) {
  const Tensor p = ones({1}, {.dtype = kFloat64, .requires_grad = true});
  p.set_grad(ones({1}, {.dtype = kFloat64}));
  Optimizer({p}, options).step();
  return p.item<double>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_adaptive)

BOOST_AUTO_TEST_CASE(adamw_shrinks_the_parameter_and_leaves_the_gradient_alone) {
  follow<optim::AdamW>(
      optim::AdamWOptions{.lr = 0.05, .betas = {0.8, 0.95}, .eps = 1e-4, .weight_decay = 0.1},
      [m = 0.0, v = 0.0](double p, double g, int t) mutable {
        m = 0.8 * m + 0.2 * g;
        v = 0.95 * v + 0.05 * g * g;
        const double m_hat = m / (1 - std::pow(0.8, t)), v_hat = v / (1 - std::pow(0.95, t));
        return p * (1 - 0.05 * 0.1) - 0.05 * m_hat / (std::sqrt(v_hat) + 1e-4);
      });
}

BOOST_AUTO_TEST_CASE(adamw_without_weight_decay_is_adam) {
  const optim::AdamWOptions w{.lr = 0.1, .weight_decay = 0, .amsgrad = true};
  const optim::AdamOptions a{.lr = 0.1, .amsgrad = true};
  const Tensor p = full({2}, 0.7, {.requires_grad = true}), q = full({2}, 0.7, {.requires_grad = true});
  optim::AdamW adamw({p}, w);
  optim::Adam adam({q}, a);
  for (int t = 1; t <= 5; ++t) {
    p.set_grad(full({2}, gradient_at(t)));
    q.set_grad(full({2}, gradient_at(t)));
    adamw.step();
    adam.step();
  }
  BOOST_TEST(p.detach().equal(q.detach()));
}

BOOST_AUTO_TEST_CASE(rmsprop_divides_by_the_root_of_the_mean_square) {
  follow<optim::RMSprop>(optim::RMSpropOptions{.lr = 0.05, .alpha = 0.9, .eps = 1e-3, .weight_decay = 0.1},
                         [s = 0.0](double p, double g, int) mutable {
                           const double d = g + 0.1 * p;
                           s = 0.9 * s + 0.1 * d * d;
                           return p - 0.05 * d / (std::sqrt(s) + 1e-3);
                         });
}

BOOST_AUTO_TEST_CASE(centered_rmsprop_divides_by_the_standard_deviation_and_momentum_adds_up) {
  follow<optim::RMSprop>(optim::RMSpropOptions{.lr = 0.05, .alpha = 0.9, .momentum = 0.8, .centered = true},
                         [s = 0.0, mean = 0.0, v = 0.0](double p, double g, int) mutable {
                           s = 0.9 * s + 0.1 * g * g;
                           mean = 0.9 * mean + 0.1 * g;
                           v = 0.8 * v + g / (std::sqrt(s - mean * mean) + 1e-8);
                           return p - 0.05 * v;
                         });
}

BOOST_AUTO_TEST_CASE(adagrad_divides_by_the_root_of_the_sum_and_its_lr_decays) {
  follow<optim::Adagrad>(
      optim::AdagradOptions{
          .lr = 0.5, .lr_decay = 0.1, .weight_decay = 0.2, .initial_accumulator_value = 0.3, .eps = 1e-3},
      [s = 0.3](double p, double g, int t) mutable {
        const double d = g + 0.2 * p;
        s += d * d;
        return p - 0.5 / (1 + (t - 1) * 0.1) * d / (std::sqrt(s) + 1e-3);
      });
}

BOOST_AUTO_TEST_CASE(an_adagrad_group_starts_from_its_own_accumulator) {
  const Tensor a = ones({1}, {.requires_grad = true}), b = ones({1}, {.requires_grad = true});
  optim::Adagrad optimizer({{.params = {a}}, {.params = {b}, .initial_accumulator_value = 3}}, {.lr = 0.5});
  a.set_grad(ones({1}));
  b.set_grad(ones({1}));
  optimizer.step();
  expect_values(a, {0.5});   // 1 - 0.5 / sqrt(0 + 1)
  expect_values(b, {0.75});  // 1 - 0.5 / sqrt(3 + 1)
  expect_values(optimizer.state_dict().at("state.1.sum"), {4});
}

BOOST_AUTO_TEST_CASE(maximize_goes_along_the_gradient) {
  BOOST_TEST((after_one_step<optim::SGD, optim::SGDOptions>({.lr = 0.1, .maximize = true})) == 1.1);
  BOOST_TEST((after_one_step<optim::Adam, optim::AdamOptions>({.lr = 0.1, .maximize = true})) > 1.09);
  BOOST_TEST((after_one_step<optim::AdamW, optim::AdamWOptions>({.lr = 0.1, .maximize = true})) > 1.09);
  BOOST_TEST((after_one_step<optim::RMSprop, optim::RMSpropOptions>({.lr = 0.1, .maximize = true})) > 1.09);
  BOOST_TEST((after_one_step<optim::Adagrad, optim::AdagradOptions>({.lr = 0.1, .maximize = true})) > 1.09);

  const Tensor a = ones({1}, {.requires_grad = true}), b = ones({1}, {.requires_grad = true});
  optim::SGD optimizer({{.params = {a}, .maximize = true}, {.params = {b}}}, {.lr = 0.5});
  a.set_grad(ones({1}));
  b.set_grad(ones({1}));
  optimizer.step();
  expect_values(a, {1.5});
  expect_values(b, {0.5});
  expect_values(a.grad(), {1});  // the gradient itself stays as it is
}

BOOST_AUTO_TEST_CASE(defaults_are_pytorch_s) {
  const Tensor p = ones({1}, {.requires_grad = true});
  const optim::AdamW adamw({p});
  BOOST_TEST(adamw.lr() == 1e-3);
  BOOST_TEST(adamw.param_groups()[0].weight_decay == 1e-2);
  BOOST_TEST(adamw.param_groups()[0].betas.second == 0.999);
  const optim::RMSprop rmsprop({p});
  BOOST_TEST(rmsprop.lr() == 1e-2);
  BOOST_TEST(rmsprop.param_groups()[0].alpha == 0.99);
  BOOST_TEST(rmsprop.param_groups()[0].eps == 1e-8);
  const optim::Adagrad adagrad({p});
  BOOST_TEST(adagrad.lr() == 1e-2);
  BOOST_TEST(adagrad.param_groups()[0].eps == 1e-10);
}

BOOST_AUTO_TEST_CASE(options_are_checked) {
  const Tensor p = ones({1}, {.requires_grad = true});
  expect_error([&] { optim::AdamW({p}, {.lr = -0.1}); }, "AdamW: lr is -0.1; expected 0 or more");
  expect_error([&] { optim::AdamW({p}, {.betas = {1.0, 0.9}}); }, "AdamW: the betas are 1 and 0.9");
  expect_error([&] { optim::AdamW({p}, {.eps = -1}); }, "AdamW: eps is -1");
  expect_error([&] { optim::AdamW({{.params = {p}, .weight_decay = -1}}); }, "AdamW: weight_decay is -1");
  expect_error([&] { optim::RMSprop({p}, {.lr = std::nan("")}); }, "RMSprop: lr is nan");
  expect_error([&] { optim::RMSprop({p}, {.alpha = 1.5}); },
               "RMSprop: alpha is 1.5; expected a number from 0 to 1");
  expect_error([&] { optim::RMSprop({p}, {.alpha = -0.5}); }, "RMSprop: alpha is -0.5");
  expect_error([&] { optim::RMSprop({p}, {.eps = -1}); }, "RMSprop: eps is -1");
  expect_error([&] { optim::RMSprop({p}, {.weight_decay = -1}); }, "RMSprop: weight_decay is -1");
  expect_error([&] { optim::RMSprop({{.params = {p}, .momentum = -1}}); }, "RMSprop: momentum is -1");
  expect_error([&] { optim::Adagrad({p}, {.lr = -1}); }, "Adagrad: lr is -1");
  expect_error([&] { optim::Adagrad({p}, {.lr_decay = -1}); }, "Adagrad: lr_decay is -1");
  expect_error([&] { optim::Adagrad({p}, {.weight_decay = -1}); }, "Adagrad: weight_decay is -1");
  expect_error([&] { optim::Adagrad({p}, {.initial_accumulator_value = -1}); },
               "Adagrad: initial_accumulator_value is -1");
  expect_error([&] { optim::Adagrad({{.params = {p}, .eps = -1}}); }, "Adagrad: eps is -1");
}

BOOST_AUTO_TEST_CASE(large_parameters_are_updated_alike_everywhere) {
  const std::int64_t n = 100003;  // several chunks and a tail
  const Tensor p = ones({n}, {.requires_grad = true});
  const auto step = [&](optim::Optimizer& optimizer) {
    p.set_grad(ones({n}));
    optimizer.step();
    const std::vector<float> values = p.to_vector<float>();
    for (const float v : values) BOOST_REQUIRE_EQUAL(v, values[0]);
  };
  optim::AdamW adamw({p});
  optim::RMSprop rmsprop({p}, {.momentum = 0.9, .centered = true});
  optim::Adagrad adagrad({p}, {.weight_decay = 0.1});
  step(adamw);
  step(rmsprop);
  step(adagrad);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
