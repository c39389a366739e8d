// Scalar: a plain C++ number on its way into an op, with what PyTorch's promotion needs to know of it.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "autograd/dtype.hpp"

namespace xtape {

template <class T>
concept Number = std::is_arithmetic_v<T>;

class Scalar {
 public:
  template <Number T>
  constexpr Scalar(T value)  // NOLINT: implicit, so that x + 1 takes any number
      : real_(static_cast<double>(value)),
        integer_(std::floating_point<T> ? 0 : static_cast<std::int64_t>(value)),
        dtype_(std::is_same_v<T, bool>  ? kBool
               : std::floating_point<T> ? kFloat32
                                        : kInt64) {}

  /// bool, int64 or float32: a number promotes a tensor only across these categories.
  constexpr DType dtype() const { return dtype_; }

  /// The negative, whose addition is this number's subtraction; a bool's is an integer.
  constexpr Scalar operator-() const {
    Scalar negative = *this;
    negative.real_ = -real_;
    negative.integer_ = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(integer_));
    if (dtype_ == kBool) negative.dtype_ = kInt64;
    return negative;
  }

  template <class T>
  constexpr T to() const {
    if constexpr (std::floating_point<T>) return static_cast<T>(real_);
    if (is_floating(dtype_)) return static_cast<T>(real_);
    return static_cast<T>(integer_);
  }

 private:
  double real_;
  std::int64_t integer_;  // exact beyond 2^53
  DType dtype_;
};

}  // namespace xtape
