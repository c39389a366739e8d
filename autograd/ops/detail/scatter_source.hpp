// What the ops that write at an index for each element need of the index and of the source.
#pragma once

#include <string_view>

#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

/// Throws the Error of `op` unless an index with elements fits inside `shape` in all dims but `dim`, and in
/// range.
void check_scatter_index(const Tensor& index, const Shape& shape, int dim, const char* op);

/// Throws the Error of `op` unless there is an element of the source for each of the index.
void check_scatter_source(const Tensor& source, const Tensor& index, std::string_view op);

/// The part of src that index covers; an Error of `op` where it has another dtype than x.
Tensor covered(const Tensor& x, const Tensor& index, const Tensor& src, const char* op);
/// A number for all of index.
Tensor covered(const Tensor& x, const Tensor& index, Scalar value, const char* op);

}  // namespace xtape::detail
