// linalg::lstsq, by the pseudo-inverse, whose gradient it has.
#include <algorithm>
#include <limits>

#include "autograd/ops/detail/promotion.hpp"
#include "autograd/ops/linalg.hpp"
#include "autograd/tensor/results.hpp"

namespace xtape::linalg {

namespace {

constexpr std::string_view kDrivers[] = {"gelsy", "gels", "gelsd", "gelss"};

/// Singular values above this share of the greatest count.
double share_that_counts(const Tensor& a, const LstsqOptions& options) {
  const double epsilon = a.dtype() == kFloat32 ? double{std::numeric_limits<float>::epsilon()}
                                               : std::numeric_limits<double>::epsilon();
  return options.rcond.value_or(epsilon * static_cast<double>(std::max(a.size(-1), a.size(-2))));
}

void check_operands(const Tensor& a, const Tensor& b, bool of_vectors, const LstsqOptions& options) {
  check(std::find(std::begin(kDrivers), std::end(kDrivers), options.driver) != std::end(kDrivers),
        "linalg::lstsq: driver is \"{}\"; expected \"gelsy\", \"gels\", \"gelsd\" or \"gelss\"",
        options.driver);
  check(a.dtype() == b.dtype(), "linalg::lstsq: a is {} and b {}; expected one dtype", a.dtype(), b.dtype());
  check(b.dim() >= 1 && b.size(of_vectors ? -1 : std::max<std::int64_t>(-2, -b.dim())) == a.size(-2),
        "linalg::lstsq: b of shape {} does not fit a of shape {}; expected {} rows", b.shape(), a.shape(),
        a.size(-2));
}

}  // namespace

Lstsq lstsq(const Tensor& a, const Tensor& b, const LstsqOptions& options) {
  check(a.dim() >= 2, "linalg::lstsq: expected a matrix or a batch of them, got {}", a.shape());
  const std::int64_t rows = a.size(-2), columns = a.size(-1);
  const bool of_vectors =
      b.dim() == a.dim() - 1 && std::equal(b.shape().begin(), b.shape().end(), a.shape().begin());
  check_operands(a, b, of_vectors, options);
  const double share = share_that_counts(a, options);
  const Tensor right = of_vectors ? b.unsqueeze(-1) : b, x = matmul(pinv(a, share), right);
  const Tensor none = a.new_empty({0}), values = svdvals(a.detach());
  Lstsq result{of_vectors ? x.squeeze(-1) : x, none, none.to(kInt64), none};
  const bool knows_rank = options.driver != "gels";  // which takes it for full
  if (knows_rank)
    result.rank = (values.size(-1) == 0 ? values : values > share * values.amax(-1, true)).sum(-1).to(kInt64);
  if (options.driver == "gelsy") return result;
  if (knows_rank) result.singular_values = values;
  if (rows > columns && (!knows_rank || (result.rank == columns).all().item<bool>())) {
    const Tensor squares = square(matmul(a, x) - right).sum(-2);
    result.residuals = of_vectors ? squares.squeeze(-1) : squares;
  }
  return result;
}

}  // namespace xtape::linalg
