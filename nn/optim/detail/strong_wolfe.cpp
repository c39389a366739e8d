// Widening a bracket until it holds a good step, and narrowing it down to one.
#include "nn/optim/detail/strong_wolfe.hpp"

#include <algorithm>
#include <cmath>

namespace xtape::optim::detail {

namespace {

constexpr int kMost = 25;  // iterations

/// The lowest point between `low` and `high` of the cubic through two points with their slopes.
double cubic_minimum(const LinePoint& a, const LinePoint& b, double low, double high) {
  const auto& [left, right] = a.t <= b.t ? std::tie(a, b) : std::tie(b, a);
  const double d1 = left.slope + right.slope - 3 * (left.loss - right.loss) / (left.t - right.t);
  const double square = d1 * d1 - left.slope * right.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const double d2 = std::sqrt(square);
  const double t =
      right.t - (right.t - left.t) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return std::min(std::max(t, low), high);
}

}  // namespace

LinePoint StrongWolfe::search(double t) {
  Bracket bracket{start_, evaluate(t)};
  if (widen(bracket)) return bracket[1];
  return narrow(std::move(bracket));
}

LinePoint StrongWolfe::evaluate(double t) {
  ++evaluations_;
  return at_(t);
}

bool StrongWolfe::is_too_high(const LinePoint& p) const {
  return p.loss > start_.loss + 1e-4 * p.t * start_.slope;
}

bool StrongWolfe::is_flat(const LinePoint& p) const { return std::abs(p.slope) <= -0.9 * start_.slope; }

bool StrongWolfe::widen(Bracket& bracket) {
  auto& [before, now] = bracket;
  for (; iteration_ < kMost; ++iteration_) {
    if (is_too_high(now) || (iteration_ > 1 && now.loss >= before.loss)) return false;
    if (is_flat(now)) return true;
    if (now.slope >= 0) return false;
    const double t = cubic_minimum(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10);
    before = std::exchange(now, evaluate(t));
  }
  before = start_;
  return false;
}

LinePoint StrongWolfe::narrow(Bracket bracket) {
  std::size_t low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
  while (iteration_ < kMost && std::abs(bracket[1].t - bracket[0].t) >= least_length_) {
    LinePoint next = evaluate(inside(bracket));
    ++iteration_;
    if (is_too_high(next) || next.loss >= bracket[low].loss) {
      bracket[1 - low] = std::move(next);
      low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
      continue;
    }
    if (is_flat(next)) return next;
    if (next.slope * (bracket[1 - low].t - bracket[low].t) >= 0) bracket[1 - low] = bracket[low];
    bracket[low] = std::move(next);
  }
  return bracket[low];
}

double StrongWolfe::inside(const Bracket& bracket) {
  const auto [least, most] = std::minmax(bracket[0].t, bracket[1].t);
  double t = cubic_minimum(bracket[0], bracket[1], least, most);
  const double margin = 0.1 * (most - least);
  const bool near = std::min(most - t, t - least) < margin;
  const bool moves = near && (was_near_ || t >= most || t <= least);
  if (moves) t = std::abs(t - most) < std::abs(t - least) ? most - margin : least + margin;
  was_near_ = near && !moves;
  return t;
}

}  // namespace xtape::optim::detail
