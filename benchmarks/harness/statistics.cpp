// How many values lie below the median follows a binomial distribution.
#include "benchmarks/harness/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace bench {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Interval interval_of_median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  std::size_t outside = 0;                    // values that may be left off on each side
  double term = std::pow(0.5, n), below = 0;  // of the binomial distribution
  for (std::size_t k = 0; 2 * k + 2 < values.size(); ++k) {
    below += term;
    if (2 * below > 0.05) break;
    outside = k;
    term *= (n - static_cast<double>(k)) / (static_cast<double>(k) + 1);
  }
  return {values[outside], values[values.size() - 1 - outside]};
}

}  // namespace bench
