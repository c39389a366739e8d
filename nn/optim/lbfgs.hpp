// LBFGS: a quasi-Newton method, whose step calls a closure many times.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "autograd/base/choice.hpp"
#include "nn/optim/optimizer.hpp"

namespace xtape::optim {

using xtape::detail::Choice;

enum class LineSearch { strong_wolfe };
constexpr std::array<std::string_view, 1> words(LineSearch) { return {"strong_wolfe"}; }

struct LBFGSOptions {
  double lr = 1;  ///< the size of a step, or where the line search begins
  std::int64_t max_iter = 20;
  std::optional<std::int64_t> max_eval = {};  ///< calls of the closure in a step; 5/4 max_iter where unset
  double tolerance_grad = 1e-7;
  double tolerance_change = 1e-9;
  std::int64_t history_size = 100;
  std::optional<Choice<LineSearch>> line_search_fn = {};  ///< "strong_wolfe", or steps of lr where unset
};

/// `optimizer.step([&] { optimizer.zero_grad(); Tensor loss = f(x); loss.backward(); return loss; });`
///
/// Each of up to max_iter iterations goes along an estimate of -H^-1 g, H the matrix of second derivatives,
/// made of the last changes of parameters and gradients (Nocedal, "Updating quasi-Newton matrices with
/// limited storage", 1980). step() gives the loss of the closure's first call. All parameters are one group
/// of one dtype, and one vector. Throws where step() is called without a closure.
class LBFGS : public Optimizer {
 public:
  using Closure = std::function<Tensor()>;

  explicit LBFGS(const std::vector<Tensor>& params, const LBFGSOptions& options = {});
  LBFGS(const std::vector<Tensor>& params, Number auto lr)
      : LBFGS(params, LBFGSOptions{.lr = static_cast<double>(lr)}) {}

  void step() override;
  Tensor step(const Closure& closure) override;

 protected:
  const char* name() const override { return "lbfgs"; }
  State initial_state() const override;
  Shape state_shape(std::string_view name, const Tensor& param) const override;

 private:
  /// A step along a line: its size, and what the closure gives there.
  struct Point {
    double t, loss;
    Tensor gradient;  ///< of all parameters, one dim
  };

  const std::vector<Tensor>& params() const { return groups().params(0); }
  Tensor flat_gradient() const;
  void move_by(const Tensor& direction, double t) const;
  /// What the closure gives at the present parameters.
  Point evaluate(const Closure& closure, double t) const;
  /// Moves along the state's direction and gives where that led, and how many times the closure was called.
  std::pair<Point, int> advance(const Closure& closure, State& state, const Point& from, bool is_last) const;
  std::pair<Point, int> search(const Closure& closure, State& state, const Point& from) const;
  bool is_done(State& state, const Point& now, double loss_before) const;
};

}  // namespace xtape::optim
