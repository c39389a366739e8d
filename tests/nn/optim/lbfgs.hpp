// LBFGS, made of the public headers alone: an optimiser with a step of its own, one state for all parameters,
// and lists in that state.
#pragma once

#include <optional>
#include <xtape/optim.hpp>

#include "tests/nn/optim/line_search.hpp"

namespace xtape::testing {

struct LBFGSOptions {
  double lr = 1;
  std::int64_t max_iter = 20;
  std::optional<std::int64_t> max_eval = {};  ///< of one step; 5/4 max_iter if not set
  double tolerance_grad = 1e-7;
  double tolerance_change = 1e-9;
  std::int64_t history_size = 100;
  std::string_view line_search_fn = "";  ///< or "strong_wolfe"
};

/// Goes along an estimate of H^-1 g, H the matrix of second derivatives, made of the last changes of
/// parameters and gradients (Nocedal, "Updating quasi-Newton matrices with limited storage", 1980).
class LBFGS : public optim::Optimizer {
 public:
  using Closure = std::function<Tensor()>;

  explicit LBFGS(const std::vector<Tensor>& params, const LBFGSOptions& o = {})
      : Optimizer(params, {{"lr", o.lr},
                           {"max_iter", o.max_iter},
                           {"max_eval", o.max_eval.value_or(o.max_iter * 5 / 4)},
                           {"tolerance_grad", o.tolerance_grad},
                           {"tolerance_change", o.tolerance_change},
                           {"history_size", o.history_size},
                           {"strong_wolfe", o.line_search_fn == "strong_wolfe"}}) {
    check(o.line_search_fn.empty() || o.line_search_fn == "strong_wolfe",
          "LBFGS: line_search_fn is \"{}\"; expected \"strong_wolfe\" or none", o.line_search_fn);
  }
  LBFGS(const std::vector<Tensor>& params, Number auto lr)
      : LBFGS(params, LBFGSOptions{.lr = static_cast<double>(lr)}) {}

  void step() override {
    throw Error("lbfgs: step() needs a closure that computes the loss and its gradients");
  }
  Tensor step(const Closure& closure) override;

 protected:
  const char* name() const override { return "lbfgs"; }
  State initial_state() const override {
    return {{"func_evals", 0},
            {"n_iter", 0},
            {"d", Tensor()},
            {"t", 0.0},
            {"old_dirs", std::vector<Tensor>()},
            {"old_stps", std::vector<Tensor>()},
            {"ro", std::vector<double>()},
            {"H_diag", 1.0},
            {"prev_flat_grad", Tensor()},
            {"prev_loss", 0.0}};
  }
  Shape state_shape(std::string_view, const Tensor&) const override { return {flat_gradient().numel()}; }

 private:
  const std::vector<Tensor>& params() const { return groups().params(0); }

  static Tensor recorded(const Closure& closure) {
    const EnableGradGuard grad;
    return closure();
  }
  static double largest(const Tensor& x) { return max(abs(x)).item<double>(); }
  static double product(const Tensor& a, const Tensor& b) { return dot(a, b).item<double>(); }

  Tensor flat_gradient() const {
    std::vector<Tensor> parts;
    for (const Tensor& p : params())
      parts.push_back(p.grad().defined() ? p.grad().reshape({-1}) : zeros({p.numel()}, {.dtype = p.dtype()}));
    return cat(parts, 0);
  }
  void move_by(const Tensor& d, double t) {
    std::int64_t first = 0;
    for (const Tensor& p : params()) {
      p += t * d.narrow(0, first, p.numel()).reshape(p.shape());
      first += p.numel();
    }
  }

  static void remember(State& s, const Tensor& gradient, std::size_t history);
  static Tensor direction(State& s, const Tensor& gradient);
  LinePoint line_search(const Closure& closure, const Tensor& d, LinePoint start, double t, int& evaluations);
};

inline void LBFGS::remember(State& s, const Tensor& gradient, std::size_t history) {
  std::vector<Tensor>&dirs = s.tensors("old_dirs"), &steps = s.tensors("old_stps");
  std::vector<double>& ro = s.numbers("ro");
  const Tensor y = gradient - s.tensor("prev_flat_grad"), moved = s.tensor("d") * s.number("t");
  const double ys = product(y, moved);
  if (!(ys > 1e-10)) return;
  if (dirs.size() == history) {
    dirs.erase(dirs.begin());
    steps.erase(steps.begin());
    ro.erase(ro.begin());
  }
  dirs.push_back(y);
  steps.push_back(moved);
  ro.push_back(1 / ys);
  s.number("H_diag") = ys / product(y, y);
}

inline Tensor LBFGS::direction(State& s, const Tensor& gradient) {
  const std::vector<Tensor>&dirs = s.tensors("old_dirs"), &steps = s.tensors("old_stps");
  const std::vector<double>& ro = s.numbers("ro");
  std::vector<double> alpha(dirs.size());
  Tensor q = -gradient;
  for (std::size_t i = dirs.size(); i-- > 0;) {
    alpha[i] = product(steps[i], q) * ro[i];
    q = q - alpha[i] * dirs[i];
  }
  q = q * s.number("H_diag");
  for (std::size_t i = 0; i < dirs.size(); ++i) q = q + (alpha[i] - product(dirs[i], q) * ro[i]) * steps[i];
  return q;
}

inline LinePoint LBFGS::line_search(const Closure& closure, const Tensor& d, LinePoint start, double t,
                                    int& evaluations) {
  std::vector<Tensor> before;
  for (const Tensor& p : params()) before.push_back(p.detach().clone());
  const auto at = [&](double size) {
    move_by(d, size);
    const double loss = recorded(closure).item<double>();
    const Tensor gradient = flat_gradient();
    for (std::size_t i = 0; i < before.size(); ++i) params()[i].copy_(before[i]);
    return LinePoint{size, loss, gradient, product(gradient, d)};
  };
  StrongWolfe wolfe(at, std::move(start), option(0, "tolerance_change") / largest(d));
  const LinePoint found = wolfe.search(t);
  evaluations = wolfe.evaluations();
  move_by(d, found.t);
  return found;
}

inline Tensor LBFGS::step(const Closure& closure) {
  const NoGradGuard no_grad;
  const double lr = option(0, "lr"), tolerance_change = option(0, "tolerance_change");
  const auto max_iter = static_cast<std::int64_t>(option(0, "max_iter"));
  State& s = state(params()[0]);
  const Tensor first = recorded(closure);
  LinePoint now{0, first.item<double>(), flat_gradient(), 0};
  std::int64_t evaluations = 1;
  ++s.count("func_evals");
  if (largest(now.gradient) <= option(0, "tolerance_grad")) return first;

  for (std::int64_t n = 1; n <= max_iter; ++n) {
    const bool begins = ++s.count("n_iter") == 1;
    if (!begins) remember(s, now.gradient, static_cast<std::size_t>(option(0, "history_size")));
    const Tensor d = s.tensor("d") = direction(s, now.gradient);
    double& t = s.number("t");
    t = begins ? std::min(1.0, 1 / sum(abs(now.gradient)).item<double>()) * lr : lr;
    s.tensor("prev_flat_grad") = now.gradient;
    const double before = s.number("prev_loss") = now.loss;
    now.slope = product(now.gradient, d);
    if (now.slope > -tolerance_change) break;

    int spent = 0;
    if (option(0, "strong_wolfe") != 0) {
      now = line_search(closure, d, {0, now.loss, now.gradient, now.slope}, t, spent);
      t = now.t;
    } else {
      move_by(d, t);
      if (n < max_iter) now = {t, recorded(closure).item<double>(), flat_gradient(), 0};
      spent = n < max_iter;
    }
    evaluations += spent;
    s.count("func_evals") += spent;
    if (static_cast<double>(evaluations) >= option(0, "max_eval") ||
        largest(now.gradient) <= option(0, "tolerance_grad") || largest(d * t) <= tolerance_change ||
        std::abs(now.loss - before) < tolerance_change)
      break;
  }
  return first;
}

}  // namespace xtape::testing
