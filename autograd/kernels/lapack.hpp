// Factorisations of batches of matrices by LAPACK. Inputs are contiguous floats {..., m, n}; everything runs
// unrecorded. LAPACK keeps columns together: to it a row-major matrix is its own transpose, which is taken
// into account here. The Error for a matrix that does not serve names the function `op` and the element of
// the batch.
#pragma once

#include <array>
#include <string_view>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// The inverse of square matrices; an Error where one is singular.
Tensor inverse(const Tensor& a, std::string_view op);
/// x with a x = b: a {..., n, n}, b {..., n, k} of the same batch; with a's transpose where `transposed`.
Tensor solve(const Tensor& a, const Tensor& b, bool transposed, std::string_view op);
/// {sign, log|det|} of square matrices, 0 and -inf of a singular one.
std::array<Tensor, 2> slogdet(const Tensor& a);
Tensor det(const Tensor& a);
/// The lower triangular L with L L^T = a, of which the lower triangle is read.
Tensor cholesky(const Tensor& a, std::string_view op);
/// {Q, R} with Q of min(m, n) columns, or of m where `complete`.
std::array<Tensor, 2> qr(const Tensor& a, bool complete);
/// {U, S, Vh}: U and Vh of min(m, n) columns and rows, or square where `full`.
std::array<Tensor, 3> svd(const Tensor& a, bool full);
/// {eigenvalues, eigenvectors in columns} of symmetric matrices, of which the lower triangle is read.
std::array<Tensor, 2> eigh(const Tensor& a);

}  // namespace xtape::kernels
