// Lookups and writes by one index of int64 over one or several dims: what index(), index_select and their
// kind are made of. The names of ops that these take are for errors.
#pragma once

#include "autograd/base/detail/dims.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

/// index as int64; an Error where its dtype is not a signed integer.
Tensor as_index(const Tensor& index, std::string_view op);

/// The elements of x at `places`, which number the elements of `dims` in row-major order; negative ones count
/// from the end. The dims of places stand where those were.
Tensor take_places(const Tensor& x, IndexedDims dims, const Tensor& places);
/// x with v, of the shape that take_places gives and of x's dtype, in their place, or added to them.
Tensor put_places(op::Operand x, IndexedDims dims, const Tensor& places, const Tensor& v, bool accumulate);
/// The same in place.
const Tensor& put_places_(const Tensor& x, IndexedDims dims, const Tensor& places, const Tensor& v,
                          bool accumulate, const char* op);

/// v in x's dtype; an Error where that is of a lower category.
Tensor as_values(const Tensor& v, const Tensor& x, std::string_view op);

}  // namespace xtape::detail
