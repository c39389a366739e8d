// SGD and Adam step by step against their formulas, written out here in double.
#include "nn/optim/adam.hpp"
#include "nn/optim/adamw.hpp"
#include "nn/optim/sgd.hpp"
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

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_sgd_adam)

BOOST_AUTO_TEST_CASE(plain_sgd_goes_against_the_gradient) {
  follow<optim::SGD>(optim::SGDOptions{.lr = 0.1}, [](double p, double g, int) { return p - 0.1 * g; });
}

BOOST_AUTO_TEST_CASE(weight_decay_adds_to_the_gradient) {
  follow<optim::SGD>(optim::SGDOptions{.lr = 0.1, .weight_decay = 0.2},
                     [](double p, double g, int) { return p - 0.1 * (g + 0.2 * p); });
}

BOOST_AUTO_TEST_CASE(momentum_starts_as_the_gradient_itself_despite_dampening) {
  follow<optim::SGD>(optim::SGDOptions{.lr = 0.1, .momentum = 0.9, .dampening = 0.5},
                     [v = 0.0](double p, double g, int t) mutable {
                       v = t == 1 ? g : 0.9 * v + 0.5 * g;
                       return p - 0.1 * v;
                     });
}

BOOST_AUTO_TEST_CASE(nesterov_looks_one_step_ahead) {
  follow<optim::SGD>(optim::SGDOptions{.lr = 0.1, .momentum = 0.8, .weight_decay = 0.05, .nesterov = true},
                     [v = 0.0](double p, double g, int) mutable {
                       const double d = g + 0.05 * p;
                       v = 0.8 * v + d;
                       return p - 0.1 * (d + 0.8 * v);
                     });
}

BOOST_AUTO_TEST_CASE(adam_divides_by_the_root_of_the_second_moment) {
  follow<optim::Adam>(optim::AdamOptions{.lr = 0.05, .betas = {0.8, 0.95}, .eps = 1e-4, .weight_decay = 0.1},
                      [m = 0.0, v = 0.0](double p, double g, int t) mutable {
                        const double d = g + 0.1 * p;
                        m = 0.8 * m + 0.2 * d;
                        v = 0.95 * v + 0.05 * d * d;
                        const double m_hat = m / (1 - std::pow(0.8, t)), v_hat = v / (1 - std::pow(0.95, t));
                        return p - 0.05 * m_hat / (std::sqrt(v_hat) + 1e-4);
                      });
}

BOOST_AUTO_TEST_CASE(amsgrad_takes_the_greatest_second_moment) {
  follow<optim::Adam>(optim::AdamOptions{.lr = 0.05, .betas = {0.9, 0.5}, .amsgrad = true},
                      [m = 0.0, v = 0.0, v_max = 0.0](double p, double g, int t) mutable {
                        m = 0.9 * m + 0.1 * g;
                        v = 0.5 * v + 0.5 * g * g;
                        v_max = std::max(v_max, v);
                        const double root = std::sqrt(v_max / (1 - std::pow(0.5, t)));
                        return p - 0.05 * m / (1 - std::pow(0.9, t)) / (root + 1e-8);
                      });
}

BOOST_AUTO_TEST_CASE(defaults_are_pytorch_s) {
  const Tensor p = ones({1}, {.requires_grad = true});
  optim::Adam adam({p});
  BOOST_TEST(adam.lr() == 1e-3);
  BOOST_TEST(adam.param_groups()[0].betas.first == 0.9);
  BOOST_TEST(adam.param_groups()[0].betas.second == 0.999);
  BOOST_TEST(adam.param_groups()[0].eps == 1e-8);
  BOOST_TEST(optim::SGD({p}).lr() == 1e-3);
}

BOOST_AUTO_TEST_CASE(large_parameters_are_updated_alike_everywhere) {
  const std::int64_t n = 100003;  // several chunks and a tail
  const Tensor p = ones({n}, {.requires_grad = true});
  p.set_grad(ones({n}));
  optim::Adam({p}, {.lr = 0.25}).step();
  const std::vector<float> values = p.to_vector<float>();
  for (const float v : values) BOOST_REQUIRE_EQUAL(v, values[0]);
  BOOST_TEST(values[0] == 0.75f, boost::test_tools::tolerance(1e-6f));
}

BOOST_AUTO_TEST_CASE(infinite_parameters_without_weight_decay_make_no_nan) {
  const Tensor p = full({1}, std::numeric_limits<double>::infinity()).requires_grad_();
  p.set_grad(ones({1}));
  optim::SGD({p}, {.lr = 0.1}).step();
  BOOST_TEST(std::isinf(p.item()));
}

/// Steps of a table of which each reads other rows; `pieces` says into how many parameters it is cut.
template <class Optimizer>
Tensor table_after_steps(DType dtype, std::int64_t pieces) {
  Generator generator(7);
  const Tensor table = randn({5, 64}, {.dtype = dtype, .generator = &generator});
  std::vector<Tensor> params;
  for (const Tensor& piece : chunk(table.flatten(), pieces)) params.push_back(piece.clone().requires_grad_());
  Optimizer optimizer(params,
                      {.lr = 0.1, .weight_decay = std::is_same_v<Optimizer, optim::AdamW> ? 0.1 : 0.0});
  for (const std::int64_t row : {1, 1, 3, 1}) {
    const Tensor gradient = zeros({5, 64}, {.dtype = dtype});
    gradient[row].copy_(randn({64}, {.dtype = dtype, .generator = &generator}));
    const std::vector<Tensor> parts = chunk(gradient.flatten(), pieces);
    for (std::size_t i = 0; i < params.size(); ++i) params[i].set_grad(parts[i].contiguous());
    optimizer.step();
  }
  std::vector<Tensor> values;
  for (const Tensor& param : params) values.push_back(param.detach());
  return cat(values);
}

// Rows without gradient and means are a whole block of 64 numbers, which the loops pass by; in pieces of 32
// there is no such block.
BOOST_AUTO_TEST_CASE(rows_that_no_step_has_read_yet_keep_the_bits_of_the_formula) {
  for (const DType dtype : {kFloat32, kFloat64}) {
    BOOST_TEST(equal(table_after_steps<optim::AdamW>(dtype, 1), table_after_steps<optim::AdamW>(dtype, 10)));
    BOOST_TEST(equal(table_after_steps<optim::Adam>(dtype, 1), table_after_steps<optim::Adam>(dtype, 10)));
  }
}

BOOST_AUTO_TEST_CASE(options_are_checked) {
  const Tensor p = ones({1}, {.requires_grad = true});
  expect_error([&] { optim::SGD({p}, {.lr = -0.1}); }, "SGD: lr is -0.1; expected 0 or more");
  expect_error([&] { optim::SGD({p}, {.momentum = -1}); }, "SGD: momentum is -1");
  expect_error([&] { optim::SGD({p}, {.weight_decay = -1}); }, "SGD: weight_decay is -1");
  expect_error([&] { optim::SGD({p}, {.nesterov = true}); },
               "nesterov wants momentum above 0 and dampening 0");
  expect_error([&] { optim::SGD({p}, {.momentum = 0.9, .dampening = 0.1, .nesterov = true}); },
               "dampening 0.1");
  expect_error([&] { optim::SGD({{.params = {p}, .momentum = -2}}); }, "SGD: momentum is -2");
  expect_error([&] { optim::Adam({p}, {.betas = {0.9, 1.0}}); }, "Adam: the betas are 0.9 and 1");
  expect_error([&] { optim::Adam({p}, {.eps = -1e-8}); }, "Adam: eps is -1e-08");
  expect_error([&] { optim::Adam({p}, {.lr = std::nan("")}); }, "Adam: lr is nan");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
