// What a kernel along one dim sees of a shape.
#pragma once

#include "autograd/base/shape.hpp"

namespace xtape::kernels {

/// n *= by, wrapped where it does not fit into 63 bits, as only sizes of tensors without elements do not.
inline void multiply(std::int64_t& n, std::int64_t by) {
  static_cast<void>(__builtin_mul_overflow(n, by, &n));
}

/// A contiguous tensor seen as {outer, n, inner}; n is what a kernel runs along.
struct Rows {
  std::int64_t outer = 1, n = 1, inner = 1;
};
inline Rows rows_along(const Shape& shape, int dim) {
  Rows rows;
  for (int i = 0; i < shape.size(); ++i)
    multiply(i < dim ? rows.outer : i == dim ? rows.n : rows.inner, shape[i]);
  return rows;
}

}  // namespace xtape::kernels
