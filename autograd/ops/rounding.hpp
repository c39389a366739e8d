// Rounding, division to whole numbers, and what is left over by it. The gradients are 0 where a function is
// constant between its jumps.
#pragma once

#include <string_view>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor floor(const Tensor& x);  ///< keeps integers, as do the next three
Tensor ceil(const Tensor& x);
Tensor trunc(const Tensor& x);  ///< towards 0
Tensor round(const Tensor& x);  ///< halves to the even neighbour
struct RoundOptions {
  std::int64_t decimals = 0;
};
/// To so many places behind the point, before it where negative; floating point only unless it is 0.
Tensor round(const Tensor& x, std::int64_t decimals);
Tensor round(const Tensor& x, const RoundOptions& options);
Tensor frac(const Tensor& x);  ///< x - trunc(x), floating point only

struct DivOptions {
  std::string_view rounding_mode = "";  ///< "floor" (down), "trunc" (towards 0) or none
};
/// a / b rounded to a whole number; integers stay integers, and divided by 0 are an Error. The gradient is 0.
/// Without a mode true division.
Tensor div(const Tensor& a, const Tensor& b, const DivOptions& options);
Tensor div(const Tensor& a, Scalar b, const DivOptions& options);
Tensor div(const Tensor& a, const Tensor& b, std::string_view rounding_mode);
Tensor div(const Tensor& a, Scalar b, std::string_view rounding_mode);
/// Python's a // b: div with "floor".
Tensor floor_divide(const Tensor& a, const Tensor& b);
Tensor floor_divide(const Tensor& a, Scalar b);

/// a - b trunc(a / b), with the sign of a: C's %. Integers divided by 0 are an Error.
Tensor fmod(const Tensor& a, const Tensor& b);
Tensor fmod(const Tensor& a, Scalar b);
/// a - b floor(a / b), with the sign of b: Python's %. Integers divided by 0 are an Error.
Tensor remainder(const Tensor& a, const Tensor& b);
Tensor remainder(const Tensor& a, Scalar b);
Tensor remainder(Scalar a, const Tensor& b);
Tensor operator%(const Tensor& a, const Tensor& b);  ///< remainder
Tensor operator%(const Tensor& a, Scalar b);
Tensor operator%(Scalar a, const Tensor& b);

}  // namespace xtape
