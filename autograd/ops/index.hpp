// x[...] with lists of integers, slices, None, Ellipsis, bools and tensors: what a TensorIndex holds
// (autograd/tensor/tensor_index.hpp).
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// x[indices] as in PyTorch. An integer (also a 0-d tensor) takes one element of a dim, a Slice a part, None
/// adds a dim of size 1, Ellipsis stands for the dims that nothing else names: alone they give a view.
/// Tensors of integers are broadcast against each other and look elements up along the dims where they stand;
/// a bool (or uint8) mask covers as many dims as it has and stands for the places where it is true. Their
/// dims come where the first stood, or first of all where a slice, None or a mere dim stands between them.
/// Negative integers count from the end. Repeats add up in the gradient.
Tensor index(const Tensor& x, const detail::IndexList& indices);

/// A copy of x with x[indices] = values, which broadcast; a number converts, and a tensor of another dtype if
/// x's holds it. Of indices that repeat the last counts; with `accumulate` all are added to what x holds.
Tensor index_put(const Tensor& x, const detail::IndexList& indices, const Tensor& values,
                 bool accumulate = false);
Tensor index_put(const Tensor& x, const detail::IndexList& indices, Scalar value, bool accumulate = false);

}  // namespace xtape
