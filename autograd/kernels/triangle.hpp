// Triangles of matrices.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// A contiguous x {..., rows, columns} with zeros above diagonal k (below it, where not `lower`).
Tensor triangle(const Tensor& x, bool lower, std::int64_t k);

}  // namespace xtape::kernels
