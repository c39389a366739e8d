// Errors of sums of K terms against their natural scale, sqrt(K) eps sum|terms|, and the data that they are
// taken of.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <xtape/xtape.hpp>

#include "benchmarks/accuracy/table.hpp"
#include "benchmarks/accuracy/ulp.hpp"

namespace bench {

/// What a kernel should give, and the sum of its terms' magnitudes, element by element.
template <class T>
struct Exact {
  std::vector<Wide<T>> values, scales;

  void add(Wide<T> value, Wide<T> scale) {
    values.push_back(value);
    scales.push_back(scale);
  }
};

/// The greatest |y - value| / (sqrt(terms) eps scale); infinite where one of them is not finite, or where y
/// differs on a scale of 0. eps is the distance of 1 to the next number.
template <class T>
double error_in_scale(const std::vector<T>& y, const Exact<T>& exact, std::int64_t terms) {
  xtape::check(y.size() == exact.values.size(), "accuracy: {} results, expected {}", y.size(),
               exact.values.size());
  double worst = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const Wide<T> difference = std::abs(Wide<T>(y[i]) - exact.values[i]);
    if (difference <= std::numeric_limits<T>::min()) continue;
    const Wide<T> unit = std::sqrt(Wide<T>(terms)) * std::numeric_limits<T>::epsilon() * exact.scales[i];
    const auto error = static_cast<double>(difference / unit);
    worst = std::isfinite(error) ? std::max(worst, error) : HUGE_VAL;
  }
  return worst;
}

struct Data {
  const char* name;
  xtape::Tensor (*draw)(const xtape::Shape&, xtape::DType);
  bool hard = false;  ///< roundings need not cancel: terms are alike, or one outweighs all others
};

/// The worst of several runs of a kernel. Hard data that break the bound have a row of their own, for errors
/// add up to at most K eps / 2 there instead of cancelling.
class WorstRuns {
 public:
  WorstRuns(const std::string& kernel, const std::string& dtype, std::int64_t least, std::int64_t most)
      : usual_{kernel, dtype, fmt::format("K = {} to {}", least, most), -1, "", 1}, hard_(usual_) {
    hard_.range += ", constant or wide data";
    hard_.exception = {
        HUGE_VAL,
        "Equal terms that are added in turn round the same way each time, and a sum that one term "
        "outweighs keeps all roundings in that term's unit: errors reach up to K eps / 2."};
  }

  /// K terms gave this error.
  void take(const Data& data, std::int64_t terms, double error, const std::string& where) {
    const bool excused = data.hard && error > 1 && error <= std::sqrt(static_cast<double>(terms)) / 2;
    Row& row = excused ? hard_ : usual_;
    if (!(error > row.error)) return;
    row.error = error;
    row.where = fmt::format("{}, {}", where, data.name);
  }
  void add_to(Table& table) const {
    table.add(usual_);
    if (hard_.error > 1) table.add(hard_);
  }

 private:
  Row usual_, hard_;
};

/// Numbers of both signs, of one sign, of many magnitudes, beside a large mean, and all alike, whose
/// roundings never cancel.
inline const std::vector<Data>& kinds_of_data() {
  using xtape::DType, xtape::Shape;
  static const std::vector<Data> kinds = {
      {"normal", [](const Shape& s, DType d) { return xtape::randn(s, {.dtype = d}); }},
      {"positive", [](const Shape& s, DType d) { return xtape::rand(s, {.dtype = d}); }},
      {"wide",
       [](const Shape& s, DType d) {
         return xtape::randn(s, {.dtype = d}) * exp(3 * xtape::randn(s, {.dtype = d}));
       },
       true},
      {"offset", [](const Shape& s, DType d) { return 100 + xtape::randn(s, {.dtype = d}); }},
      {"constant", [](const Shape& s, DType d) { return xtape::full(s, 0.1, {.dtype = d}); }, true},
  };
  return kinds;
}

}  // namespace bench
