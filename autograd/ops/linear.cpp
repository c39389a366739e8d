// linear and add_bias: what the layers of a net are made of.
#include "autograd/kernels/elementwise.hpp"
#include "autograd/kernels/straight.hpp"
#include "autograd/ops/detail/factors.hpp"
#include "autograd/ops/detail/promotion.hpp"
#include "autograd/ops/matmul.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// y = x W^T + b, x {n, in}, W {out, in}, b {out}      dx = g W, dW = g^T x, db = sum of g's rows
struct Linear {
  static constexpr std::string_view name = "linear";
  static constexpr Reads reads = Reads::input0 | Reads::input1;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& x, const Tensor& weight, const Tensor& bias) const {
    const std::int64_t n = x.shape()[0], out = weight.shape()[0];
    const kernels::Straight a(x), w(weight);
    const Tensor b = bias.contiguous();
    const Tensor y = make_tensor({n, out}, x.dtype());
    visit_floating(x.dtype(), "linear", [&](auto zero) {
      using T = decltype(zero);
      kernels::Matrix<T> wt = kernels::matrix<T>(w);
      wt.transposed = !wt.transposed;
      kernels::gemm_bias<T>(n, out, x.shape()[1], kernels::matrix<T>(a), wt, b.data<T>(), y.data<T>());
    });
    return y;
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    give_product(wrt, 0, [&] { return Factors{{g}, {x[1]}}; });
    give_product(wrt, 1, [&] { return Factors{{g, true}, {x[0]}}; });
    wrt(2, [&] { return sum(g, 0); });
  }
  static Cases<Linear> cases() {
    return {{.inputs = {{3, 4}, {2, 4}, {2}}},
            {.inputs = {{1, 4}, {3, 4}, {3}}},
            {.inputs = {{0, 4}, {2, 4}, {2}}},
            {.inputs = {{2, 0}, {3, 0}, {3}}},
            {.inputs = {{5, 3}, {1, 3}, {1}}}};
  }
};

/// y = x + b, the bias b {n} added to every row of x {..., n}      dx = g, db = sum of g's rows
struct AddBias {
  static constexpr std::string_view name = "add_bias";

  Tensor forward(const Tensor& x, const Tensor& bias) const {
    check(x.dim() >= 1 && bias.dim() == 1 && x.shape().back() == bias.shape()[0],
          "add_bias: a bias of shape {} does not fit rows of {}", bias.shape(), x.shape());
    return kernels::binary(kernels::Binary::add, x, bias);
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g; });
    wrt(1, [&] { return g; });  // summed to the bias's shape by wrt
  }
  static double reference(double x, double b) { return x + b; }
  static Cases<AddBias> cases() {
    return {{.inputs = {{2, 3}, {3}}},
            {.inputs = {{2, 2, 3}, {3}}},
            {.inputs = {{3}, {3}}},
            {.inputs = {{0, 3}, {3}}},
            {.inputs = {{2, 3}, {2}}, .error = "a bias of shape {2} does not fit rows of {2, 3}"}};
  }
};

/// f of x's rows {n, in}, as {..., out} for a weight {out, in}.
template <class F>
Tensor of_rows(const Tensor& x, const Tensor& weight, const F& f) {
  if (x.dim() == 2) return f(x);
  Shape shape = x.shape(), rows = x.shape();
  rows.erase(rows.size() - 1);
  shape[shape.size() - 1] = weight.size(0);
  return f(x.reshape({rows.numel(), x.size(-1)})).reshape(shape);
}

}  // namespace

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (is_traced()) [[unlikely]]
    return report("linear", {x, weight, bias}, {}, [&] { return linear(x, weight, bias); });
  check(weight.dim() == 2 && x.dim() >= 1 && x.shape().back() == weight.shape()[1],
        "linear: an input of shape {} does not fit a weight of shape {}; expected the last size {}",
        x.shape(), weight.shape(), weight.dim() == 2 ? weight.shape()[1] : 0);
  check(bias.dim() == 1 && bias.shape()[0] == weight.shape()[0],
        "linear: a bias of shape {} does not fit a weight of shape {}", bias.shape(), weight.shape());
  check(x.dtype() == weight.dtype() && x.dtype() == bias.dtype(),
        "linear: the input is {}, the weight {} and the bias {}; expected one dtype", x.dtype(),
        weight.dtype(), bias.dtype());
  return of_rows(x, weight, [&](const Tensor& rows) { return record(Linear{}, rows, weight, bias); });
}

Tensor linear(const Tensor& x, const Tensor& weight) {
  if (is_traced()) [[unlikely]]
    return report("linear", {x, weight}, {}, [&] { return linear(x, weight); });
  check((weight.dim() == 1 || weight.dim() == 2) && x.dim() >= 1 && x.size(-1) == weight.size(-1),
        "linear: an input of shape {} does not fit a weight of shape {}", x.shape(), weight.shape());
  if (weight.dim() == 1) return matmul(x, weight);
  check_dtypes(x, weight, "linear");
  return of_rows(x, weight, [&](const Tensor& rows) { return product({{rows}, {weight, true}}); });
}

Tensor add_bias(const Tensor& x, const Tensor& bias) {
  const DType dtype = result_type(x, bias);
  return record(AddBias{}, x.to(dtype), bias.to(dtype));
}

}  // namespace xtape
