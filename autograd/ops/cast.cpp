// Fresh copies: clone, contiguous, and the conversion to another dtype.
#include "autograd/ops/cast.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/copy.hpp"

namespace xtape {

using namespace op;

namespace {

/// y = x in a new contiguous buffer.
struct Clone {
  static constexpr std::string_view name = "clone";
  static constexpr bool strided = true;

  Tensor forward(const Tensor& x) const { return kernels::converted(x, x.dtype()); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g; });
  }

  static double reference(double x) { return x; }
  static Cases<Clone> cases() {
    return {{.inputs = {{2, 3, 4}}}, {.inputs = {{}}}, {.inputs = {{0, 3}}}, {.special = {0, -0.0, 1e300}}};
  }
};

/// y = x as another dtype; the gradient comes back in x's.
struct Cast {
  static constexpr std::string_view name = "cast";
  static constexpr bool strided = true;

  DType dtype = kFloat64;

  Tensor forward(const Tensor& x) const { return kernels::converted(x, dtype); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g.to(wrt.dtype(0)); });
  }

  static double reference(double x) { return x; }
  Attributes attributes() const { return {{"dtype", dtype}}; }
  static Cases<Cast> cases() {
    return Cases<Cast>()
        .add({.inputs = {{2, 3}}}, {kFloat64})
        .add({.inputs = {{}}}, {kFloat64})
        .add({.inputs = {{0, 3}}}, {kFloat64});
  }
};

}  // namespace

Tensor cast(const Tensor& x, DType dtype) { return record(Cast{dtype}, x); }

Tensor Tensor::clone() const { return record(Clone{}, *this); }

Tensor Tensor::contiguous() const { return is_contiguous() ? *this : clone(); }

}  // namespace xtape
