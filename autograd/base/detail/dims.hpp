// DimSet: which dims of a tensor a reduction takes.
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

}  // namespace xtape
