// The element types of a Tensor, their names and sizes, and PyTorch's rules for mixing them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <type_traits>

#include "autograd/base/error.hpp"

namespace xtape {

enum class DType : std::uint8_t { boolean, uint8, int8, int16, int32, int64, float32, float64 };

inline constexpr DType kBool = DType::boolean;
inline constexpr DType kUInt8 = DType::uint8;
inline constexpr DType kInt8 = DType::int8;
inline constexpr DType kInt16 = DType::int16;
inline constexpr DType kInt32 = DType::int32;
inline constexpr DType kInt64 = DType::int64;
inline constexpr DType kFloat32 = DType::float32;
inline constexpr DType kFloat64 = DType::float64;

namespace detail {
inline constexpr std::size_t dtype_count = 8;  // DTypes are the numbers from 0 on
}

// PyTorch's other names for them.
inline constexpr DType kByte = kUInt8;
inline constexpr DType kChar = kInt8;
inline constexpr DType kShort = kInt16;
inline constexpr DType kInt = kInt32;
inline constexpr DType kLong = kInt64;
inline constexpr DType kFloat = kFloat32;
inline constexpr DType kDouble = kFloat64;

namespace detail {

/// What is known of each element type by its C++ type; all else follows from it.
template <class T>
struct ElementTraits;
template <>
struct ElementTraits<bool> {
  static constexpr DType dtype = kBool;
  static constexpr std::string_view name = "bool";
};
template <>
struct ElementTraits<std::uint8_t> {
  static constexpr DType dtype = kUInt8;
  static constexpr std::string_view name = "uint8";
};
template <>
struct ElementTraits<std::int8_t> {
  static constexpr DType dtype = kInt8;
  static constexpr std::string_view name = "int8";
};
template <>
struct ElementTraits<std::int16_t> {
  static constexpr DType dtype = kInt16;
  static constexpr std::string_view name = "int16";
};
template <>
struct ElementTraits<std::int32_t> {
  static constexpr DType dtype = kInt32;
  static constexpr std::string_view name = "int32";
};
template <>
struct ElementTraits<std::int64_t> {
  static constexpr DType dtype = kInt64;
  static constexpr std::string_view name = "int64";
};
template <>
struct ElementTraits<float> {
  static constexpr DType dtype = kFloat32;
  static constexpr std::string_view name = "float32";
};
template <>
struct ElementTraits<double> {
  static constexpr DType dtype = kFloat64;
  static constexpr std::string_view name = "float64";
};

}  // namespace detail

template <class T>
inline constexpr bool is_element_type = requires {
  detail::ElementTraits<T>::dtype;
};

/// The DType whose elements are stored as the C++ type T.
template <class T>
constexpr DType dtype_of() {
  static_assert(is_element_type<T>,
                "elements are bool, uint8_t, int8_t, int16_t, int32_t, int64_t, float or double");
  return detail::ElementTraits<T>::dtype;
}

namespace detail {

/// Calls `f(T{})` with a zero of the C++ type of `dtype`; `decltype` of the argument is the element type.
template <class F>
constexpr decltype(auto) visit(DType dtype, F&& f) {
  switch (dtype) {  // without a default, so that a DType that is missing does not compile
    case DType::boolean: return f(false);
    case DType::uint8: return f(std::uint8_t{});
    case DType::int8: return f(std::int8_t{});
    case DType::int16: return f(std::int16_t{});
    case DType::int32: return f(std::int32_t{});
    case DType::int64: return f(std::int64_t{});
    case DType::float32: return f(float{});
    case DType::float64: return f(double{});
  }
  __builtin_unreachable();
}

}  // namespace detail

constexpr std::string_view name_of(DType dtype) {
  return detail::visit(dtype, []<class T>(T) { return detail::ElementTraits<T>::name; });
}

/// Bytes of one element.
constexpr std::size_t size_of(DType dtype) {
  return detail::visit(dtype, []<class T>(T) { return sizeof(T); });
}

constexpr bool is_floating(DType dtype) {
  return detail::visit(dtype, []<class T>(T) { return std::is_floating_point_v<T>; });
}
constexpr bool is_integral(DType dtype) {
  return detail::visit(dtype, []<class T>(T) { return std::is_integral_v<T> && !std::is_same_v<T, bool>; });
}

namespace detail {

/// 0 for bool, 1 for integers, 2 for floating point: scalars and 0-d tensors promote only across these.
constexpr int category_of(DType dtype) { return is_floating(dtype) ? 2 : is_integral(dtype) ? 1 : 0; }

/// The type that holds the values of both, as PyTorch has it; of uint8 and int8 that is int16.
constexpr DType promote(DType a, DType b) {
  constexpr DType b1 = kBool, u1 = kUInt8, i1 = kInt8, i2 = kInt16, i4 = kInt32, i8 = kInt64, f4 = kFloat32,
                  f8 = kFloat64;
  constexpr std::array<std::array<DType, dtype_count>, dtype_count> table{{
      {b1, u1, i1, i2, i4, i8, f4, f8},  // bool
      {u1, u1, i2, i2, i4, i8, f4, f8},  // uint8
      {i1, i2, i1, i2, i4, i8, f4, f8},  // int8
      {i2, i2, i2, i2, i4, i8, f4, f8},  // int16
      {i4, i4, i4, i4, i4, i8, f4, f8},  // int32
      {i8, i8, i8, i8, i8, i8, f4, f8},  // int64
      {f4, f4, f4, f4, f4, f4, f4, f8},  // float32
      {f8, f8, f8, f8, f8, f8, f8, f8},  // float64
  }};
  return table[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
}

/// Throws the Error of check_floating.
[[noreturn]] void throw_not_floating(DType dtype, std::string_view op);

}  // namespace detail

std::ostream& operator<<(std::ostream& out, DType dtype);

/// Throws an Error that names `op` unless dtype is float32 or float64.
void check_floating(DType dtype, std::string_view op);

namespace detail {

/// As visit, for float32 and float64 only; any other dtype is an Error that names `op`.
template <class F>
decltype(auto) visit_floating(DType dtype, std::string_view op, F&& f) {
  switch (dtype) {
    case DType::float32: return f(float{});
    case DType::float64: return f(double{});
    case DType::boolean:
    case DType::uint8:
    case DType::int8:
    case DType::int16:
    case DType::int32:
    case DType::int64: break;
  }
  throw_not_floating(dtype, op);
}

}  // namespace detail

}  // namespace xtape

template <>
struct fmt::formatter<xtape::DType> : xtape::detail::TextFormatter {
  template <class Context>
  auto format(xtape::DType dtype, Context& context) const {
    return write(xtape::name_of(dtype), context);
  }
};
