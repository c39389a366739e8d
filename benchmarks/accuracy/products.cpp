// Matrix products in all layouts, and those with a bias or a batch.
#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include <xtape/xtape.hpp>

#include "benchmarks/accuracy/folds.hpp"

using namespace xtape;

namespace bench {

namespace {

struct Size {
  std::int64_t m, n, k;
};

/// A product of a, {m, k}, and b, {n, k}, which `op` may turn; bias {n}.
struct Product {
  std::string name;
  std::function<Tensor(const Tensor& a, const Tensor& b, const Tensor& bias)> op;
  bool biased = false;
};

/// As if it lay so in memory: its transpose is a view on a copy.
Tensor turned(const Tensor& x) { return x.t().clone(); }

/// Two matrices, for a batch.
Tensor twice(const Tensor& x) { return stack({x, x}, 0); }

const std::vector<Product>& products() {
  using X = const Tensor&;
  static const std::vector<Product> all = {
      {"matmul, a b", [](X a, X b, X) { return matmul(a, turned(b)); }},
      {"matmul, a b^T", [](X a, X b, X) { return matmul(a, b.t()); }},
      {"matmul, a^T b", [](X a, X b, X) { return matmul(turned(a).t(), turned(b)); }},
      {"matmul, a^T b^T", [](X a, X b, X) { return matmul(turned(a).t(), b.t()); }},
      {"bmm", [](X a, X b, X) { return bmm(twice(a), twice(turned(b))).select(0, 1); }},
      {"linear", [](X a, X b, X bias) { return linear(a, b, bias); }, true},
      {"linear and relu", [](X a, X b, X bias) { return relu(linear(a, b, bias)); }, true},
  };
  return all;
}

/// Element by element, in the wider type; with a term more for a bias.
template <class T>
Exact<T> exact_product(const Tensor& a, const Tensor& b, const Tensor& bias, const Size& size) {
  const std::vector<T> x = a.to_vector<T>(), y = b.to_vector<T>(), z = bias.to_vector<T>();
  const auto k = static_cast<std::size_t>(size.k);
  Exact<T> exact;
  for (std::size_t i = 0; i < static_cast<std::size_t>(size.m); ++i) {
    for (std::size_t j = 0; j < static_cast<std::size_t>(size.n); ++j) {
      Wide<T> sum = z[j], magnitude = std::abs(z[j]);
      for (std::size_t p = 0; p < k; ++p) {
        const Wide<T> term = Wide<T>(x[i * k + p]) * Wide<T>(y[j * k + p]);
        sum += term;
        magnitude += std::abs(term);
      }
      exact.add(sum, magnitude);
    }
  }
  return exact;
}

template <class T>
Exact<T> with_relu(Exact<T> exact) {
  for (Wide<T>& value : exact.values) value = std::max<Wide<T>>(value, 0);
  return exact;
}

std::vector<Size> sizes(bool quick) {
  std::vector<Size> all;
  for (const std::int64_t k : {1, 2, 3, 7, 16, 64, 100, 784, 1000, 4096}) {
    if (quick && k > 1000) continue;
    for (const auto& [m, n] : {std::pair{1, 1}, {1, 10}, {1, 130}, {16, 16}, {33, 10}, {130, 67}}) {
      if (!quick || m * n * k < 1000000) all.push_back({m, n, k});
    }
  }
  return all;
}

template <class T>
void sweep_type(const Sweep& sweep, Table& table) {
  constexpr bool single = std::is_same_v<T, float>;
  const DType dtype = single ? kFloat32 : kFloat64;
  const std::vector<Size> all = sizes(sweep.quick);
  std::vector<WorstRuns> worst;
  for (const Product& product : products())
    worst.emplace_back(product.name, single ? "float32" : "float64", all.front().k, all.back().k);
  for (const Size& size : all) {
    for (const Data& data : kinds_of_data()) {
      const Tensor a = data.draw({size.m, size.k}, dtype), b = data.draw({size.n, size.k}, dtype);
      const Tensor bias = data.draw({size.n}, dtype), none = zeros({size.n}, {.dtype = dtype});
      const Exact<T> plain = exact_product<T>(a, b, none, size), biased = exact_product<T>(a, b, bias, size);
      for (std::size_t i = 0; i < products().size(); ++i) {
        const Product& product = products()[i];
        if (!sweep.wants(product.name)) continue;
        const Exact<T>& exact = product.biased ? biased : plain;
        const bool gated = product.name == "linear and relu";
        const auto y = product.op(a, b, bias).clone().template to_vector<T>();
        const std::int64_t terms = size.k + product.biased;
        worst[i].take(data, terms, error_in_scale(y, gated ? with_relu(exact) : exact, terms),
                      fmt::format("K = {}, {} x {}", size.k, size.m, size.n));
      }
    }
  }
  for (std::size_t i = 0; i < worst.size(); ++i) {
    if (sweep.wants(products()[i].name)) worst[i].add_to(table);
  }
}

}  // namespace

void sweep_products(const Sweep& sweep, Table& table) {
  sweep_type<float>(sweep, table);
  sweep_type<double>(sweep, table);
}

}  // namespace bench
