// Ops that look rows up by a 1-d index, or elements by their number. Indices are int64 (or int32), and
// checked.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// Rows of x along dim: out[..., i, ...] = x[..., index[i], ...]; index is 1-d. Repeats add up in the
/// gradient.
Tensor index_select(const Tensor& x, Dim dim, const Tensor& index);
/// x with the rows of src added along dim at the 1-d index, times alpha; the adjoint of index_select.
Tensor index_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src);
Tensor index_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src, Scalar alpha);
struct AlphaOptions;  // of arithmetic.hpp
Tensor index_add(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src,
                 const AlphaOptions& options);
/// x with the rows of src in the places of those at index; of indices that repeat the last counts.
Tensor index_copy(const Tensor& x, Dim dim, const Tensor& index, const Tensor& src);
/// x with value in all rows at index; a tensor is 0-d.
Tensor index_fill(const Tensor& x, Dim dim, const Tensor& index, Scalar value);
Tensor index_fill(const Tensor& x, Dim dim, const Tensor& index, const Tensor& value);

/// The elements of x by their numbers in row-major order; the shape is index's. Negative ones count from the
/// end.
Tensor take(const Tensor& x, const Tensor& index);
/// x with source, of as many elements as index, at these numbers. Of indices that repeat the last counts;
/// with accumulate all are added to what x holds.
Tensor put(const Tensor& x, const Tensor& index, const Tensor& source, bool accumulate = false);

/// int64 labels of any shape to {..., classes} of 0 and 1; classes -1 means the greatest label + 1.
Tensor one_hot(const Tensor& labels, std::int64_t classes = -1);

}  // namespace xtape
