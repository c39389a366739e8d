// Copying between tensors of any strides and dtypes: what clone, cast, cat, flip and pad are made of.
#pragma once

#include <limits>

#include "autograd/tensor.hpp"

namespace xtape::kernels {

/// to = from, converted to to's dtype, elementwise. Both have the same shape, any strides (0 in `from`
/// repeats an element, negative ones run backwards). The two do not overlap, unless they are the same
/// elements.
void copy(const Tensor& from, const Tensor& to);

/// A new contiguous tensor with the elements of x in `dtype`.
Tensor converted(const Tensor& x, DType dtype);

/// x as another element type, defined for every x: anything but 0 is true; floats are cut to integers, beyond
/// int64 to its nearest end and NaN to 0; uint8 keeps the lowest 8 bits of the integer, as in PyTorch.
template <class To, class From>
inline To convert(From x) {
  if constexpr (std::is_same_v<To, bool>) {
    return x != From{};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    constexpr From end = 9223372036854775808.0;  // 2^63, exact in float and double
    using Limits = std::numeric_limits<std::int64_t>;
    const std::int64_t integer = x != x     ? 0
                                 : x >= end ? Limits::max()
                                 : x < -end ? Limits::min()
                                            : static_cast<std::int64_t>(x);
    return static_cast<To>(integer);
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace xtape::kernels
