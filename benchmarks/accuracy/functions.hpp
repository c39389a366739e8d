// Functions of one number beside what they should give, the ranges of their arguments, and known exceptions.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include <xtape/xtape.hpp>

#include "benchmarks/accuracy/table.hpp"
#include "benchmarks/accuracy/ulp.hpp"

namespace bench::functions {

using namespace xtape;

inline constexpr double kAll = HUGE_VAL;

struct Range {
  double low = -kAll, high = kAll;
  Exception exception = {};
  bool of_argument = false;  ///< measured in ulp of x: where a result cancels
};

/// op and what it should give; `exact` takes a Wide<T>.
template <class T>
struct Function {
  std::string name;
  std::function<Tensor(const Tensor&)> op;
  std::function<Wide<T>(Wide<T>)> exact;
  std::vector<Range> ranges = {{}};
  double bound = 4;
};

inline constexpr double kRounded = 0.5;  // the bound of what is rounded once

template <class W>
W gelu_tanh(W x) {  // x (1 + tanh u) / 2 without the cancellation
  const W u = std::sqrt(2 * std::numbers::inv_pi_v<W>) * (x + W(0.044715L) * x * x * x);
  return x / (1 + std::exp(-2 * u));
}

template <class T>
std::vector<Function<T>> rounded() {
  using W = Wide<T>;
  return {
      {"neg", [](const Tensor& x) { return -x; }, [](W x) { return -x; }, {{}}, 0},
      {"abs", [](const Tensor& x) { return abs(x); }, [](W x) { return std::abs(x); }, {{}}, 0},
      {"sign", [](const Tensor& x) { return sign(x); }, [](W x) { return W((x > 0) - (x < 0)); }, {{}}, 0},
      {"relu", [](const Tensor& x) { return relu(x); }, [](W x) { return x <= 0 ? 0 : x; }, {{}}, 0},
      {"square", [](const Tensor& x) { return square(x); }, [](W x) { return x * x; }, {{}}, kRounded},
      {"reciprocal",
       [](const Tensor& x) { return reciprocal(x); },
       [](W x) { return 1 / x; },
       {{}},
       kRounded},
      {"sqrt", [](const Tensor& x) { return sqrt(x); }, [](W x) { return std::sqrt(x); }, {{}}, kRounded},
  };
}

template <class T>
std::vector<Function<T>> exponentials() {
  using W = Wide<T>;
  using X = const Tensor&;
  return {
      {"exp", [](X x) { return exp(x); }, [](W x) { return std::exp(x); }},
      {"expm1", [](X x) { return expm1(x); }, [](W x) { return std::expm1(x); }},
      {"sigmoid", [](X x) { return sigmoid(x); }, [](W x) { return 1 / (1 + std::exp(-x)); }},
      {"silu", [](X x) { return silu(x); }, [](W x) { return x / (1 + std::exp(-x)); }},
      {"softplus", [](X x) { return softplus(x); }, [](W x) { return x > 20 ? x : std::log1p(std::exp(x)); }},
      {"elu", [](X x) { return elu(x); }, [](W x) { return x > 0 ? x : std::expm1(x); }},
      {"tanh", [](X x) { return tanh(x); }, [](W x) { return std::tanh(x); }},
  };
}

/// Left of 0, gelu cancels for float32: what is left is exact in units of x.
template <class T>
std::vector<Range> gelu_ranges() {
  const Exception cancels{
      2 / static_cast<double>(std::numeric_limits<float>::epsilon()),
      "float32: 1 + erf cancels where x is negative; PyTorch's gelu loses the same results."};
  const Exception grows{2000, "A rounded argument u of e^u or erfc u leaves errors that grow with u^2 or u."};
  return {{-1, kAll}, {-kAll, -1, std::is_same_v<T, float> ? cancels : grows}, {-kAll, -1, {}, true}};
}

template <class T>
std::vector<Range> gelu_tanh_ranges() {
  return {{-1, kAll}, {-kAll, -1, gelu_ranges<double>()[1].exception}, {-kAll, -1, {}, true}};
}

template <class T>
std::vector<Function<T>> others() {
  using W = Wide<T>;
  using X = const Tensor&;
  const Range period{-1e5, 1e5};
  return {
      {"rsqrt", [](X x) { return rsqrt(x); }, [](W x) { return 1 / std::sqrt(x); }},
      {"log", [](X x) { return log(x); }, [](W x) { return std::log(x); }},
      {"log1p", [](X x) { return log1p(x); }, [](W x) { return std::log1p(x); }},
      {"sin", [](X x) { return sin(x); }, [](W x) { return std::sin(x); }, {period, {}}},
      {"cos", [](X x) { return cos(x); }, [](W x) { return std::cos(x); }, {period, {}}},
      {"erf", [](X x) { return erf(x); }, [](W x) { return std::erf(x); }},
      {"leaky_relu", [](X x) { return leaky_relu(x); }, [](W x) { return x > 0 ? x : x / 100; }},
      {"gelu", [](X x) { return gelu(x); },
       [](W x) { return x * std::erfc(-x / std::numbers::sqrt2_v<W>) / 2; }, gelu_ranges<T>()},
      {"gelu, tanh", [](X x) { return gelu(x, "tanh"); }, gelu_tanh<W>, gelu_tanh_ranges<T>()},
  };
}

}  // namespace bench::functions
