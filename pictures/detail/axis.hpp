// Axes of curves: a range, round numbers in it, and where a value stands.
#pragma once

#include <string>
#include <vector>

namespace xtape::pictures::detail {

struct Tick {
  double at;
  std::string label;
};

struct Axis {
  double low = 0, high = 1;
  bool is_log = false;
  std::vector<Tick> ticks = {};

  /// 0 at `low`, 1 at `high`.
  double place(double value) const;
};

struct LinearAxisOptions {
  int ticks = 6;            ///< about as many
  bool whole = false;       ///< no ticks between integers
  bool round_ends = false;  ///< begins and ends at ticks
};

/// Ticks at multiples of 1, 2 or 5 times a power of ten. A range without length is widened.
Axis linear_axis(double low, double high, const LinearAxisOptions& options);

/// From 1, 2 or 5 times a power of ten to another, for 0 < low <= high; ticks at the powers and, where they
/// are few, between them.
Axis log_axis(double low, double high);

}  // namespace xtape::pictures::detail
