// The line search of LBFGS: a step that fulfils the strong Wolfe conditions, as PyTorch looks for it.
#pragma once

#include <array>
#include <functional>
#include <utility>

#include "autograd/tensor/tensor.hpp"

namespace xtape::optim::detail {

/// Where a step of size t along the direction leads to.
struct LinePoint {
  double t, loss;
  Tensor gradient;
  double slope;  ///< of the loss along the direction
};

class StrongWolfe {
 public:
  /// `at` evaluates a step of size t; a bracket shorter than `least_length` is not divided.
  StrongWolfe(std::function<LinePoint(double t)> at, LinePoint start, double least_length)
      : at_(std::move(at)), start_(std::move(start)), least_length_(least_length) {}

  /// Begins with a step of size t.
  LinePoint search(double t);
  int evaluations() const { return evaluations_; }

 private:
  using Bracket = std::array<LinePoint, 2>;

  LinePoint evaluate(double t);
  bool is_too_high(const LinePoint& p) const;
  bool is_flat(const LinePoint& p) const;
  /// Goes on until there is a good step between the two points. Gives whether the second is one.
  bool widen(Bracket& bracket);
  LinePoint narrow(Bracket bracket);
  /// A step within the bracket, not twice next to one of its ends.
  double inside(const Bracket& bracket);

  std::function<LinePoint(double t)> at_;
  LinePoint start_;
  double least_length_;
  int evaluations_ = 0, iteration_ = 0;
  bool was_near_ = false;
};

}  // namespace xtape::optim::detail
