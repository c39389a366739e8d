// Products. A transposed operand stays as it is: its strides become a flag of the product.
#include "autograd/ops/matmul.hpp"

#include <algorithm>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/straight.hpp"
#include "autograd/ops/detail/factors.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// Calls f with a zero of the element type; bools have no products.
template <class F>
void visit_product(DType dtype, const F& f) {
  visit(dtype, [&](auto zero) {
    if constexpr (!std::is_same_v<decltype(zero), bool>) f(zero);
  });
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

/// c[i] = a[i] b[i] for 3-d operands.
struct Bmm {
  static constexpr std::string_view name = "bmm";
  static constexpr Reads reads = Reads::others;
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const {
    check(a.dim() == 3 && b.dim() == 3 && a.shape()[0] == b.shape()[0] && a.shape()[2] == b.shape()[1],
          "bmm: cannot multiply {} by {}; expected {{b, m, k}} and {{b, k, n}}", a.shape(), b.shape());
    const kernels::Straight x(a), y(b);
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
                       kernels::gemm<T>(m, n, k, kernels::matrix<T>(x, i), kernels::matrix<T>(y, i), false,
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
      const bool turned = x[1].defined() && !kernels::by_rows(x[1]).fits;
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

}  // namespace

void detail::multiply(const Factors& of, bool adds, const Tensor& c) {
  const kernels::Straight a(of.left.x), b(of.right.x);
  visit_product(c.dtype(), [&](auto zero) {
    using T = decltype(zero);
    kernels::Matrix<T> x = kernels::matrix<T>(a), y = kernels::matrix<T>(b);
    x.transposed ^= of.left.transposed;
    y.transposed ^= of.right.transposed;
    kernels::gemm<T>(of.left.rows(), of.right.columns(), of.left.columns(), x, y, adds, c.data<T>());
  });
}

Tensor detail::product(const Factors& of) {
  return record(MatMul{of.left.transposed, of.right.transposed}, of.left.x, of.right.x);
}

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

}  // namespace xtape
