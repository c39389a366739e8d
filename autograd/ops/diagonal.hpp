// Diagonals and triangles of matrices. Diagonal k stands k above the main one, or -k below it.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// The last two dims with zeros above (below) a diagonal.
Tensor tril(const Tensor& x, std::int64_t diagonal = 0);
Tensor triu(const Tensor& x, std::int64_t diagonal = 0);
/// A view of a diagonal of two dims, which becomes the last dim.
Tensor diagonal(const Tensor& x, std::int64_t offset = 0, Dim dim1 = 0, Dim dim2 = 1);
/// The last dim on a diagonal of matrices among zeros; dim1 and dim2 are the result's.
Tensor diag_embed(const Tensor& x, std::int64_t offset = 0, Dim dim1 = -2, Dim dim2 = -1);
Tensor diag(const Tensor& x, std::int64_t diagonal = 0);    ///< 1-d to matrix, or a matrix to its diagonal
Tensor diagflat(const Tensor& x, std::int64_t offset = 0);  ///< diag_embed of x flattened
Tensor trace(const Tensor& x);                              ///< the sum of a matrix's diagonal

struct TriangleOptions {
  std::int64_t diagonal = 0;
};
Tensor tril(const Tensor& x, const TriangleOptions& options);
Tensor triu(const Tensor& x, const TriangleOptions& options);
Tensor diag(const Tensor& x, const TriangleOptions& options);
struct DiagonalOptions {
  std::int64_t offset = 0, dim1 = 0, dim2 = 1;
};
Tensor diagonal(const Tensor& x, const DiagonalOptions& options);
struct DiagEmbedOptions {
  std::int64_t offset = 0, dim1 = -2, dim2 = -1;
};
Tensor diag_embed(const Tensor& x, const DiagEmbedOptions& options);

}  // namespace xtape
