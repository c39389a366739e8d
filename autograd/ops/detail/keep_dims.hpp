// What the ops that reduce dims share: their gradients' shapes and their cases.
#pragma once

#include "autograd/base/detail/dims.hpp"
#include "autograd/check/op_catalog.hpp"

namespace xtape::detail {

/// y, the result of a reduction of `shape`, with the reduced dims back at size 1.
inline Tensor keep_dims(const Tensor& y, const Shape& shape, const Dims& dims, const char* op) {
  if (y.dim() == shape.size()) return y;
  return reshape(y, reduced_shape(shape, dim_set(dims, shape.size(), op), true));
}

/// g shared evenly among the elements of x that are the extreme y: equal to it, or NaN as it is, as for
/// PyTorch's max and min. Its amax and amin give NaN to all elements where one is NaN.
inline Tensor share_among_ties(const Tensor& x, const Tensor& y, const Tensor& g, const Dims& dims,
                               const char* op) {
  const Tensor extreme = keep_dims(y, x.shape(), dims, op);
  const Tensor ties = (x == extreme || (isnan(x) && isnan(extreme))).to(x.dtype());
  return keep_dims(g, x.shape(), dims, op) / sum(ties, dims, true) * ties;
}

/// Cases that suit every reduction over any dims: O{dims, keepdim}.
template <class O>
op::Cases<O> dims_cases(const op::Case& sample) {
  const auto with_shape = [&](const Shape& shape) {
    op::Case c = sample;
    c.inputs = {shape};
    return c;
  };
  const std::string op(O::name);
  return op::Cases<O>()
      .add(with_shape({2, 3}), O{})
      .add(with_shape({2, 3}), O{{0}})
      .add(with_shape({3, 2}), O{{-1}, true})
      .add(with_shape({2, 3, 4}), O{{1}})
      .add(with_shape({2, 3, 4}), O{{2, 0}})
      .add(with_shape({2, 3, 2, 2}), O{{-3, 3}, true})
      .add(with_shape({2, 1, 3}), O{{1}})
      .add(with_shape({}), O{})
      .add(with_shape({}), O{{-1}})
      .add(with_shape({0, 3}), O{{1}})
      .add({.inputs = {{2, 3}}, .error = op + ": dim 2 is out of range"}, O{{2}})
      .add({.inputs = {{2, 3}}, .error = op + ": dim 1 appears more than once in {1, -1}"}, O{{1, -1}});
}

}  // namespace xtape::detail
