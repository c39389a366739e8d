// Linear algebra of matrices {..., m, n}, of which the dims in front are batches; float32 and float64. An
// input that is not square, singular or not positive definite is an Error that names the first such matrix of
// the batch.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

namespace linalg {

/// The order of a norm: a number, or "fro" (Frobenius) or "nuc" (sum of the singular values) of matrices.
class NormOrder {
 public:
  template <Number T>
  NormOrder(T order) : number(static_cast<double>(order)) {}  // NOLINT: implicit, norm(x, 1)
  NormOrder(const char* order) : name(order) {}               // NOLINT: as above
  NormOrder(std::string_view order) : name(order) {}          // NOLINT: as above

  double number = 0;
  std::string_view name;  // empty for a number
};

struct NormOptions {
  std::optional<NormOrder> ord = {};
  Dims dim = {};  ///< none means all
  bool keepdim = false;
};
/// Without order, the root of the sum of all squares, over all or the given dims. With one: of one dim or a
/// 1-d x vector_norm, of two matrix_norm.
Tensor norm(const Tensor& x, const NormOptions& options);
Tensor norm(const Tensor& x, std::optional<NormOrder> ord = {}, const Dims& dim = {}, bool keepdim = false);
/// (sum |x|^ord)^(1/ord) over all or the given dims; see xtape::norm.
Tensor vector_norm(const Tensor& x, const NormOptions& options);
Tensor vector_norm(const Tensor& x, double ord = 2, const Dims& dim = {}, bool keepdim = false);
/// "fro", "nuc", 1 or -1 (greatest or smallest column sum of |x|), infinity or -infinity (of the row sums), 2
/// or -2 (greatest or smallest singular value) of the matrices in two dims.
Tensor matrix_norm(const Tensor& x, const NormOptions& options);
Tensor matrix_norm(const Tensor& x, const NormOrder& ord = "fro", const Dims& dim = {-2, -1},
                   bool keepdim = false);

Tensor inv(const Tensor& a);
struct SolveOptions {
  bool left = true;  ///< a x = b; else x a = b
};
/// x with a x = b. b is a batch of matrices {..., n, k}; or of vectors {..., n}, where it has one dim less
/// than a and the sizes of its batch.
Tensor solve(const Tensor& a, const Tensor& b, const SolveOptions& options = {});
Tensor det(const Tensor& a);  ///< 0 of a singular matrix, whose gradient is an Error
SignLogabsdet slogdet(const Tensor& a);

struct CholeskyOptions {
  bool upper = false;
};
/// The lower triangular L with L L^T = a, or the upper R with R^T R = a. a is symmetric and positive
/// definite; its lower triangle is read.
Tensor cholesky(const Tensor& a, const CholeskyOptions& options = {});
/// a = Q R with mode "reduced" (Q has min(m, n) columns), "complete" (Q is square) or "r" (no Q). Has no
/// gradient: a backward is an Error.
QR qr(const Tensor& a, std::string_view mode = "reduced");
struct QrOptions {
  std::string_view mode = "reduced";
};
QR qr(const Tensor& a, const QrOptions& options);
struct SvdOptions {
  bool full_matrices = true;  ///< square U and Vh
};
/// a = U diag(S) Vh, S falling. The gradient is S's; one of U and Vh is an Error.
SVD svd(const Tensor& a, const SvdOptions& options = {});
SVD svd(const Tensor& a, bool full_matrices);
Tensor svdvals(const Tensor& a);
/// a = V diag(eigenvalues) V^T of a symmetric a, of which the triangle UPLO, "L" or "U", is read; eigenvalues
/// rise. The gradient is theirs; one of the eigenvectors is an Error.
Eigh eigh(const Tensor& a, std::string_view UPLO = "L");
struct EighOptions {
  std::string_view UPLO = "L";
};
Eigh eigh(const Tensor& a, const EighOptions& options);
Tensor eigvalsh(const Tensor& a, std::string_view UPLO = "L");
/// The pseudo-inverse; singular values of at most rtol (the greater size times the dtype's epsilon, without
/// one) times the greatest count as 0.
Tensor pinv(const Tensor& a, std::optional<double> rtol = {});
struct LstsqOptions {
  std::optional<double> rcond = {};   ///< as rtol of pinv
  std::string_view driver = "gelsy";  ///< or "gels", "gelsd", "gelss"
};
/// x with the least |a x - b|, and of several the shortest; b as for solve. All drivers solve by the singular
/// values, but give what they give in PyTorch, and shape {0} for the rest: `residuals`, the squares summed
/// for each column, all but gelsy, where m > n and a has rank n; `rank`, int64 of the batch's shape, all but
/// gels; `singular_values` gelsd and gelss.
Lstsq lstsq(const Tensor& a, const Tensor& b, const LstsqOptions& options = {});

Tensor cross(const Tensor& a, const Tensor& b, Dim dim = -1);
Tensor diagonal(const Tensor& a, std::int64_t offset = 0, Dim dim1 = -2, Dim dim2 = -1);
Tensor matrix_power(const Tensor& a, std::int64_t n);
Tensor multi_dot(const std::vector<Tensor>& matrices);

}  // namespace linalg

}  // namespace xtape
