// Functions of two numbers, over random pairs of a type's numbers, against the same function of the wider
// type.
#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <xtape/xtape.hpp>

#include "benchmarks/accuracy/table.hpp"
#include "benchmarks/accuracy/ulp.hpp"

using namespace xtape;

namespace bench {

namespace {

constexpr std::int64_t kBlock = 10007;  // not a multiple of a vector's length

template <class T>
struct Pairs {
  std::vector<T> a, b;
};

/// How pairs are drawn: one block after the other.
template <class T>
using Draw = std::function<Pairs<T>(std::mt19937_64&)>;

template <class T>
Pairs<T> pairs(std::mt19937_64& random, const std::function<void(std::mt19937_64&, T&, T&)>& draw) {
  Pairs<T> block{std::vector<T>(kBlock), std::vector<T>(kBlock)};
  for (std::size_t i = 0; i < block.a.size(); ++i) draw(random, block.a[i], block.b[i]);
  return block;
}

/// Any number: every pattern of bits is as likely, infinities and NaN among them.
template <class T>
T any_number(std::mt19937_64& random) {
  const T x = std::bit_cast<T>(static_cast<Bits<T>>(random()));
  return std::isnan(x) ? std::numeric_limits<T>::quiet_NaN() : x;
}

/// Pairs of any numbers; every other one within three binary digits of each other, so that sums cancel.
template <class T>
Pairs<T> any_pairs(std::mt19937_64& random) {
  return pairs<T>(random, [](std::mt19937_64& r, T& a, T& b) {
    a = any_number<T>(r), b = any_number<T>(r);
    if (r() % 2 == 0)
      b = a * std::ldexp(T(1) + T(r() % 1000) / 1000, static_cast<int>(r() % 7) - 3) * (r() % 2 ? 1 : -1);
  });
}

/// A positive base, and an exponent that leads anywhere from underflow to overflow.
template <class T>
Pairs<T> power_pairs(std::mt19937_64& random) {
  return pairs<T>(random, [](std::mt19937_64& r, T& a, T& b) {
    const T edge = std::is_same_v<T, float> ? T(110) : T(750);
    std::uniform_real_distribution<T> logarithm(-edge, edge);
    a = std::abs(r() % 2 ? any_number<T>(r) : std::exp(logarithm(r) / edge));
    b = logarithm(r) / std::log(a);
  });
}

template <class T>
Pairs<T> whole_powers(std::mt19937_64& random) {
  return pairs<T>(random, [](std::mt19937_64& r, T& a, T& b) {
    a = any_number<T>(r), b = static_cast<T>(static_cast<int>(r() % 41) - 20);
    if (r() % 2 == 0) a = std::uniform_real_distribution<T>(-10, 10)(r);
  });
}

template <class T>
struct Function {
  std::string name, range;
  Draw<T> draw;
  std::function<Tensor(const Tensor&, const Tensor&)> op;
  std::function<Wide<T>(Wide<T>, Wide<T>)> exact;
  double bound = 4;
};

template <class W>
W greater(W a, W b) {
  return std::isnan(a) || std::isnan(b) ? a + b : std::max(a, b);
}

template <class W>
W lesser(W a, W b) {
  return std::isnan(a) || std::isnan(b) ? a + b : std::min(a, b);
}

/// a^2 and a^-1 and the like, each with one exponent for all.
template <class T>
Function<T> fixed_power(double exponent, double bound) {
  return {"pow",
          fmt::format("x^{:g}", exponent),
          any_pairs<T>,
          [=](const Tensor& a, const Tensor&) { return pow(a, exponent); },
          [=](Wide<T> a, Wide<T>) { return std::pow(a, Wide<T>(exponent)); },
          bound};
}

constexpr double kRounded = 0.501;  // rounded once; the wider type rounds, too

template <class T>
std::vector<Function<T>> functions() {
  using W = Wide<T>;
  using X = const Tensor&;
  return {
      {"add", "all", any_pairs<T>, [](X a, X b) { return a + b; }, [](W a, W b) { return a + b; }, kRounded},
      {"sub", "all", any_pairs<T>, [](X a, X b) { return a - b; }, [](W a, W b) { return a - b; }, kRounded},
      {"mul", "all", any_pairs<T>, [](X a, X b) { return a * b; }, [](W a, W b) { return a * b; }, kRounded},
      {"div", "all", any_pairs<T>, [](X a, X b) { return a / b; }, [](W a, W b) { return a / b; }, kRounded},
      {"maximum", "all", any_pairs<T>, [](X a, X b) { return maximum(a, b); }, greater<W>, 0},
      {"minimum", "all", any_pairs<T>, [](X a, X b) { return minimum(a, b); }, lesser<W>, 0},
      {"where", "all", any_pairs<T>, [](X a, X b) { return where(a > b, a, b); },
       [](W a, W b) { return a > b ? a : b; }, 0},
      {"pow", "x^y, x > 0", power_pairs<T>, [](X a, X b) { return pow(a, b); },
       [](W a, W b) { return std::pow(a, b); }},
      {"pow", "x^n, n whole", whole_powers<T>, [](X a, X b) { return pow(a, b); },
       [](W a, W b) { return std::pow(a, b); }},
      {"pow", "2^y", power_pairs<T>, [](X, X b) { return pow(2, b); }, [](W, W b) { return std::exp2(b); }},
      fixed_power<T>(2, kRounded),
      fixed_power<T>(3, 4),
      fixed_power<T>(0.5, 4),
      fixed_power<T>(-1, 4),
  };
}

template <class T>
void sweep_function(const Function<T>& function, bool quick, Table& table) {
  constexpr bool single = std::is_same_v<T, float>;
  std::mt19937_64 random(0);
  Row row{function.name, single ? "float32" : "float64", function.range, -1, "", function.bound};
  const std::int64_t blocks = (quick ? 1 << 17 : 1 << (single ? 22 : 21)) / kBlock;
  for (std::int64_t block = 0; block < blocks; ++block) {
    const Pairs<T> p = function.draw(random);
    const auto y =
        function.op(from_vector(p.a, {kBlock}), from_vector(p.b, {kBlock})).template to_vector<T>();
    for (std::size_t i = 0; i < y.size(); ++i) {
      const Wide<T> exact = function.exact(Wide<T>(p.a[i]), Wide<T>(p.b[i]));
      const double error = ulps(y[i], exact, exact);
      if (!(error > row.error)) continue;
      row.error = error;
      row.where = fmt::format("{}, {}: {}", p.a[i], p.b[i], y[i]);
    }
  }
  table.add(row);
}

template <class T>
void sweep_type(const Sweep& sweep, Table& table) {
  for (const Function<T>& function : functions<T>()) {
    if (sweep.wants(function.name)) sweep_function(function, sweep.quick, table);
  }
}

}  // namespace

void sweep_binary(const Sweep& sweep, Table& table) {
  sweep_type<float>(sweep, table);
  sweep_type<double>(sweep, table);
}

}  // namespace bench
