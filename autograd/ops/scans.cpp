// Running products, extremes and logsumexp. The gradients of products and of logsumexp are first-order
// recurrences from the end on, which divide by nothing: they are right where there are zeros.
#include "autograd/ops/scans.hpp"

#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/scan.hpp"
#include "autograd/ops/detail/along.hpp"
#include "autograd/ops/detail/in_place.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Cases for O{dim}.
template <class O>
Cases<O> scan_cases(const Case& sample) {
  const auto with_shape = [&](const Shape& shape) {
    Case c = sample;
    c.inputs = {shape};
    return c;
  };
  return Cases<O>()
      .add(with_shape({5}), O{0})
      .add(with_shape({2, 3}), O{0})
      .add(with_shape({2, 3, 4}), O{-2})
      .add(with_shape({3, 2}), O{-1})
      .add(with_shape({}), O{0})
      .add(with_shape({0, 3}), O{0})
      .add({.inputs = {{2, 3}}, .error = std::string(O::name) + ": dim 2 is out of range"}, O{2});
}

/// y[i] = x[i] + a[i] y[i - 1], or from the end on y[i] = x[i] + a[i + 1] y[i + 1]
/// dx = h, the recurrence of g the other way; da[i] = h[i] y[i - 1], or h[i - 1] y[i]
struct Recurrence {
  static constexpr std::string_view name = "recurrence";
  static constexpr Reads reads = Reads::input1 | Reads::output;

  int dim = 0;
  bool reversed = false;

  Tensor forward(const Tensor& x, const Tensor& a) const { return kernels::recurrence(x, a, dim, reversed); }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    if (!wrt.needs(0) && !wrt.needs(1)) return;
    const Tensor h = record(Recurrence{dim, !reversed}, g, x[1]);
    wrt(0, [&] { return h; });
    wrt(1, [&] {
      if (h.numel() == 0) return h;
      return reversed ? shifted(h, dim, 1, 0) * y : h * shifted(y, dim, 1, 0);
    });
  }

  Attributes attributes() const { return {{"dim", dim}, {"reversed", reversed}}; }
  static Cases<Recurrence> cases() {
    return Cases<Recurrence>()
        .add({.inputs = {{5}, {5}}}, {0, false})
        .add({.inputs = {{5}, {5}}}, {0, true})
        .add({.inputs = {{2, 3}, {2, 3}}}, {1, true})
        .add({.inputs = {{3, 2}, {3, 2}}}, {0, false})
        .add({.inputs = {{1}, {1}}}, {0, true})
        .add({.inputs = {{0, 3}, {0, 3}}}, {0, true});
  }
};

/// y[i] = x[0] ... x[i]      dx[i] = x[0] ... x[i - 1] (g[i] + x[i + 1] (g[i + 1] + x[i + 2] (...)))
struct Cumprod {
  static constexpr std::string_view name = "cumprod";
  static constexpr Reads reads = Reads::inputs_and_output;

  std::int64_t dim = 0;

  Tensor forward(const Tensor& x) const {
    return kernels::cumprod(x, wrap_dim(dim, static_cast<int>(x.dim()), "cumprod"));
  }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] {
      if (g.dim() == 0 || g.numel() == 0) return g;
      const int at = wrap_dim(dim, static_cast<int>(g.dim()), "cumprod");
      return record(Recurrence{at, true}, g, x[0]) * shifted(y, at, 1, 1);
    });
  }

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<Cumprod> cases() {
    const auto with_zeros = [] {
      return std::vector{tensor({{2.0, 0.0, 3.0, 0.5}, {0.0, 0.0, 3.0, 1.0}}, {.dtype = kFloat64})};
    };
    return scan_cases<Cumprod>({.low = 0.5, .high = 2})
        .add({.make = with_zeros}, {1})
        .add({.make = with_zeros}, {0});
  }
};

/// y[i] = log(e^x[0] + ... + e^x[i])      dx[i] = e^(x[i] - y[i]) (g[i] + e^(y[i] - y[i + 1]) (g[i + 1] +
/// ...))
struct Logcumsumexp {
  static constexpr std::string_view name = "logcumsumexp";
  static constexpr Reads reads = Reads::inputs_and_output;

  std::int64_t dim = 0;

  Tensor forward(const Tensor& x) const {
    return kernels::logcumsumexp(x, wrap_dim(dim, static_cast<int>(x.dim()), "logcumsumexp"));
  }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] {
      if (g.dim() == 0 || g.numel() == 0) return g;
      const int at = wrap_dim(dim, static_cast<int>(g.dim()), "logcumsumexp");
      const Tensor finite = masked_fill(y, y == -kInfinity, 0);  // an infinity less itself would be NaN
      const Tensor growth = exp(shifted(finite, at, 1, -kInfinity) - finite);
      return record(Recurrence{at, true}, g, growth) * exp(x[0] - finite);
    });
  }

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<Logcumsumexp> cases() {
    return scan_cases<Logcumsumexp>({}).add({.inputs = {{2, 3}}, .low = 999, .high = 1001}, {1});
  }
};

/// {values, indices} of the greatest (else the smallest) so far      dx = g added up at the indices
template <bool greatest>
struct Cumextreme {
  static constexpr std::string_view name = greatest ? "cummax" : "cummin";
  static constexpr Reads reads = Reads::output;

  std::int64_t dim = 0;

  std::array<Tensor, 2> forward(const Tensor& x) const {
    return kernels::cumextremum(greatest, x, wrap_dim(dim, static_cast<int>(x.dim()), name.data()));
  }
  void vjp(const Inputs&, const Outputs& y, const Outputs& g, Wrt& wrt) const {
    wrt(0, [&] { return place_at(y[1], g[0], wrt.shape(0), dim, name.data()); });
  }

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<Cumextreme> cases() { return scan_cases<Cumextreme>({.distinct = true}); }
};

template <bool greatest>
ValuesIndices running_extreme(const Tensor& x, Dim dim) {
  const auto [values, indices] = record(Cumextreme<greatest>{dim}, x);
  return {values, indices};
}

}  // namespace

Tensor cumprod(const Tensor& x, Dim dim) { return record(Cumprod{dim}, x); }
const Tensor& Tensor::cumprod_(Dim dim) const {
  return in_place(*this, "cumprod_", {{"dim", dim}},
                  [=](const Tensor& before) { return xtape::cumprod(before, dim); });
}
Tensor logcumsumexp(const Tensor& x, Dim dim) { return record_floating(Logcumsumexp{dim}, x); }

ValuesIndices cummax(const Tensor& x, Dim dim) { return running_extreme<true>(x, dim); }
ValuesIndices cummin(const Tensor& x, Dim dim) { return running_extreme<false>(x, dim); }

Tensor cumprod(const Tensor& x, Dim dim, const ScanOptions& options) {
  return cumprod(x.to(options.dtype.value_or(x.dtype())), dim);
}

}  // namespace xtape
