// Products along a dim, with a gradient that is right where there are zeros.
#include "autograd/ops/prod.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/reduce.hpp"
#include "autograd/ops/detail/along.hpp"
#include "autograd/ops/detail/keep_dims.hpp"

namespace xtape {

using namespace op;

namespace {

/// The products of all elements but one along dim. A doubling scan of shifted products gives those before and
/// those after each element, so no division meets a zero, and it is differentiable to any order.
Tensor products_of_others(const Tensor& x, int dim) {
  const std::int64_t n = x.size(dim);
  const auto shifted = [&](const Tensor& p, std::int64_t by) { return detail::shifted(p, dim, by, 1); };
  Tensor before = shifted(x, 1), after = shifted(x, -1);
  for (std::int64_t by = 1; by < n; by *= 2) {
    before = before * shifted(before, by);
    after = after * shifted(after, -by);
  }
  return before * after;
}

/// y = product of x along dim     dx = g y / x, or g times the product of the others where x holds zeros
struct Prod {
  static constexpr std::string_view name = "prod";
  static constexpr Reads reads = Reads::inputs_and_output;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& x) const {
    const DimSet set = dim_set({dim}, static_cast<int>(x.dim()), "prod");
    return kernels::reduce(kernels::Reduce::prod, x, set, reduced_shape(x.shape(), set, keepdim));
  }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    const auto kept = [&](const Tensor& t) { return detail::keep_dims(t, x[0].shape(), {dim}, "prod"); };
    wrt(0, [&] {
      if (x[0].dim() == 0) return g;
      if (!any(x[0].detach() == 0).item<bool>()) return kept(g) * kept(y) / x[0];
      return kept(g) * products_of_others(x[0], wrap_dim(dim, static_cast<int>(x[0].dim()), "prod"));
    });
  }

  Attributes attributes() const { return {{"dim", dim}, {"keepdim", keepdim}}; }
  static Cases<Prod> cases() {
    const auto with_zeros = [] {
      return std::vector<Tensor>{
          tensor({{2.0, 0.0, 3.0}, {0.0, 0.0, 3.0}, {1.5, 2.0, -3.0}}, {.dtype = kFloat64})};
    };
    return Cases<Prod>()
        .add({.inputs = {{5}}, .low = 0.5, .high = 2}, Prod{0})
        .add({.inputs = {{2, 3}}, .low = -2, .high = -0.5}, Prod{1, true})
        .add({.inputs = {{3, 2, 2}}, .low = 0.5, .high = 2}, Prod{-2})
        .add({.inputs = {{}}}, Prod{0})
        .add({.inputs = {{0, 3}}}, Prod{0})
        .add({.inputs = {{0, 3}}}, Prod{1})
        .add({.make = with_zeros}, Prod{0})
        .add({.make = with_zeros}, Prod{1, true})
        .add({.inputs = {{2, 3}}, .error = "prod: dim 2 is out of range"}, Prod{2});
  }

  std::int64_t dim = 0;
  bool keepdim = false;
};

}  // namespace

Tensor prod(const Tensor& x) { return record(Prod{0}, reshape(x, {-1})); }
Tensor prod(const Tensor& x, const Dims& dim, bool keepdim) {
  const DimSet set = dim_set(dim, static_cast<int>(x.dim()), "prod");
  if (x.dim() == 0) return record(Prod{0, keepdim}, x);
  Tensor y = x;
  for (int d = static_cast<int>(x.dim()) - 1; d >= 0; --d) {
    if (set[static_cast<std::size_t>(d)]) y = record(Prod{d, keepdim}, y);
  }
  return y;
}

Tensor prod(const Tensor& x, const Dims& dim, const ReduceOptions& options) {
  return prod(x.to(options.dtype.value_or(x.dtype())), dim, options.keepdim);
}

}  // namespace xtape
