// DimSet: which dims of a tensor a reduction takes. IndexedDims: which an index numbers.
#pragma once

#include <bitset>

#include "autograd/base/shape.hpp"

namespace xtape {

/// One bit per dim, counted from the front.
using DimSet = std::bitset<Shape::kMaxDims>;

/// The set of `dims` (none means all) of a tensor of `count` dims; an Error that names `op` for one out of
/// range or named twice.
DimSet dim_set(const Dims& dims, int count, const char* op);
/// `shape` with the dims of the set at size 1, or dropped.
Shape reduced_shape(const Shape& shape, DimSet dims, bool keepdim);
/// How many elements fall into one.
std::int64_t reduced_count(const Shape& shape, DimSet dims);

namespace detail {

/// Dims first ... first + count - 1 of a tensor, numbered by one index in row-major order.
struct IndexedDims {
  int first = 0;
  int count = 1;

  /// How many places they have; wrapped beyond 63 bits, as only tensors without elements are.
  std::int64_t size(const Shape& shape) const {
    std::int64_t n = 1;
    for (int d = first; d < first + count; ++d) static_cast<void>(__builtin_mul_overflow(n, shape[d], &n));
    return n;
  }
};

}  // namespace detail

}  // namespace xtape
