// What the ops that write at an index for each element need of the index and of the source.
#pragma once

#include <cstdint>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {
enum class Scatter;
}

namespace xtape::detail {

/// Throws the Error of `op` unless an index with elements fits inside `shape` in all dims but `dim`, and in
/// range.
void check_scatter_index(const Tensor& index, const Shape& shape, int dim, const char* op);

/// Writes the elements of v into y where index sends them along `dim`. Throws the Error of `op` unless dim,
/// index and v fit.
void scatter_into(kernels::Scatter kind, const Tensor& y, std::int64_t dim, const Tensor& index,
                  const Tensor& v, const char* op);

/// The part of src that index covers; an Error of `op` where it has another dtype than x.
Tensor covered(const Tensor& x, const Tensor& index, const Tensor& src, const char* op);
/// A number for all of index.
Tensor covered(const Tensor& x, const Tensor& index, Scalar value, const char* op);

}  // namespace xtape::detail
