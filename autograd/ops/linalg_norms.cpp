// Norms of vectors and matrices.
#include <limits>

#include "autograd/base/detail/dims.hpp"
#include "autograd/graph/trace.hpp"
#include "autograd/ops/linalg.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::linalg {

using namespace detail;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The norm of matrices in the last two dims.
Tensor last_dims_norm(const Tensor& x, const NormOrder& ord) {
  if (ord.name == "fro") return xtape::norm(x, 2, {-2, -1});
  if (ord.name == "nuc") return sum(svdvals(x), {-1});
  check(ord.name.empty(), "linalg::matrix_norm: ord is \"{}\"; expected \"fro\", \"nuc\" or a number",
        ord.name);
  if (ord.number == 2) return amax(svdvals(x), {-1});
  if (ord.number == -2) return amin(svdvals(x), {-1});
  if (ord.number == 1) return amax(sum(abs(x), {-2}), {-1});
  if (ord.number == -1) return amin(sum(abs(x), {-2}), {-1});
  if (ord.number == kInfinity) return amax(sum(abs(x), {-1}), {-1});
  check(ord.number == -kInfinity,
        "linalg::matrix_norm: ord is {}; expected 1, -1, 2, -2, an infinity, \"fro\" or \"nuc\"", ord.number);
  return amin(sum(abs(x), {-1}), {-1});
}

double number_of(const std::optional<NormOrder>& ord) {
  check(!ord || ord->name.empty(), "linalg::vector_norm: ord is \"{}\"; expected a number",
        ord ? ord->name : "");
  return ord ? ord->number : 2;
}

}  // namespace

Tensor vector_norm(const Tensor& x, double ord, const Dims& dim, bool keepdim) {
  return xtape::norm(x, ord, dim, keepdim);
}
Tensor vector_norm(const Tensor& x, const NormOptions& options) {
  return vector_norm(x, number_of(options.ord), options.dim, options.keepdim);
}

Tensor matrix_norm(const Tensor& x, const NormOrder& ord, const Dims& dim, bool keepdim) {
  check_floating(x.dtype(), "linalg::matrix_norm");
  const int count = static_cast<int>(x.dim());
  check(dim.size() == 2 && count >= 2,
        "linalg::matrix_norm: expected two dims of a tensor of at least two, got {} of {}", dim, x.shape());
  if (is_traced()) [[unlikely]]
    return report("linalg_matrix_norm", {x}, {{"dim", dim}, {"keepdim", keepdim}},
                  [&] { return matrix_norm(x, ord, dim, keepdim); });
  const DimSet dims = dim_set(dim, count, "linalg::matrix_norm");
  const Tensor y = last_dims_norm(movedim(x, dim, {-2, -1}), ord);
  return keepdim ? reshape(y, reduced_shape(x.shape(), dims, true)) : y;
}
Tensor matrix_norm(const Tensor& x, const NormOptions& options) {
  return matrix_norm(x, options.ord.value_or("fro"), options.dim.empty() ? Dims{-2, -1} : options.dim,
                     options.keepdim);
}

Tensor norm(const Tensor& x, std::optional<NormOrder> ord, const Dims& dim, bool keepdim) {
  if (!ord) return vector_norm(x, 2, dim, keepdim);
  const auto dims = dim.empty() ? x.dim() : dim.size();
  check(dims == 1 || dims == 2, "linalg::norm: an order needs one dim or two, got {} of {}", dim, x.shape());
  if (dims == 1) return vector_norm(x, number_of(ord), dim, keepdim);
  return matrix_norm(x, *ord, dim.empty() ? Dims{-2, -1} : dim, keepdim);
}
Tensor norm(const Tensor& x, const NormOptions& options) {
  return norm(x, options.ord, options.dim, options.keepdim);
}

}  // namespace xtape::linalg
