// Forward and backward sums over time, in logarithms and in double.
#include "autograd/kernels/ctc.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/kernels/elements.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

double log_sum(double a, double b) {
  const double greatest = std::max(a, b);
  if (greatest == kNever) return kNever;
  return greatest + std::log1p(std::exp(std::min(a, b) - greatest));
}

/// One target with blanks before, between and behind its labels: place 2 i + 1 is label i.
template <class T>
class Target {
 public:
  Target(const CtcCall& call, std::int64_t n)
      : times(call.input_lengths.data<std::int64_t>()[n]),
        places(2 * call.target_lengths.data<std::int64_t>()[n] + 1),
        label_(call.targets.data<std::int64_t>() + n * call.targets.shape()[1]),
        blank_(call.blank),
        classes_(call.log_probs.shape()[2]),
        step_(call.log_probs.shape()[1] * classes_),
        log_probs_(call.log_probs.data<T>() + n * classes_) {}

  std::int64_t label(std::int64_t place) const { return place % 2 == 1 ? label_[place / 2] : blank_; }
  double log_prob(std::int64_t time, std::int64_t place) const {
    return static_cast<double>(log_probs_[time * step_ + label(place)]);
  }
  /// Whether the place may follow the one two before it: a label behind another.
  bool skips(std::int64_t place) const {
    return place % 2 == 1 && place >= 2 && label(place) != label(place - 2);
  }
  std::int64_t offset(std::int64_t time, std::int64_t place) const { return time * step_ + label(place); }

  std::int64_t times, places;

 private:
  const std::int64_t* label_;
  std::int64_t blank_, classes_, step_;
  const T* log_probs_;
};

/// Of each time and place, the logarithm of the probability of all beginnings that end there.
template <class T>
std::vector<double> beginnings(const Target<T>& target) {
  std::vector<double> sums(static_cast<std::size_t>(target.times * target.places), kNever);
  for (std::int64_t s = 0; s < std::min<std::int64_t>(2, target.places); ++s)
    sums[static_cast<std::size_t>(s)] = target.log_prob(0, s);
  for (std::int64_t t = 1; t < target.times; ++t) {
    double* now = sums.data() + t * target.places;
    const double* before = now - target.places;
    for (std::int64_t s = 0; s < target.places; ++s) {
      double sum = before[s];
      if (s > 0) sum = log_sum(sum, before[s - 1]);
      if (target.skips(s)) sum = log_sum(sum, before[s - 2]);
      now[s] = sum + target.log_prob(t, s);
    }
  }
  return sums;
}

/// The same of all endings that begin there.
template <class T>
std::vector<double> endings(const Target<T>& target) {
  std::vector<double> sums(static_cast<std::size_t>(target.times * target.places), kNever);
  double* last = sums.data() + (target.times - 1) * target.places;
  for (std::int64_t s = std::max<std::int64_t>(0, target.places - 2); s < target.places; ++s)
    last[s] = target.log_prob(target.times - 1, s);
  for (std::int64_t t = target.times - 2; t >= 0; --t) {
    double* now = sums.data() + t * target.places;
    const double* after = now + target.places;
    for (std::int64_t s = 0; s < target.places; ++s) {
      double sum = after[s];
      if (s + 1 < target.places) sum = log_sum(sum, after[s + 1]);
      if (s + 2 < target.places && target.skips(s + 2)) sum = log_sum(sum, after[s + 2]);
      now[s] = sum + target.log_prob(t, s);
    }
  }
  return sums;
}

template <class T>
double log_probability(const Target<T>& target, const std::vector<double>& sums) {
  if (target.times == 0) return target.places == 1 ? 0 : kNever;
  const double* last = sums.data() + (target.times - 1) * target.places;
  return target.places == 1 ? last[0] : log_sum(last[target.places - 1], last[target.places - 2]);
}

std::int64_t batch_of(const CtcCall& call) { return call.log_probs.shape()[1]; }

}  // namespace

Tensor ctc_loss(const CtcCall& call) {
  const Tensor losses = make_tensor({batch_of(call)}, call.log_probs.dtype());
  visit_floating(losses.dtype(), "ctc_loss", [&](auto zero) {
    using T = decltype(zero);
    T* to = losses.data<T>();
    for_each(batch_of(call), 1, [&](std::int64_t n) {
      const Target<T> target(call, n);
      const double log_p = log_probability(target, beginnings(target));
      to[n] = call.zero_infinity && log_p == kNever ? T(0) : static_cast<T>(-log_p);
    });
  });
  return losses;
}

Tensor ctc_loss_backward(const CtcCall& call, const Tensor& g) {
  const Tensor dx = zeros(call.log_probs.shape(), {.dtype = g.dtype()});
  visit_floating(g.dtype(), "ctc_loss", [&](auto zero) {
    using T = decltype(zero);
    const T* factor = g.data<T>();
    const std::int64_t classes = dx.shape()[2];
    for_each(batch_of(call), 1, [&](std::int64_t n) {
      const Target<T> target(call, n);
      if (target.times == 0) return;
      const std::vector<double> alpha = beginnings(target);
      const double log_p = log_probability(target, alpha);
      if (call.zero_infinity && log_p == kNever) return;
      const std::vector<double> beta = endings(target);
      T* to = dx.data<T>() + n * classes;
      for (std::int64_t t = 0; t < target.times; ++t) {
        for (std::int64_t s = 0; s < target.places; ++s) {
          const auto at = static_cast<std::size_t>(t * target.places + s);
          const double share = std::exp(alpha[at] + beta[at] - target.log_prob(t, s) - log_p);
          to[target.offset(t, s)] -= static_cast<T>(static_cast<double>(factor[n]) * share);
        }
      }
    });
  });
  return dx;
}

}  // namespace xtape::kernels
