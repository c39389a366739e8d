// Products. A transposed operand stays as it is: its strides become a flag of the product.
#include "autograd/ops/matmul.hpp"

#include <algorithm>

#include "autograd/base/parallel.hpp"
#include "autograd/graph/record.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/kernels/gemm.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using kernels::Matrix;

/// The last two dims of x as BLAS can take them: rows (or columns, for a transposed matrix) in one piece
/// each, at a fixed distance. A dim of size 1 has no stride to speak of.
struct Layout {
  bool fits = false;
  std::int64_t leading = 0;
};
Layout layout(std::int64_t rows, std::int64_t row_stride, std::int64_t columns, std::int64_t column_stride) {
  const std::int64_t least = std::max<std::int64_t>(1, columns);
  const std::int64_t leading = rows <= 1 ? least : row_stride;
  return {(columns <= 1 || column_stride == 1) && leading >= least, leading};
}
Layout by_rows(const Tensor& x) {
  const int row = x.dim() - 2, column = x.dim() - 1;
  return layout(x.shape()[row], x.strides()[row], x.shape()[column], x.strides()[column]);
}
Layout by_columns(const Tensor& x) {
  const int row = x.dim() - 2, column = x.dim() - 1;
  return layout(x.shape()[column], x.strides()[column], x.shape()[row], x.strides()[row]);
}

/// x itself where BLAS can take it, else a copy of it.
class Straight {
 public:
  explicit Straight(const Tensor& x) : given_(x) {
    if (!by_rows(x).fits && !by_columns(x).fits) copy_ = x.contiguous();
  }
  operator const Tensor&() const { return copy_.defined() ? copy_ : given_; }  // NOLINT: what it stands for

 private:
  const Tensor& given_;
  Tensor copy_;
};

/// Matrix number `batch` of a straight tensor of two or three dims.
template <class T>
Matrix<T> matrix(const Tensor& x, std::int64_t batch = 0) {
  const auto* data = reinterpret_cast<const T*>(x.raw()) + (x.dim() > 2 ? batch * x.strides()[0] : 0);
  const Layout rows = by_rows(x);
  return rows.fits ? Matrix<T>{data, rows.leading, false} : Matrix<T>{data, by_columns(x).leading, true};
}

/// Calls f with a zero of the element type; bools have no products.
template <class F>
void visit_product(DType dtype, const F& f) {
  visit(dtype, [&](auto zero) {
    if constexpr (!std::is_same_v<decltype(zero), bool>) f(zero);
  });
}

/// A 2-d operand as it is, or transposed.
struct Factor {
  const Tensor& x;
  bool transposed = false;

  std::int64_t rows() const { return x.shape()[transposed ? 1 : 0]; }
  std::int64_t columns() const { return x.shape()[transposed ? 0 : 1]; }
};
struct Factors {
  Factor left, right;
};

/// c = left right, or c += left right where `adds`, unrecorded, for operands of c's dtype.
void multiply(const Factors& of, bool adds, const Tensor& c) {
  const Straight a(of.left.x), b(of.right.x);
  visit_product(c.dtype(), [&](auto zero) {
    using T = decltype(zero);
    Matrix<T> x = matrix<T>(a), y = matrix<T>(b);
    x.transposed ^= of.left.transposed;
    y.transposed ^= of.right.transposed;
    kernels::gemm<T>(of.left.rows(), of.right.columns(), of.left.columns(), x, y, adds, c.data<T>());
  });
}

Tensor product(const Factors& of);

/// Gives the product of `factors()` as the gradient of input i.
template <class F>
void give_product(Wrt& wrt, std::size_t i, const F& factors) {
  wrt(
      i, [&] { return product(factors()); }, [&](const Tensor& sum) { multiply(factors(), true, sum); });
}

/// c = a b for 2-d operands, each as it is or transposed; neither is copied for that.
/// da = g b^T, db = a^T g, and where an operand is transposed, the transpose of that.
struct MatMul {
  static constexpr std::string_view name = "matmul";
  static constexpr Reads reads = Reads::others;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const {
    const Factor left{a, a_transposed}, right{b, b_transposed};
    check(left.columns() == right.rows(), "matmul: cannot multiply {} by {}; inner sizes {} and {} differ",
          Shape{left.rows(), left.columns()}, Shape{right.rows(), right.columns()}, left.columns(),
          right.rows());
    Tensor c = make_tensor({left.rows(), right.columns()}, a.dtype());
    multiply({left, right}, false, c);
    return c;
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    give_product(wrt, 0, [&] {
      return a_transposed ? Factors{{x[1], b_transposed}, {g, true}} : Factors{{g}, {x[1], !b_transposed}};
    });
    give_product(wrt, 1, [&] {
      return b_transposed ? Factors{{g, true}, {x[0], a_transposed}} : Factors{{x[0], !a_transposed}, {g}};
    });
  }
  Attributes attributes() const { return {{"a_transposed", a_transposed}, {"b_transposed", b_transposed}}; }
  static Cases<MatMul> cases() {
    return Cases<MatMul>{
        {.inputs = {{3, 4}, {4, 2}}},    {.inputs = {{1, 4}, {4, 1}}},
        {.inputs = {{3, 1}, {1, 5}}},    {.inputs = {{2, 3}, {3, 3}}},
        {.inputs = {{0, 3}, {3, 2}}},    {.inputs = {{2, 0}, {0, 3}}},
        {.inputs = {{17, 33}, {33, 9}}}, {.inputs = {{2, 3}, {4, 5}}, .error = "inner sizes 3 and 4 differ"}}
        .add({.inputs = {{4, 3}, {4, 2}}}, MatMul{.a_transposed = true})
        .add({.inputs = {{3, 4}, {2, 4}}}, MatMul{.b_transposed = true})
        .add({.inputs = {{4, 3}, {2, 4}}}, MatMul{.a_transposed = true, .b_transposed = true})
        .add({.inputs = {{2, 3}, {4, 5}}, .error = "cannot multiply {3, 2} by {4, 5}"},
             MatMul{.a_transposed = true});
  }

  bool a_transposed = false;
  bool b_transposed = false;
};

Tensor product(const Factors& of) {
  return record(MatMul{of.left.transposed, of.right.transposed}, of.left.x, of.right.x);
}

/// c[i] = a[i] b[i] for 3-d operands.
struct Bmm {
  static constexpr std::string_view name = "bmm";
  static constexpr Reads reads = Reads::others;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const {
    check(a.dim() == 3 && b.dim() == 3 && a.shape()[0] == b.shape()[0] && a.shape()[2] == b.shape()[1],
          "bmm: cannot multiply {} by {}; expected {{b, m, k}} and {{b, k, n}}", a.shape(), b.shape());
    const Straight x(a), y(b);
    const std::int64_t m = a.shape()[1], n = b.shape()[2], k = a.shape()[2];
    const Tensor c = make_tensor({a.shape()[0], m, n}, a.dtype());
    if (c.numel() == 0) return c;  // of any number of products
    visit_product(a.dtype(), [&](auto zero) {
      using T = decltype(zero);
      // Some 50 us are worth waking a thread.
      const double operations =
          2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
      parallel_for(a.shape()[0], static_cast<std::int64_t>(4e6 / std::max(operations, 1.0)) + 1,
                   [&](std::int64_t i, std::int64_t end) {
                     for (; i < end; ++i)
                       kernels::gemm<T>(m, n, k, matrix<T>(x, i), matrix<T>(y, i), false,
                                        c.data<T>() + i * m * n);
                   });
    });
    return c;
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return bmm(g, transpose(x[1], 1, 2)); });
    wrt(1, [&] {
      // The gradient of a transpose is given as one, so that whoever transposed b gets it back without a
      // copy.
      const bool turned = x[1].defined() && !by_rows(x[1]).fits;
      return turned ? transpose(bmm(transpose(g, 1, 2), x[0]), 1, 2) : bmm(transpose(x[0], 1, 2), g);
    });
  }
  static Cases<Bmm> cases() {
    return {{.inputs = {{2, 3, 4}, {2, 4, 2}}},
            {.inputs = {{1, 1, 3}, {1, 3, 1}}},
            {.inputs = {{0, 2, 3}, {0, 3, 2}}},
            {.inputs = {{2, 3, 4}, {3, 4, 2}}, .error = "expected {b, m, k} and {b, k, n}"},
            {.inputs = {{2, 3}, {3, 2}}, .error = "cannot multiply {2, 3} by {3, 2}"}};
  }
};

/// y = x W^T + b, x {n, in}, W {out, in}, b {out}      dx = g W, dW = g^T x, db = sum of g's rows
struct Linear {
  static constexpr std::string_view name = "linear";
  static constexpr Reads reads = Reads::input0 | Reads::input1;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& x, const Tensor& weight, const Tensor& bias) const {
    const std::int64_t n = x.shape()[0], out = weight.shape()[0];
    const Straight a(x), w(weight);
    const Tensor b = bias.contiguous();
    const Tensor y = make_tensor({n, out}, x.dtype());
    visit_floating(x.dtype(), "linear", [&](auto zero) {
      using T = decltype(zero);
      Matrix<T> wt = matrix<T>(w);
      wt.transposed = !wt.transposed;
      kernels::gemm_bias<T>(n, out, x.shape()[1], matrix<T>(a), wt, b.data<T>(), y.data<T>());
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

void check_dtypes(const Tensor& a, const Tensor& b, const char* op) {
  check(a.dtype() == b.dtype(), "{}: cannot multiply {} by {}; convert one of them with to()", op, a.dtype(),
        b.dtype());
  check(a.dtype() != kBool, "{}: a product of bool tensors is not defined; convert them with to()", op);
}

Shape without_matrix_dims(const Shape& shape) { return Shape(shape.begin(), shape.end() - 2); }

/// x {..., r, c} broadcast over `batch` and folded to {count, r, c}.
Tensor fold_batch(const Tensor& x, Shape batch) {
  const std::int64_t rows = x.size(-2), columns = x.size(-1), count = batch.numel();
  batch.push_back(rows);
  batch.push_back(columns);
  return x.expand(batch).reshape({count, rows, columns});
}

Tensor batched_matmul(const Tensor& a, const Tensor& b) {
  check(a.size(-1) == b.size(-2), "matmul: cannot multiply {} by {}; inner sizes {} and {} differ", a.shape(),
        b.shape(), a.size(-1), b.size(-2));
  Shape shape = broadcast_shapes(without_matrix_dims(a.shape()), without_matrix_dims(b.shape()), "matmul");
  if (b.dim() == 2) {  // one product of all rows
    shape.push_back(a.size(-2));
    shape.push_back(b.size(-1));
    const std::int64_t rows = Shape(a.shape().begin(), a.shape().end() - 1).numel();
    return record(MatMul{}, a.reshape({rows, a.size(-1)}), b).reshape(shape);
  }
  const Tensor c = record(Bmm{}, fold_batch(a, shape), fold_batch(b, shape));
  shape.push_back(a.size(-2));
  shape.push_back(b.size(-1));
  return c.reshape(shape);
}

/// f of x's rows {n, in}, as {..., out} for a weight {out, in}.
template <class F>
Tensor of_rows(const Tensor& x, const Tensor& weight, const F& f) {
  if (x.dim() == 2) return f(x);
  Shape shape = x.shape();
  std::int64_t rows = 1;
  for (int d = 0; d + 1 < shape.size(); ++d) rows *= shape[d];
  shape[shape.size() - 1] = weight.size(0);
  return f(x.reshape({rows, x.size(-1)})).reshape(shape);
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b) {
  if (is_traced()) [[unlikely]]
    return report("matmul", {a, b}, {}, [&] { return matmul(a, b); });
  check_dtypes(a, b, "matmul");
  check(a.dim() > 0 && b.dim() > 0, "matmul: cannot multiply {} by {}; 0-d tensors are multiplied by *",
        a.shape(), b.shape());
  if (a.dim() == 1 && b.dim() == 1) {
    check(a.numel() == b.numel(), "matmul: cannot multiply {} by {}; inner sizes {} and {} differ", a.shape(),
          b.shape(), a.numel(), b.numel());
    return record(MatMul{}, a.unsqueeze(0), b.unsqueeze(1)).reshape({});
  }
  if (a.dim() == 1) return matmul(a.unsqueeze(0), b).squeeze(-2);
  if (b.dim() == 1) return matmul(a, b.unsqueeze(1)).squeeze(-1);
  if (a.dim() == 2 && b.dim() == 2) return record(MatMul{}, a, b);
  return batched_matmul(a, b);
}

Tensor mm(const Tensor& a, const Tensor& b) {
  check(a.dim() == 2 && b.dim() == 2, "mm: expected two 2-d tensors, got {} and {}; matmul takes others",
        a.shape(), b.shape());
  return matmul(a, b);
}

Tensor bmm(const Tensor& a, const Tensor& b) {
  check_dtypes(a, b, "bmm");
  return record(Bmm{}, a, b);
}

Tensor dot(const Tensor& a, const Tensor& b) {
  check(a.dim() == 1 && b.dim() == 1 && a.numel() == b.numel(),
        "dot: expected two 1-d tensors of one size, got {} and {}", a.shape(), b.shape());
  return matmul(a, b);
}

Tensor outer(const Tensor& a, const Tensor& b) {
  check(a.dim() == 1 && b.dim() == 1, "outer: expected two 1-d tensors, got {} and {}", a.shape(), b.shape());
  return a.unsqueeze(1) * b;
}

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
  return of_rows(x, weight,
                 [&](const Tensor& rows) { return record(MatMul{.b_transposed = true}, rows, weight); });
}

Tensor add_bias(const Tensor& x, const Tensor& bias) {
  const DType dtype = result_type(x, bias);
  return record(AddBias{}, x.to(dtype), bias.to(dtype));
}

}  // namespace xtape
