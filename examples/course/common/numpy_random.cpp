// The formulas of numpy's legacy generator (numpy/random/src/legacy).
#include "numpy_random.hpp"

#include <cmath>
#include <utility>
#include <vector>

namespace course {

double NumpyRandom::uniform() {
  const auto high = static_cast<double>(engine_() >> 5), low = static_cast<double>(engine_() >> 6);
  return (high * 67108864.0 + low) / 9007199254740992.0;  // (high 2^26 + low) / 2^53
}

double NumpyRandom::normal() {
  if (second_) return *std::exchange(second_, std::nullopt);
  double x1 = 0, x2 = 0, r = 0;
  do {
    x1 = 2 * uniform() - 1;
    x2 = 2 * uniform() - 1;
    r = x1 * x1 + x2 * x2;
  } while (r >= 1 || r == 0);
  const double f = std::sqrt(-2 * std::log(r) / r);
  second_ = f * x1;  // numpy gives the second of a pair first
  return f * x2;
}

xtape::Tensor NumpyRandom::randn(const xtape::Shape& shape) {
  std::vector<double> values(static_cast<std::size_t>(shape.numel()));
  for (double& value : values) value = normal();
  return xtape::from_vector(values, shape);
}

}  // namespace course
