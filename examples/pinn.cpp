// Solves a differential equation without data: a net u(t, x) learns Burgers' equation, u_t + u u_x = 0.05 /
// pi u_xx, from the equation alone, by its own derivatives of order 1 and 2 (Maziar Raissi and others,
// "Physics-informed neural networks", 2019).
//
//   pinn [STEPS] [BOUND]
//
// With the default of 60 steps of 50 iterations (45 s) its relative error is 0.0025 with the kernels for AVX2
// and 0.0063 with those for AVX-512: the last digits decide which way the search goes. BOUND is the error
// above which the program fails: 0.01 by default.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <utility>
#include <vector>

#include <xtape/xtape.hpp>

using namespace xtape;

namespace {

constexpr double kPi = std::numbers::pi, kViscosity = 0.05 / kPi;
constexpr std::int64_t kPoints = 1000, kNewPoints = 100;  // at first, and in each step

/// -sin(pi x) at t = 0, and 0 at x = -1 and 1, whatever the net says.
struct Solution : nn::ModuleOf<Solution> {
  nn::MLP net =
      register_module("net", nn::MLP({2, 20, 20, 20, 20, 20, 1}, {.activation = nn::Activation::tanh}));
  Tensor forward(const Tensor& t, const Tensor& x) {
    return -sin(kPi * x) + t * (1 - square(x)) * net(cat({t, x}, 1));
  }
};

/// What the equation leaves over at the points (t, x): 0 for a solution.
Tensor residual(Solution& u, const Tensor& t, const Tensor& x) {
  const Tensor value = u(t, x);
  const std::vector<Tensor> first = grad({sum(value)}, {t, x}, {.create_graph = true});
  const Tensor second = grad({sum(first[1])}, {x}, {.create_graph = true})[0];
  return first[0] + value * first[1] - kViscosity * second;
}

/// Of 10,000 points (t, x), some at random, mostly where the equation holds least (C. Wu and others, "A
/// comprehensive study of non-adaptive and residual-based adaptive sampling for physics-informed neural
/// networks", 2023).
std::pair<Tensor, Tensor> draw(Solution& u) {
  const Tensor t = rand({10'000, 1}, {.dtype = kFloat64, .requires_grad = true});
  const Tensor x = (rand({10'000, 1}, kFloat64) * 2 - 1).requires_grad_();
  const Tensor rows = multinomial(square(residual(u, t, x).detach()).flatten(), kNewPoints);
  return {t.detach().index({rows}), x.detach().index({rows})};
}

/// The solution by Cole and Hopf: a quotient of two integrals, by the trapezoidal rule. C. Basdevant et al.,
/// "Spectral and finite difference solutions of the Burgers equation", 1986.
double solution(double t, double x) {
  if (t == 0) return -std::sin(kPi * x);
  double above = 0, below = 0;
  for (double z = -14; z <= 14; z += 1. / 64) {
    const double y = x - z * std::sqrt(4 * kViscosity * t);
    const double weight = std::exp(-std::cos(kPi * y) / (2 * kPi * kViscosity) - z * z);
    above += std::sin(kPi * y) * weight;
    below += weight;
  }
  return -above / below;
}

/// |u - solution| / |solution| over a grid.
double relative_error(Solution& u) {
  const NoGradGuard no_grad;
  const int times = 51, places = 201;
  std::vector<double> t, x, exact;
  for (int i = 0; i < times; ++i) {
    for (int j = 0; j < places; ++j) {
      t.push_back(i / (times - 1.)), x.push_back(2 * j / (places - 1.) - 1);
      exact.push_back(solution(t.back(), x.back()));
    }
  }
  const Tensor truth = from_vector(exact, {times * places, 1});
  const Tensor guess = u(from_vector(t, {times * places, 1}), from_vector(x, {times * places, 1}));
  return (norm(guess - truth) / norm(truth)).item();
}

}  // namespace

int main(int argc, char** argv) try {
  const int steps = argc > 1 ? std::atoi(argv[1]) : 60;
  const double bound = argc > 2 ? std::atof(argv[2]) : 0.01;
  manual_seed(0);
  Solution u;
  u.to(kFloat64);
  optim::LBFGS optimizer(u.parameters(),
                         {.max_iter = 50, .history_size = 50, .line_search_fn = "strong_wolfe"});
  Tensor t = rand({kPoints, 1}, kFloat64), x = rand({kPoints, 1}, kFloat64) * 2 - 1;
  for (int step = 1; step <= steps; ++step) {
    const auto [new_t, new_x] = draw(u);
    t = cat({t.detach(), new_t}).requires_grad_(), x = cat({x.detach(), new_x}).requires_grad_();
    const auto closure = [&] {
      optimizer.zero_grad();
      Tensor loss = mean(square(residual(u, t, x)));
      loss.backward();
      return loss;
    };
    const double loss = optimizer.step(closure).item();
    if (step % 10 == 0 || step == steps)
      fmt::print("step {:3}  loss {:.2e}  relative error {:.4f}\n", step, loss, relative_error(u));
  }
  const double error = relative_error(u);
  check(error <= bound, "it has not learned: the relative error is {:.4f}, above {}", error, bound);
} catch (const std::exception& error) {
  fmt::print(stderr, "pinn: {}\n", error.what());
  return 1;
}
