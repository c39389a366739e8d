// What the ops by index share: the inputs of their cases, and a copy that is theirs to write.
#pragma once

#include <functional>

#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

inline Tensor float_ramp(const Shape& shape) {
  return reshape(arange(shape.numel(), {.dtype = kFloat64}) / 7 - 1, shape);
}

/// Inputs of a case: float64 of `shape` and an int64 index.
inline std::function<std::vector<Tensor>()> with_index(const Shape& shape,
                                                       const std::vector<std::int64_t>& index,
                                                       const Shape& index_shape) {
  return [=] { return std::vector<Tensor>{float_ramp(shape), from_vector(index, index_shape)}; };
}

/// The same and a float64 source.
inline std::function<std::vector<Tensor>()> with_index(const Shape& shape,
                                                       const std::vector<std::int64_t>& index,
                                                       const Shape& index_shape, const Shape& source) {
  return [=] {
    return std::vector<Tensor>{float_ramp(shape), from_vector(index, index_shape), -2 * float_ramp(source)};
  };
}

/// The values of x in a contiguous buffer that nothing else sees.
inline Tensor owned(op::Operand x) { return x.is_overwritable() ? x.take() : x->clone(); }

}  // namespace xtape::detail
