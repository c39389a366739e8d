// Small float64 tensors by their values: leaf({1, 2}) requires a gradient, constant({1, 2}) does not.
#pragma once

#include "autograd/ops/create.hpp"

namespace xtape::testing {

inline Tensor leaf(const TensorData& data) {
  return tensor(data, {.dtype = kFloat64, .requires_grad = true});
}
inline Tensor constant(const TensorData& data) { return tensor(data, {.dtype = kFloat64}); }

}  // namespace xtape::testing
