// LBFGS: the direction from its history, and the steps along it. The order of all that happens is PyTorch's.
// What it remembers stands in the state of the first parameter, as PyTorch keeps it.
#include "nn/optim/lbfgs.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/graph/grad_mode.hpp"
#include "nn/optim/detail/strong_wolfe.hpp"

namespace xtape::optim {

namespace {

double largest(const Tensor& x) { return max(abs(x)).item(); }
double product(const Tensor& a, const Tensor& b) { return dot(a, b).item(); }

Values values(const LBFGSOptions& o) {
  if (o.line_search_fn) o.line_search_fn->check_word("LBFGS", "line_search_fn");
  check(o.max_iter > 0, "LBFGS: max_iter is {}; expected at least 1", o.max_iter);
  check(o.history_size > 0, "LBFGS: history_size is {}; expected at least 1", o.history_size);
  return {{"lr", o.lr},
          {"max_iter", o.max_iter},
          {"max_eval", o.max_eval.value_or(o.max_iter * 5 / 4)},
          {"tolerance_grad", o.tolerance_grad},
          {"tolerance_change", o.tolerance_change},
          {"history_size", o.history_size},
          {"strong_wolfe", o.line_search_fn.has_value()}};
}

/// Adds the last change of parameters and gradient to the history, unless the loss was not convex there.
void remember(ParamState& s, const Tensor& gradient, std::size_t history) {
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

/// -H^-1 g, by the two loops over the history.
Tensor direction(ParamState& s, const Tensor& gradient) {
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

}  // namespace

LBFGS::LBFGS(const std::vector<Tensor>& params, const LBFGSOptions& options)
    : Optimizer(params, values(options)) {
  for (const Tensor& p : params) {
    check(p.dtype() == params[0].dtype(), "LBFGS: parameters of {} and {}; expected one dtype",
          params[0].dtype(), p.dtype());
  }
}

ParamState LBFGS::initial_state() const {
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

Shape LBFGS::state_shape(std::string_view, const Tensor&) const {
  std::int64_t count = 0;
  for (const Tensor& p : params()) count += p.numel();
  return {count};
}

Tensor LBFGS::flat_gradient() const {
  std::vector<Tensor> parts;
  for (const Tensor& p : params()) {
    const Tensor gradient = p.grad();
    parts.push_back((gradient.defined() ? gradient.to(p.dtype()) : zeros_like(p)).reshape({-1}));
  }
  return cat(parts, 0);
}

void LBFGS::move_by(const Tensor& direction, double t) const {
  std::int64_t first = 0;
  for (const Tensor& p : params()) {
    p += t * direction.narrow(0, first, p.numel()).reshape(p.shape());
    first += p.numel();
  }
}

LBFGS::Point LBFGS::evaluate(const Closure& closure, double t) const {
  const EnableGradGuard grad;
  const double loss = closure().item();
  const NoGradGuard no_grad;
  return {t, loss, flat_gradient()};
}

std::pair<LBFGS::Point, int> LBFGS::search(const Closure& closure, State& state, const Point& from) const {
  const Tensor& d = state.tensor("d");
  std::vector<Tensor> before;
  for (const Tensor& p : params()) before.push_back(p.detach().clone());
  const auto at = [&](double t) {
    move_by(d, t);
    const Point there = evaluate(closure, t);
    for (std::size_t i = 0; i < before.size(); ++i) params()[i].copy_(before[i]);
    return detail::LinePoint{t, there.loss, there.gradient, product(there.gradient, d)};
  };
  const detail::LinePoint start{0, from.loss, from.gradient, product(from.gradient, d)};
  detail::StrongWolfe wolfe(at, start, option(0, "tolerance_change") / largest(d));
  const detail::LinePoint found = wolfe.search(state.number("t"));
  move_by(d, found.t);
  return {{found.t, found.loss, found.gradient}, wolfe.evaluations()};
}

std::pair<LBFGS::Point, int> LBFGS::advance(const Closure& closure, State& state, const Point& from,
                                            bool is_last) const {
  if (option(0, "strong_wolfe") != 0) return search(closure, state, from);
  const double t = state.number("t");
  move_by(state.tensor("d"), t);
  if (is_last) return {{t, from.loss, from.gradient}, 0};  // nobody would look at another gradient
  return {evaluate(closure, t), 1};
}

void LBFGS::step() { throw Error("lbfgs: step() needs a closure that computes the loss and its gradients"); }

Tensor LBFGS::step(const Closure& closure) {
  check(closure != nullptr, "lbfgs: the closure of step() is empty");
  const NoGradGuard no_grad;
  const auto max_iter = static_cast<std::int64_t>(option(0, "max_iter"));
  State& s = state(params()[0]);
  s.convert_to(params()[0].dtype());
  Tensor first;
  Point now = evaluate([&] { return first = closure(); }, 0);
  std::int64_t evaluations = 1;
  ++s.count("func_evals");
  if (largest(now.gradient) <= option(0, "tolerance_grad")) return first;

  for (std::int64_t n = 1; n <= max_iter; ++n) {
    const bool begins = ++s.count("n_iter") == 1;
    if (!begins) remember(s, now.gradient, static_cast<std::size_t>(option(0, "history_size")));
    s.tensor("d") = direction(s, now.gradient);
    const double size = begins ? std::min(1.0, 1 / sum(abs(now.gradient)).item()) : 1;
    s.number("t") = size * lr();
    s.tensor("prev_flat_grad") = now.gradient;
    const double before = s.number("prev_loss") = now.loss;
    if (product(now.gradient, s.tensor("d")) > -option(0, "tolerance_change")) break;

    int spent = 0;
    std::tie(now, spent) = advance(closure, s, now, n == max_iter);
    s.number("t") = now.t;
    evaluations += spent;
    s.count("func_evals") += spent;
    if (static_cast<double>(evaluations) >= option(0, "max_eval") || is_done(s, now, before)) break;
  }
  return first;
}

bool LBFGS::is_done(State& state, const Point& now, double loss_before) const {
  const double tolerance_change = option(0, "tolerance_change");
  return largest(now.gradient) <= option(0, "tolerance_grad") ||
         largest(state.tensor("d") * now.t) <= tolerance_change ||
         std::abs(now.loss - loss_before) < tolerance_change;
}

}  // namespace xtape::optim
