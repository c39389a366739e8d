// Functions of one number, over all numbers of a type, against the same function of the wider type.
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include <xtape/xtape.hpp>

#include "benchmarks/accuracy/arguments.hpp"
#include "benchmarks/accuracy/functions.hpp"
#include "benchmarks/accuracy/table.hpp"

using namespace xtape;

namespace bench {

namespace {

using functions::Function;
using functions::kAll;
using functions::Range;

/// The largest error so far, and where.
template <class T>
struct Worst {
  double error = -1;
  T x = 0, y = 0;
};

template <class T>
std::string at(const Worst<T>& worst) {
  return fmt::format("{}: {}", worst.x, worst.y);
}

template <class T>
class Measured {
 public:
  Measured(const Function<T>& function, bool of_argument) : function_(function), of_argument_(of_argument) {
    block_.reserve(kBlock);
  }

  void take(T x) {
    block_.push_back(x);
    if (block_.size() == kBlock) flush();
  }
  void flush() {
    const std::vector<T> results =
        function_.op(from_vector(block_, {static_cast<std::int64_t>(block_.size())})).template to_vector<T>();
    for (std::size_t i = 0; i < block_.size(); ++i) {
      const Wide<T> x = block_[i], exact = function_.exact(x);
      const double error = ulps(results[i], exact, of_argument_ ? x : exact);
      Worst<T>& worst = exact != 0 && std::abs(exact) < std::numeric_limits<T>::min() ? subnormal : normal;
      if (error > worst.error) worst = {error, block_[i], results[i]};
    }
    block_.clear();
  }

  Worst<T> normal, subnormal;

 private:
  static constexpr std::size_t kBlock = 10007;  // not a multiple of a vector's length

  const Function<T>& function_;
  bool of_argument_;
  std::vector<T> block_;
};

std::string text_of(const Range& range) {
  const std::string unit = range.of_argument ? ", in ulp of x" : "";
  if (range.low == -kAll && range.high == kAll) return "all" + unit;
  if (range.high == kAll) return fmt::format("x >= {:g}{}", range.low, unit);
  if (range.low == -kAll) return fmt::format("x <= {:g}{}", range.high, unit);
  return fmt::format("{:g} to {:g}{}", range.low, range.high, unit);
}

/// One row, and another for results below the normal numbers where these break the bound.
template <class T>
void sweep_function(const Function<T>& function, const Range& range, bool quick, Table& table) {
  constexpr auto single = std::is_same_v<T, float>;
  Measured<T> measured(function, range.of_argument);
  for_each_argument<T>(static_cast<T>(range.low), static_cast<T>(range.high), density(quick, single),
                       [&](T x) { measured.take(x); });
  if (range.low == -kAll && range.high == kAll) measured.take(std::numeric_limits<T>::quiet_NaN());
  measured.flush();
  const std::string dtype = single ? "float32" : "float64", text = text_of(range);
  Worst<T>&normal = measured.normal, &subnormal = measured.subnormal;
  const bool apart = !(subnormal.error <= function.bound);
  if (!apart && subnormal.error > normal.error) normal = subnormal;
  table.add({function.name, dtype, text, normal.error, at(normal), function.bound, range.exception});
  if (apart)
    table.add({function.name, dtype, text + ", subnormal results", subnormal.error, at(subnormal),
               function.bound, range.exception});
}

template <class T>
void sweep_type(const Sweep& sweep, Table& table, const std::vector<Function<T>>& functions) {
  for (const Function<T>& function : functions) {
    if (!sweep.wants(function.name)) continue;
    for (const Range& range : function.ranges) sweep_function(function, range, sweep.quick, table);
  }
}

}  // namespace

void sweep_unary(const Sweep& sweep, Table& table) {
  const auto of_type = [&]<class T>(T) {
    for (const auto& family : {functions::rounded<T>(), functions::exponentials<T>(), functions::others<T>()})
      sweep_type(sweep, table, family);
  };
  of_type(float());
  of_type(double());
}

}  // namespace bench
