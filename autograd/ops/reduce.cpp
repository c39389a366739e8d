// Sums, means, logic and logsumexp along dims. Products are in prod.cpp, extremes in extremes.cpp, what is
// composed of these in statistics.cpp.
#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/add_scaled.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/kernels/reduce.hpp"
#include "autograd/kernels/scan.hpp"
#include "autograd/ops/detail/in_place.hpp"
#include "autograd/ops/detail/keep_dims.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using detail::dims_cases;
using detail::keep_dims;
using kernels::Reduce;

Tensor reduce_dims(Reduce how, const Tensor& x, const Dims& dims, bool keepdim, const char* op) {
  const DimSet set = dim_set(dims, static_cast<int>(x.dim()), op);
  return kernels::reduce(how, x, set, reduced_shape(x.shape(), set, keepdim));
}

/// The gradient of a sum of a tensor of `shape`: g for each of the numbers that it adds, without a copy.
Tensor spread(const Tensor& g, const Shape& shape, const Dims& dims, const char* op) {
  return (g.dim() == 0 ? g : keep_dims(g, shape, dims, op)).expand(shape);
}

/// y = sum of x over dims
struct Sum {
  static constexpr std::string_view name = "sum";
  static constexpr bool strided = true;

  Tensor forward(const Tensor& x) const { return reduce_dims(Reduce::sum, x, dims, keepdim, "sum"); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    const Shape& shape = wrt.shape(0);
    wrt(0, [&] { return spread(g, shape, dims, "sum"); });
  }

  Attributes attributes() const { return {{"dim", dims}, {"keepdim", keepdim}}; }
  static Cases<Sum> cases() {
    return dims_cases<Sum>({}).add({.inputs = {{0, 3}}}, Sum{}).add({.inputs = {{0, 3}}}, Sum{{0}});
  }

  Dims dims = {};
  bool keepdim = false;
};

/// y = mean of x over dims, NaN for no elements      dx = g / count
struct Mean {
  static constexpr std::string_view name = "mean";
  static constexpr bool strided = true;

  Tensor forward(const Tensor& x) const {
    check_floating(x.dtype(), name);
    return kernels::binary(kernels::Binary::div, reduce_dims(Reduce::sum, x, dims, keepdim, "mean"),
                           count_in(x.shape()));
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    const Shape& shape = wrt.shape(0);
    wrt(0, [&] { return spread(g / count_in(shape), shape, dims, "mean"); });
  }

  Attributes attributes() const { return {{"dim", dims}, {"keepdim", keepdim}}; }
  static Cases<Mean> cases() {
    return dims_cases<Mean>({})
        .add({.inputs = {{0, 3}}}, Mean{{0}})
        .add({.make =
                  [] {
                    return std::vector{tensor({1, 2}, {.dtype = kInt64})};
                  },
              .error = "mean: expected float32 or float64, got int64"},
             Mean{});
  }

  std::int64_t count_in(const Shape& shape) const {
    return reduced_count(shape, dim_set(dims, shape.size(), "mean"));
  }

  Dims dims = {};
  bool keepdim = false;
};

/// y = x summed down to `shape`
struct SumToSize {
  static constexpr std::string_view name = "sum_to_size";
  static constexpr bool strided = true;

  Tensor forward(const Tensor& x) const {
    check(broadcasts_to(shape, x.shape()),
          "sum_to_size: {} cannot be summed to {}, which does not broadcast to it", x.shape(), shape);
    const int lead = static_cast<int>(x.dim()) - shape.size();
    DimSet set;
    for (int i = 0; i < x.dim(); ++i)
      set[static_cast<std::size_t>(i)] = i < lead || shape[i - lead] != x.shape()[i];
    return kernels::reduce(Reduce::sum, x, set, shape);
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g.expand(wrt.shape(0)); });
  }

  Attributes attributes() const { return {{"size", shape}}; }
  static Cases<SumToSize> cases() {
    return Cases<SumToSize>()
        .add({.inputs = {{2, 3}}}, SumToSize{{3}})
        .add({.inputs = {{2, 3}}}, SumToSize{{2, 1}})
        .add({.inputs = {{2, 3}}}, SumToSize{{}})
        .add({.inputs = {{4, 2, 3}}}, SumToSize{{2, 1}})
        .add({.inputs = {{0, 3}}}, SumToSize{{1, 3}})
        .add({.inputs = {{2, 3}}, .error = "sum_to_size: {2, 3} cannot be summed to {2}"}, SumToSize{{2}});
  }

  Shape shape = {};
};

/// y = sum(x^2)       dx = 2 g x
struct SumSquares {
  static constexpr std::string_view name = "sum_squares";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(const Tensor& x) const {
    check_floating(x.dtype(), name);
    return kernels::reduce(Reduce::sum_squares, x, dim_set({}, static_cast<int>(x.dim()), "sum_squares"), {});
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(
        0, [&] { return 2 * g * x[0]; },
        [&](const Tensor& total) { kernels::add_scaled(total, x[0].contiguous(), 2 * g.item<double>()); });
  }
  static Cases<SumSquares> cases() {
    return {{.inputs = {{2, 3}}},
            {.inputs = {{5}}},
            {.inputs = {{}}},
            {.inputs = {{0, 3}}},
            {.inputs = {{3, 20}}},
            {.make =
                 [] {
                   return std::vector{tensor({1, 2}, {.dtype = kInt64})};
                 },
             .error = "sum_squares: expected float32 or float64, got int64"}};
  }
};

/// y = log(sum(e^x)) over dims     dx = g e^(x - y)
struct Logsumexp {
  static constexpr std::string_view name = "logsumexp";
  static constexpr Reads reads = Reads::inputs_and_output;

  Tensor forward(const Tensor& x) const {
    check_floating(x.dtype(), name);
    const DimSet set = dim_set(dims, static_cast<int>(x.dim()), "logsumexp");
    const Shape shape = reduced_shape(x.shape(), set, keepdim);
    if (reduced_count(x.shape(), set) == 0) {
      return full(shape, -std::numeric_limits<double>::infinity(), {.dtype = x.dtype()});
    }
    Tensor greatest = kernels::reduce(Reduce::max, x, set, reduced_shape(x.shape(), set, true));
    greatest = where(isfinite(greatest), greatest, 0);  // an infinity less itself would be NaN
    const Tensor total = log(kernels::reduce(Reduce::sum, exp(x - greatest), set, greatest.shape()));
    return (total + greatest).view(shape);
  }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    const auto kept = [&](const Tensor& t) { return keep_dims(t, x[0].shape(), dims, "logsumexp"); };
    wrt(0, [&] {
      const Tensor finite = masked_fill(y, y == -std::numeric_limits<double>::infinity(), 0);
      return kept(g) * exp(x[0] - kept(finite));
    });
  }

  Attributes attributes() const { return {{"dim", dims}, {"keepdim", keepdim}}; }
  static Cases<Logsumexp> cases() {
    return dims_cases<Logsumexp>({})
        .add({.inputs = {{0, 3}}}, Logsumexp{{0}})
        .add({.inputs = {{2, 3}}, .low = 999, .high = 1001}, Logsumexp{{1}})
        .add({.make =
                  [] {
                    return std::vector{tensor({1, 2}, {.dtype = kInt64})};
                  },
              .error = "logsumexp: expected float32 or float64, got int64"},
             Logsumexp{});
  }

  Dims dims = {};
  bool keepdim = false;
};

struct Any {
  static constexpr std::string_view name = "any";
  static constexpr bool strided = true;
  Tensor forward(const Tensor& x) const { return reduce_dims(Reduce::any, x, dims, keepdim, "any"); }
  Attributes attributes() const { return {{"dim", dims}, {"keepdim", keepdim}}; }
  static Cases<Any> cases() { return dims_cases<Any>({}).add({.inputs = {{0, 3}}}, Any{{0}}); }

  Dims dims = {};
  bool keepdim = false;
};

struct All {
  static constexpr std::string_view name = "all";
  static constexpr bool strided = true;
  Tensor forward(const Tensor& x) const { return reduce_dims(Reduce::all, x, dims, keepdim, "all"); }
  Attributes attributes() const { return {{"dim", dims}, {"keepdim", keepdim}}; }
  static Cases<All> cases() { return dims_cases<All>({}).add({.inputs = {{0, 3}}}, All{{0}}); }

  Dims dims = {};
  bool keepdim = false;
};

/// y[i] = x[0] + ... + x[i] along dim     dx = the running sum of g from the other end
struct Cumsum {
  static constexpr std::string_view name = "cumsum";

  Tensor forward(const Tensor& x) const {
    return kernels::cumsum(x, wrap_dim(dim, static_cast<int>(x.dim()), "cumsum"));
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g.dim() == 0 ? g : flip(cumsum(flip(g, {dim}), dim), {dim}); });
  }

  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<Cumsum> cases() {
    return Cases<Cumsum>()
        .add({.inputs = {{5}}}, Cumsum{0})
        .add({.inputs = {{2, 3}}}, Cumsum{0})
        .add({.inputs = {{2, 3, 4}}}, Cumsum{-2})
        .add({.inputs = {{3, 2}}}, Cumsum{-1})
        .add({.inputs = {{}}}, Cumsum{0})
        .add({.inputs = {{0, 3}}}, Cumsum{0})
        .add({.inputs = {{2, 3}}, .error = "cumsum: dim 2 is out of range"}, Cumsum{2});
  }

  std::int64_t dim = 0;
};

/// As PyTorch, any and all of uint8 stay uint8.
Tensor mask_of(const Tensor& x, const Tensor& mask) { return x.dtype() == kUInt8 ? mask.to(kUInt8) : mask; }

}  // namespace

Tensor sum(const Tensor& x) { return record(Sum{}, x); }
Tensor sum(const Tensor& x, const Dims& dim, bool keepdim) { return record(Sum{dim, keepdim}, x); }
Tensor mean(const Tensor& x) { return record(Mean{}, x); }
Tensor mean(const Tensor& x, const Dims& dim, bool keepdim) { return record(Mean{dim, keepdim}, x); }
Tensor sum_to_size(const Tensor& x, const Shape& shape) {
  return x.shape() == shape ? x : record(SumToSize{shape}, x);
}

Tensor sum_squares(const Tensor& x) { return record(SumSquares{}, x); }

Tensor logsumexp(const Tensor& x) { return record_floating(Logsumexp{}, x); }
Tensor logsumexp(const Tensor& x, const Dims& dim, bool keepdim) {
  return record_floating(Logsumexp{dim, keepdim}, x);
}

Tensor any(const Tensor& x) { return mask_of(x, record(Any{}, x)); }
Tensor any(const Tensor& x, const Dims& dim, bool keepdim) {
  return mask_of(x, record(Any{dim, keepdim}, x));
}
Tensor all(const Tensor& x) { return mask_of(x, record(All{}, x)); }
Tensor all(const Tensor& x, const Dims& dim, bool keepdim) {
  return mask_of(x, record(All{dim, keepdim}, x));
}

Tensor cumsum(const Tensor& x, Dim dim) { return record(Cumsum{dim}, x); }
const Tensor& Tensor::cumsum_(Dim dim) const {
  return in_place(*this, "cumsum_", {{"dim", dim}},
                  [=](const Tensor& before) { return xtape::cumsum(before, dim); });
}

Tensor sum(const Tensor& x, const Dims& dim, const ReduceOptions& options) {
  return sum(x.to(options.dtype.value_or(x.dtype())), dim, options.keepdim);
}
Tensor mean(const Tensor& x, const Dims& dim, const ReduceOptions& options) {
  return mean(x.to(options.dtype.value_or(x.dtype())), dim, options.keepdim);
}
Tensor logsumexp(const Tensor& x, const Dims& dim, const KeepdimOptions& options) {
  return logsumexp(x, dim, options.keepdim);
}
Tensor any(const Tensor& x, const Dims& dim, const KeepdimOptions& options) {
  return any(x, dim, options.keepdim);
}
Tensor all(const Tensor& x, const Dims& dim, const KeepdimOptions& options) {
  return all(x, dim, options.keepdim);
}
Tensor cumsum(const Tensor& x, Dim dim, const ScanOptions& options) {
  return cumsum(x.to(options.dtype.value_or(x.dtype())), dim);
}

}  // namespace xtape
