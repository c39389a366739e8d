// Round numbers, counted as integers so that no rounding adds up.
#include "pictures/detail/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace xtape::pictures::detail {

namespace {

/// digit * 10^exponent, digit one of 1, 2, 5.
struct Step {
  int digit, exponent;

  double size() const { return digit * std::pow(10.0, exponent); }
  /// n steps: divided where the step is a fraction, so that 3 * 0.1 is 0.3.
  double times(double n) const {
    return exponent < 0 ? n * digit / std::pow(10.0, -exponent) : n * digit * std::pow(10.0, exponent);
  }
};

/// The smallest step that is no smaller than `least`.
Step step_of(double least) {
  const int exponent = static_cast<int>(std::floor(std::log10(least)));
  for (int digit : {1, 2, 5}) {
    if (Step{digit, exponent}.size() >= least * (1 - 1e-9)) return {digit, exponent};
  }
  return {1, exponent + 1};
}

std::string label(double value, Step step, double largest) {
  if (value == 0) return "0";
  if (step.exponent >= -4 && largest < 1e6) return fmt::format("{:.{}f}", value, std::max(0, -step.exponent));
  const int digits = static_cast<int>(std::floor(std::log10(largest))) - step.exponent + 1;
  return fmt::format("{:.{}g}", value, std::clamp(digits, 1, 15));
}

std::string power_label(int digit, int exponent) {
  if (exponent < -4 || exponent > 5) return fmt::format("{}e{}", digit, exponent);
  return fmt::format("{:g}", digit * std::pow(10.0, exponent));
}

}  // namespace

double Axis::place(double value) const {
  if (is_log) return (std::log10(value) - std::log10(low)) / (std::log10(high) - std::log10(low));
  return (value - low) / (high - low);
}

Axis linear_axis(double low, double high, const LinearAxisOptions& options) {
  const double largest_end = std::max(std::abs(low), std::abs(high));
  if (!(high - low > 1e-12 * largest_end)) {
    const double room = largest_end == 0 ? 0.5
                        : options.whole  ? 0.5 + 1e-12 * largest_end
                                         : 0.05 * largest_end;
    low -= room;
    high += room;
  }
  Step step = step_of((high - low) / std::max(1, options.ticks));
  if (options.whole && step.exponent < 0) step = {1, 0};
  double first = std::ceil(low / step.size() - 1e-9), last = std::floor(high / step.size() + 1e-9);
  if (options.round_ends) {
    first = std::floor(low / step.size() + 1e-9), last = std::ceil(high / step.size() - 1e-9);
    low = step.times(first), high = step.times(last);
  }
  Axis axis{low, high};
  const double largest = std::max(std::abs(low), std::abs(high));
  for (int i = 0; first + i <= last && i < 100; ++i) {
    const double at = step.times(first + i);
    axis.ticks.push_back({at, label(at, step, largest)});
  }
  return axis;
}

Axis log_axis(double low, double high) {
  if (low == high) low /= 2, high *= 2;
  const int first = static_cast<int>(std::floor(std::log10(low))),
            last = static_cast<int>(std::ceil(std::log10(high)));
  Axis axis{std::pow(10.0, first), std::pow(10.0, last), true};
  const bool is_narrow = last - first <= 3;
  const int stride = std::max(1, (last - first + 7) / 8);
  for (int exponent = first; exponent <= last; ++exponent) {
    for (int digit : {1, 2, 5}) {
      const double at = digit * std::pow(10.0, exponent);
      if (is_narrow && at <= low) axis.low = at;
      if (is_narrow && at >= high) axis.high = std::min(axis.high, at);
      const bool is_shown = digit == 1 ? (exponent - first) % stride == 0 : is_narrow;
      if (is_shown) axis.ticks.push_back({at, power_label(digit, exponent)});
    }
  }
  std::erase_if(axis.ticks, [&](const Tick& tick) { return tick.at < axis.low || tick.at > axis.high; });
  return axis;
}

}  // namespace xtape::pictures::detail
