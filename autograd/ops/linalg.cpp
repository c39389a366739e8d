// Linear algebra by the factors of LU and Cholesky: inverses, solutions and determinants. What needs
// eigenvalues or singular values is in spectral.cpp.
#include "autograd/ops/linalg.hpp"

#include <array>
#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/lapack.hpp"
#include "autograd/ops/detail/matrices.hpp"
#include "autograd/ops/inverse.hpp"
#include "autograd/tensor/results.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// {..., 1, 1}, to be multiplied with matrices.
Tensor as_factor(const Tensor& x) { return unsqueeze(unsqueeze(x, -1), -1); }

const auto kSingular = [] {
  return std::vector{tensor({{{2.0, 1.0}, {1.0, 1.0}}, {{1.0, 2.0}, {2.0, 4.0}}}, {.dtype = kFloat64})};
};

/// Cases for an op of square matrices.
template <class O>
Cases<O> square_cases() {
  const std::string name(O::name);
  Cases<O> cases;
  for (const Shape& shape : {Shape{3, 3}, Shape{1, 1}, Shape{2, 3, 3}, Shape{2, 1, 2, 2}, Shape{0, 2, 2}})
    cases.add({.make = [shape] { return std::vector{regular_matrices(shape)}; }});
  return cases.add({.inputs = {{2, 3}}, .error = name + ": expected square matrices, got {2, 3}"})
      .add({.inputs = {{3}}, .error = name + ": expected a matrix or a batch of them, got {3}"});
}

/// y = a^-1      da = -y^T g y^T
struct Inverse {
  static constexpr std::string_view name = "linalg_inv";
  static constexpr Reads reads = Reads::output;

  Tensor forward(const Tensor& a) const {
    check_square(a, name);
    return kernels::inverse(a, name);
  }
  void vjp(const Inputs&, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return -matmul(matmul(turned(y), g), turned(y)); });
  }
  static Cases<Inverse> cases() {
    return square_cases<Inverse>()
        .add({.make = kSingular,
              .error = "linalg_inv: the matrix at {1} of the batch is singular: pivot 1 of 2 is 0"})
        .add({.make =
                  [] {
                    return std::vector{zeros({2, 2}, {.dtype = kFloat64})};
                  },
              .error = "linalg_inv: the matrix is singular: pivot 0 of 2 is 0"});
  }
};

/// a x = b, or a^T x = b where `transposed`, for a {..., n, n} and b {..., n, k} of one batch
/// db = h with a^T h = g (a h = g), da = -h x^T (-x h^T)
struct Solve {
  static constexpr std::string_view name = "linalg_solve";
  static constexpr Reads reads = Reads::input0 | Reads::output;

  bool transposed = false;

  Tensor forward(const Tensor& a, const Tensor& b) const {
    check_square(a, name);
    return kernels::solve(a, b, transposed, name);
  }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    if (!wrt.needs(0) && !wrt.needs(1)) return;
    const Tensor h = record(Solve{!transposed}, x[0], g);
    wrt(0, [&] { return -(transposed ? matmul(y, turned(h)) : matmul(h, turned(y))); });
    wrt(1, [&] { return h; });
  }
  Attributes attributes() const { return {{"transposed", transposed}}; }
  static Cases<Solve> cases() {
    Cases<Solve> cases;
    const auto add = [&](const Shape& a, const Shape& b, bool transposed) {
      cases.add({.make =
                     [=] {
                       return std::vector{regular_matrices(a), randn(b, {.dtype = kFloat64})};
                     }},
                {transposed});
    };
    add({3, 3}, {3, 2}, false);
    add({3, 3}, {3, 2}, true);
    add({2, 3, 3}, {2, 3, 1}, false);
    add({1, 1}, {1, 4}, true);
    add({0, 2, 2}, {0, 2, 1}, false);
    add({2, 2}, {2, 0}, false);
    return cases
        .add({.make =
                  [] {
                    return std::vector{kSingular()[0], ones({2, 2, 1}, {.dtype = kFloat64})};
                  },
              .error = "linalg_solve: the matrix at {1} of the batch is singular"})
        .add({.inputs = {{2, 3}, {2, 1}}, .error = "linalg_solve: expected square matrices, got {2, 3}"});
  }
};

/// y = det(a)      da = g y a^-T
struct Det {
  static constexpr std::string_view name = "linalg_det";
  static constexpr Reads reads = Reads::inputs_and_output;

  Tensor forward(const Tensor& a) const {
    check_square(a, name);
    return kernels::det(a);
  }
  void vjp(const Inputs& a, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return as_factor(g * y) * turned(linalg::inv(a[0])); });
  }
  static Cases<Det> cases() { return square_cases<Det>(); }
};

/// {sign, log|det|}      da = g a^-T
struct Slogdet {
  static constexpr std::string_view name = "linalg_slogdet";
  static constexpr Reads reads = Reads::inputs;

  std::array<Tensor, 2> forward(const Tensor& a) const {
    check_square(a, name);
    return kernels::slogdet(a);
  }
  void vjp(const Inputs& a, const Outputs&, const Outputs& g, Wrt& wrt) const {
    wrt(0, [&] {
      return g[1].defined() ? as_factor(g[1]) * turned(linalg::inv(a[0]))
                            : zeros_like(a[0]);  // the sign is constant
    });
  }
  static Cases<Slogdet> cases() { return square_cases<Slogdet>(); }
};

/// The lower triangular y with y y^T = (a + a^T) / 2
/// da = y^-T s y^-1, made symmetric, with s the lower triangle of y^T g, its diagonal halved
struct Cholesky {
  static constexpr std::string_view name = "linalg_cholesky";
  static constexpr Reads reads = Reads::output;

  Tensor forward(const Tensor& a) const {
    check_square(a, name);
    return kernels::cholesky(((a + turned(a)) / 2).contiguous(), name);
  }
  void vjp(const Inputs&, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] {
      const Tensor lower = tril(matmul(turned(y), g));
      const Tensor halved = lower - diag_embed(diagonal(lower, 0, -2, -1)) / 2;
      const Tensor inverse = linalg::inv(y);
      const Tensor one_sided = matmul(matmul(turned(inverse), halved), inverse);
      return (one_sided + turned(one_sided)) / 2;
    });
  }
  static Cases<Cholesky> cases() {
    const auto positive = [](const Shape& shape) {
      return [shape] {
        const Tensor x = regular_matrices(shape);
        return std::vector{matmul(x, turned(x)).contiguous()};
      };
    };
    return {
        {.make = positive({3, 3})},
        {.make = positive({1, 1})},
        {.make = positive({2, 2, 2})},
        {.make = positive({0, 2, 2})},
        {.make =
             [] {
               return std::vector{stack({eye(2), -eye(2)}).to(kFloat64)};
             },
         .error =
             "linalg_cholesky: the matrix at {1} of the batch is not positive definite: its leading minor of "
             "order 1 is not"},
        {.inputs = {{2, 3}}, .error = "linalg_cholesky: expected square matrices, got {2, 3}"}};
  }
};

/// a and b, with batches that broadcast, as one batch each.
std::array<Tensor, 2> one_batch(const Tensor& a, const Tensor& b) {
  const auto batch_of = [](const Tensor& x) { return Shape(x.shape().begin(), x.shape().end() - 2); };
  const Shape batch = broadcast_shapes(batch_of(a), batch_of(b), "linalg_solve");
  const auto expanded = [&](const Tensor& x) {
    Shape shape = batch;
    shape.push_back(x.size(-2));
    shape.push_back(x.size(-1));
    return x.expand(shape);
  };
  return {expanded(a), expanded(b)};
}

/// Whether b is a batch of vectors for matrices a, as PyTorch sees it.
bool holds_vectors(const Tensor& a, const Tensor& b) {
  return b.dim() == 1 ||
         (b.dim() == a.dim() - 1 && b.shape() == Shape(a.shape().begin(), a.shape().end() - 1));
}

}  // namespace

namespace linalg {

Tensor inv(const Tensor& a) { return record(Inverse{}, a); }

Tensor solve(const Tensor& a, const Tensor& b, const SolveOptions& options) {
  if (is_traced()) [[unlikely]]
    return report("linalg_solve", {a, b}, {{"left", options.left}}, [&] { return solve(a, b, options); });
  check_square(a, "linalg_solve");
  check(a.dtype() == b.dtype(), "linalg_solve: a is {} and b {}; expected one dtype", a.dtype(), b.dtype());
  check(b.dim() > 0, "linalg_solve: b is 0-d; expected a vector, a matrix or a batch of them");
  if (holds_vectors(a, b)) {
    check(options.left, "linalg_solve: left = false needs matrices, but b is {}", b.shape());
    return solve(a, unsqueeze(b, -1)).squeeze(-1);
  }
  if (!options.left) return turned(solve(turned(a), turned(b)));
  check(b.size(-2) == a.size(-1), "linalg_solve: b of shape {} does not fit a of {}; expected {} rows",
        b.shape(), a.shape(), a.size(-1));
  const auto [matrices, sides] = one_batch(a, b);
  return record(Solve{}, matrices, sides);
}

Tensor det(const Tensor& a) { return record(Det{}, a); }

SignLogabsdet slogdet(const Tensor& a) {
  const auto [sign, logabsdet] = record(Slogdet{}, a);
  return {sign, logabsdet};
}

Tensor cholesky(const Tensor& a, const CholeskyOptions& options) {
  if (is_traced()) [[unlikely]]
    return report("linalg_cholesky", {a}, {{"upper", options.upper}}, [&] { return cholesky(a, options); });
  check_square(a, "linalg_cholesky");
  const Tensor lower = record(Cholesky{}, mirrored(options.upper ? turned(a) : a));
  return options.upper ? turned(lower) : lower;
}

Tensor cross(const Tensor& a, const Tensor& b, Dim dim) { return xtape::cross(a, b, dim); }
Tensor diagonal(const Tensor& a, std::int64_t offset, Dim dim1, Dim dim2) {
  return xtape::diagonal(a, offset, dim1, dim2);
}
Tensor matrix_power(const Tensor& a, std::int64_t n) { return xtape::matrix_power(a, n); }
Tensor multi_dot(const std::vector<Tensor>& matrices) { return chain_matmul(matrices); }

}  // namespace linalg

Tensor inverse(const Tensor& x) { return linalg::inv(x); }
Tensor det(const Tensor& x) { return linalg::det(x); }
SignLogabsdet slogdet(const Tensor& x) { return linalg::slogdet(x); }
Tensor cholesky(const Tensor& x, bool upper) { return linalg::cholesky(x, {.upper = upper}); }

Tensor logdet(const Tensor& x) {
  if (is_traced()) [[unlikely]]
    return report("logdet", {x}, {}, [&] { return logdet(x); });
  const auto [sign, logabsdet] = slogdet(x);
  return where(sign.detach() < 0, std::numeric_limits<double>::quiet_NaN(), logabsdet);
}

}  // namespace xtape
