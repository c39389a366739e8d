// Products that are spelt with matmul and mul.
#include "autograd/ops/products.hpp"

#include <algorithm>
#include <functional>

#include "autograd/graph/trace.hpp"
#include "autograd/ops/detail/in_place.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

using namespace detail;

namespace {

bool is_one(Scalar factor) { return factor.to<double>() == 1; }

/// What the in-place twins and the functions share: beta input + alpha product(a, b), of the product's shape.
using Product = Tensor (*)(const Tensor& a, const Tensor& b);
Tensor add_product(const Tensor& input, const Tensor& a, const Tensor& b, const ProductOptions& options,
                   Product product, const char* op) {
  if (is_traced()) [[unlikely]]
    return report(op, {input, a, b}, {{"beta", options.beta}, {"alpha", options.alpha}},
                  [&] { return add_product(input, a, b, options, product, op); });
  check(input.dtype() == a.dtype(), "{}: cannot add {} to a product of {}; convert one of them with to()", op,
        input.dtype(), a.dtype());
  Tensor y = product(a, b);
  check(broadcasts_to(input.shape(), y.shape()),
        "{}: an input of shape {} does not broadcast to the product's {}", op, input.shape(), y.shape());
  if (!is_one(options.alpha)) y = std::move(y) * options.alpha;
  if (options.beta.to<double>() == 0) return y;
  return std::move(y) + (is_one(options.beta) ? input : input * options.beta);
}

const Tensor& add_product_in_place(const Tensor& x, const Tensor& a, const Tensor& b,
                                   const ProductOptions& options, Product product, const char* op) {
  return in_place(x, op, {{"beta", options.beta}, {"alpha", options.alpha}},
                  [&](const Tensor& before) { return add_product(before, a, b, options, product, op); },
                  {a, b});
}

Tensor outer_product(const Tensor& a, const Tensor& b) {
  check(a.dtype() == b.dtype(), "addr: cannot multiply {} by {}; convert one of them with to()", a.dtype(),
        b.dtype());
  return outer(a, b);
}

/// The batches side by side, so that one product adds them up.
Tensor summed_bmm(const Tensor& a, const Tensor& b) {
  check(a.dim() == 3 && b.dim() == 3 && a.shape()[0] == b.shape()[0] && a.shape()[2] == b.shape()[1],
        "addbmm: cannot multiply {} by {}; expected {{b, m, k}} and {{b, k, n}}", a.shape(), b.shape());
  return matmul(transpose(a, 0, 1).reshape({a.shape()[1], Shape{a.shape()[0], a.shape()[2]}.numel()}),
                b.reshape({Shape{b.shape()[0], b.shape()[1]}.numel(), b.shape()[2]}));
}

/// x with the dims of `last` moved behind the others (or in front of them), and both kinds merged.
struct Unfolded {
  Shape kept, contracted;
  Tensor matrix;
};
Unfolded unfolded(const Tensor& x, const Dims& dims, bool in_front) {
  const int count = static_cast<int>(x.dim());
  Dims order, moved;
  for (std::int64_t dim : dims) moved.push_back(wrap_dim(dim, count, "tensordot"));
  Unfolded result;
  for (int d = 0; d < count; ++d) {
    const auto times = std::count(moved.begin(), moved.end(), d);
    check(times <= 1, "tensordot: dim {} is named twice in {}", d, dims);
    (times ? result.contracted : result.kept).push_back(x.shape()[d]);
    if (!times) order.push_back(d);
  }
  for (int i = 0; i < moved.size(); ++i) order.insert(in_front ? i : order.size(), moved[i]);
  const std::int64_t kept = result.kept.numel(), contracted = result.contracted.numel();
  const Shape shape = in_front ? Shape{contracted, kept} : Shape{kept, contracted};
  result.matrix = permute(x, order).reshape(shape);
  return result;
}

}  // namespace

Tensor addmm(const Tensor& input, const Tensor& a, const Tensor& b, const ProductOptions& options) {
  return add_product(input, a, b, options, mm, "addmm");
}
Tensor addmv(const Tensor& input, const Tensor& a, const Tensor& v, const ProductOptions& options) {
  return add_product(input, a, v, options, mv, "addmv");
}
Tensor addr(const Tensor& input, const Tensor& a, const Tensor& b, const ProductOptions& options) {
  return add_product(input, a, b, options, outer_product, "addr");
}
Tensor baddbmm(const Tensor& input, const Tensor& a, const Tensor& b, const ProductOptions& options) {
  return add_product(input, a, b, options, bmm, "baddbmm");
}
Tensor addbmm(const Tensor& input, const Tensor& a, const Tensor& b, const ProductOptions& options) {
  return add_product(input, a, b, options, summed_bmm, "addbmm");
}
Tensor addmm(const Tensor& input, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha) {
  return addmm(input, a, b, {.beta = beta, .alpha = alpha});
}
Tensor addmv(const Tensor& input, const Tensor& a, const Tensor& v, Scalar beta, Scalar alpha) {
  return addmv(input, a, v, {.beta = beta, .alpha = alpha});
}
Tensor addr(const Tensor& input, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha) {
  return addr(input, a, b, {.beta = beta, .alpha = alpha});
}
Tensor baddbmm(const Tensor& input, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha) {
  return baddbmm(input, a, b, {.beta = beta, .alpha = alpha});
}
Tensor addbmm(const Tensor& input, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha) {
  return addbmm(input, a, b, {.beta = beta, .alpha = alpha});
}

const Tensor& Tensor::addmm_(const Tensor& a, const Tensor& b, const ProductOptions& options) const {
  return add_product_in_place(*this, a, b, options, xtape::mm, "addmm_");
}
const Tensor& Tensor::addmv_(const Tensor& a, const Tensor& v, const ProductOptions& options) const {
  return add_product_in_place(*this, a, v, options, xtape::mv, "addmv_");
}
const Tensor& Tensor::addr_(const Tensor& a, const Tensor& b, const ProductOptions& options) const {
  return add_product_in_place(*this, a, b, options, outer_product, "addr_");
}
const Tensor& Tensor::baddbmm_(const Tensor& a, const Tensor& b, const ProductOptions& options) const {
  return add_product_in_place(*this, a, b, options, xtape::bmm, "baddbmm_");
}
const Tensor& Tensor::addbmm_(const Tensor& a, const Tensor& b, const ProductOptions& options) const {
  return add_product_in_place(*this, a, b, options, summed_bmm, "addbmm_");
}

Tensor mv(const Tensor& a, const Tensor& v) {
  check(a.dim() == 2 && v.dim() == 1,
        "mv: expected a matrix and a vector, got {} and {}; matmul takes others", a.shape(), v.shape());
  return matmul(a, v);
}
Tensor ger(const Tensor& a, const Tensor& b) { return outer(a, b); }
Tensor vdot(const Tensor& a, const Tensor& b) { return dot(a, b); }

Tensor inner(const Tensor& a, const Tensor& b) {
  if (is_traced()) [[unlikely]]
    return report("inner", {a, b}, {}, [&] { return inner(a, b); });
  if (a.dim() == 0 || b.dim() == 0) return a * b;
  check(a.shape().back() == b.shape().back(), "inner: the last sizes of {} and {} differ", a.shape(),
        b.shape());
  return tensordot(a, b, {-1}, {-1});
}

Tensor tensordot(const Tensor& a, const Tensor& b, std::int64_t dims) {
  check(dims >= 0 && dims <= std::min(a.dim(), b.dim()), "tensordot: {} dims of {} and {}; expected 0 to {}",
        dims, a.shape(), b.shape(), std::min(a.dim(), b.dim()));
  Dims of_a, of_b;
  for (std::int64_t i = 0; i < dims; ++i) {
    of_a.push_back(a.dim() - dims + i);
    of_b.push_back(i);
  }
  return tensordot(a, b, of_a, of_b);
}

Tensor tensordot(const Tensor& a, const Tensor& b, const Dims& dims_a, const Dims& dims_b) {
  if (is_traced()) [[unlikely]]
    return report("tensordot", {a, b}, {{"dims_a", dims_a}, {"dims_b", dims_b}},
                  [&] { return tensordot(a, b, dims_a, dims_b); });
  check(dims_a.size() == dims_b.size(), "tensordot: dims {} and {} are of different lengths", dims_a, dims_b);
  for (int i = 0; i < dims_a.size(); ++i) {
    const std::int64_t of_a = a.size(dims_a[i]), of_b = b.size(dims_b[i]);
    check(of_a == of_b, "tensordot: dim {} of {} and dim {} of {} have sizes {} and {}", dims_a[i], a.shape(),
          dims_b[i], b.shape(), of_a, of_b);
  }
  const Unfolded left = unfolded(a, dims_a, false), right = unfolded(b, dims_b, true);
  Shape shape = left.kept;
  for (std::int64_t size : right.kept) shape.push_back(size);
  return matmul(left.matrix, right.matrix).reshape(shape);
}

Tensor kron(const Tensor& a, const Tensor& b) {
  if (is_traced()) [[unlikely]]
    return report("kron", {a, b}, {}, [&] { return kron(a, b); });
  const int dims = static_cast<int>(std::max(a.dim(), b.dim()));
  check(2 * dims <= Shape::kMaxDims, "kron: {} and {}; expected at most {} dims", a.shape(), b.shape(),
        Shape::kMaxDims / 2);
  Shape of_a, of_b, joined;
  for (int d = 0; d < dims; ++d) {
    const int in_a = d - (dims - a.shape().size()), in_b = d - (dims - b.shape().size());
    of_a.push_back(in_a < 0 ? 1 : a.shape()[in_a]);
    of_a.push_back(1);
    of_b.push_back(1);
    of_b.push_back(in_b < 0 ? 1 : b.shape()[in_b]);
    joined.push_back(of_a[2 * d] * of_b[2 * d + 1]);
  }
  return (reshape(a, of_a) * reshape(b, of_b)).reshape(joined);
}

Tensor cross(const Tensor& a, const Tensor& b, std::optional<Dim> dim) {
  if (is_traced()) [[unlikely]]
    return report("cross", {a, b}, {}, [&] { return cross(a, b, dim); });
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), "cross");
  int at = 0;
  if (dim) {
    at = wrap_dim(*dim, shape.size(), "cross");
    check(!shape.empty() && shape[at] == 3, "cross: dim {} of {} and {} is not of size 3", at, a.shape(),
          b.shape());
  } else {
    while (at < shape.size() && shape[at] != 3) ++at;
    check(at < shape.size(), "cross: {} and {} have no dim of size 3", a.shape(), b.shape());
  }
  const Tensor x = a.expand(shape), y = b.expand(shape);
  const auto next = [at](const Tensor& t, std::int64_t by) { return roll(t, {-by}, {at}); };
  return next(x, 1) * next(y, 2) - next(x, 2) * next(y, 1);
}
Tensor cross(const Tensor& a, const Tensor& b, const CrossOptions& options) {
  return cross(a, b, options.dim);
}

Tensor matrix_power(const Tensor& x, std::int64_t n) {
  if (is_traced()) [[unlikely]]
    return report("matrix_power", {x}, {{"n", n}}, [&] { return matrix_power(x, n); });
  check(x.dim() >= 2 && x.size(-1) == x.size(-2), "matrix_power: expected square matrices, got {}",
        x.shape());
  if (n < 0) return matrix_power(inverse(x), -n);
  if (n == 0) return eye(x.size(-1), {.dtype = x.dtype()}).expand(x.shape()).clone();
  Tensor power, square = x;
  for (std::int64_t rest = n; rest > 0; rest /= 2) {
    if (rest % 2 == 1) power = power.defined() ? matmul(power, square) : square;
    if (rest > 1) square = matmul(square, square);
  }
  return n == 1 ? x.clone() : power;
}

Tensor chain_matmul(const std::vector<Tensor>& matrices) {
  if (is_traced()) [[unlikely]]
    return report("chain_matmul", matrices, {}, [&] { return chain_matmul(matrices); });
  check(!matrices.empty(), "chain_matmul: expected at least one matrix, got an empty list");
  for (const Tensor& x : matrices) check(x.dim() == 2, "chain_matmul: expected matrices, got {}", x.shape());
  // cost[i][j] of the best order of matrices i to j, which cuts them after split[i][j].
  const std::size_t n = matrices.size();
  std::vector<std::vector<double>> cost(n, std::vector<double>(n, 0));
  std::vector<std::vector<std::size_t>> split(n, std::vector<std::size_t>(n, 0));
  const auto rows = [&](std::size_t i) { return static_cast<double>(matrices[i].shape()[0]); };
  const auto columns = [&](std::size_t i) { return static_cast<double>(matrices[i].shape()[1]); };
  for (std::size_t length = 1; length < n; ++length) {
    for (std::size_t i = 0; i + length < n; ++i) {
      const std::size_t j = i + length;
      for (std::size_t cut = i; cut < j; ++cut) {
        const double total = cost[i][cut] + cost[cut + 1][j] + rows(i) * columns(cut) * columns(j);
        if (cut > i && total >= cost[i][j]) continue;
        cost[i][j] = total;
        split[i][j] = cut;
      }
    }
  }
  const std::function<Tensor(std::size_t, std::size_t)> multiplied = [&](std::size_t i, std::size_t j) {
    return i == j ? matrices[i] : matmul(multiplied(i, split[i][j]), multiplied(split[i][j] + 1, j));
  };
  return n == 1 ? matrices[0].clone() : multiplied(0, n - 1);
}

Tensor tensordot(const Tensor& a, const Tensor& b, const TensordotOptions& options) {
  return tensordot(a, b, options.dims);
}

}  // namespace xtape
