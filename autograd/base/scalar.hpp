// Scalar: a plain C++ number on its way into an op, with what PyTorch's promotion needs to know of it.
// convert: how a value becomes one of another type.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include "autograd/base/dtype.hpp"

namespace xtape {

template <class T>
concept Number = std::is_arithmetic_v<T>;

namespace detail {

/// x as another type, defined for every x: anything but 0 is true; floats are cut to integers, beyond int64
/// to its nearest end (uint64 reaches further) and NaN to 0; uint8 keeps the lowest 8 bits of the integer, as
/// in PyTorch.
template <class To, class From>
constexpr To convert(From x) {
  if constexpr (std::is_same_v<To, bool>) {
    return x != From{};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    constexpr From end = 9223372036854775808.0;  // 2^63, exact in float and double
    using Limits = std::numeric_limits<std::int64_t>;
    if constexpr (std::in_range<To>(std::numeric_limits<std::uint64_t>::max())) {
      if (x >= end && x < 2 * end) return static_cast<To>(x);
    }
    const std::int64_t integer = x != x     ? 0
                                 : x >= end ? Limits::max()
                                 : x < -end ? Limits::min()
                                            : static_cast<std::int64_t>(x);
    return static_cast<To>(integer);
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace detail

class Scalar {
 public:
  /// Throws Error for an unsigned integer beyond int64.
  template <Number T>
  constexpr Scalar(T value)  // NOLINT: implicit, so that x + 1 takes any number
      : real_(static_cast<double>(value)),
        integer_(std::floating_point<T> ? 0 : static_cast<std::int64_t>(value)),
        dtype_(std::is_same_v<T, bool>  ? kBool
               : std::floating_point<T> ? kFloat32
                                        : kInt64) {
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(integer_)) {
      if (integer_ < 0) refuse_unsigned(value);
    }
  }

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

  /// The nearest that T has, by the rules of `convert`: arithmetic wraps, as in PyTorch.
  template <class T>
  constexpr T to() const {
    if constexpr (std::floating_point<T>) return static_cast<T>(real_);
    return is_floating(dtype_) ? detail::convert<T>(real_) : detail::convert<T>(integer_);
  }

  /// As `to`, for values that are stored: an Error that names `op` where T does not hold the number. That is
  /// NaN and what is too large for an integer, and a finite number beyond the range of a float. In unsigned
  /// types negative numbers wrap once around, as in PyTorch.
  template <class T>
  T checked(std::string_view op) const {
    if (!fits<T>()) [[unlikely]]
      refuse(op, std::numeric_limits<T>::is_integer, static_cast<int>(sizeof(T)));
    return to<T>();
  }

 private:
  template <class T>
  bool fits() const {
    using Limits = std::numeric_limits<T>;
    if constexpr (std::is_same_v<T, bool>) {
      return true;
    } else if constexpr (std::floating_point<T>) {
      return !std::isfinite(real_) || std::abs(real_) <= static_cast<double>(Limits::max());
    } else {
      constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();  // has no absolute value
      const double above = std::ldexp(1.0, Limits::digits), whole = std::trunc(real_);
      if (is_floating(dtype_)) return whole < above && (Limits::is_signed ? whole >= -above : whole > -above);
      if (sizeof(T) == sizeof(integer_)) return true;
      return Limits::is_signed ? std::in_range<T>(integer_)
                               : integer_ > kLeast && std::in_range<T>(std::abs(integer_));
    }
  }
  [[noreturn]] void refuse(std::string_view op, bool to_integer, int bytes) const;
  [[noreturn]] static void refuse_unsigned(std::uint64_t value);

  double real_;
  std::int64_t integer_;  // exact beyond 2^53
  DType dtype_;
};

namespace detail {
/// An Error that names `op` where a tensor of `dtype` does not hold `value`; see Scalar::checked.
void check_holds(DType dtype, Scalar value, std::string_view op);
}  // namespace detail

}  // namespace xtape
