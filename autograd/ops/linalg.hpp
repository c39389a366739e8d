// Linear algebra of matrices {..., m, n}, of which the dims in front are batches; float32 and float64. An
// input that is not square, singular or not positive definite is an Error that names the first such matrix of
// the batch.
#pragma once

#include <vector>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

namespace linalg {

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
Tensor cross(const Tensor& a, const Tensor& b, Dim dim = -1);
Tensor diagonal(const Tensor& a, std::int64_t offset = 0, Dim dim1 = -2, Dim dim2 = -1);
Tensor matrix_power(const Tensor& a, std::int64_t n);
Tensor multi_dot(const std::vector<Tensor>& matrices);

}  // namespace linalg

}  // namespace xtape
