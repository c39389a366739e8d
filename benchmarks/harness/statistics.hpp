// Medians.
#pragma once

#include <vector>

namespace bench {

/// Of at least one value.
double median(std::vector<double> values);

struct Interval {
  double low = 0, high = 0;
};

/// Encloses the median with at least 95 %, by order statistics; from the least to the greatest value where
/// there are fewer than 6, which does not.
Interval interval_of_median(std::vector<double> values);

}  // namespace bench
