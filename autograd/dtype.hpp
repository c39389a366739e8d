// The five element types of a Tensor, their names and sizes, and PyTorch's rules for mixing them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "autograd/error.hpp"

namespace xtape {

/// Ordered so that the promotion of two types is the greater one.
enum class DType : std::uint8_t { boolean, uint8, int64, float32, float64 };

inline constexpr DType kBool = DType::boolean;
inline constexpr DType kUInt8 = DType::uint8;
inline constexpr DType kInt64 = DType::int64;
inline constexpr DType kFloat32 = DType::float32;
inline constexpr DType kFloat64 = DType::float64;

constexpr std::string_view name_of(DType dtype) {
  constexpr std::string_view names[] = {"bool", "uint8", "int64", "float32", "float64"};
  return names[static_cast<int>(dtype)];
}

/// Bytes of one element.
constexpr std::size_t size_of(DType dtype) {
  constexpr std::size_t sizes[] = {1, 1, 8, 4, 8};
  return sizes[static_cast<int>(dtype)];
}

constexpr bool is_floating(DType dtype) { return dtype >= DType::float32; }
constexpr bool is_integral(DType dtype) { return dtype == DType::uint8 || dtype == DType::int64; }

/// 0 for bool, 1 for integers, 2 for floating point: scalars and 0-d tensors promote only across these.
constexpr int category_of(DType dtype) { return is_floating(dtype) ? 2 : is_integral(dtype) ? 1 : 0; }

constexpr DType promote(DType a, DType b) { return std::max(a, b); }

template <class T>
inline constexpr bool is_element_type =
    std::is_same_v<T, bool> || std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::int64_t> ||
    std::is_same_v<T, float> || std::is_same_v<T, double>;

/// The DType whose elements are stored as the C++ type T.
template <class T>
constexpr DType dtype_of() {
  static_assert(is_element_type<T>, "elements are bool, uint8_t, int64_t, float or double");
  if constexpr (std::is_same_v<T, bool>) return kBool;
  if constexpr (std::is_same_v<T, std::uint8_t>) return kUInt8;
  if constexpr (std::is_same_v<T, std::int64_t>) return kInt64;
  if constexpr (std::is_same_v<T, float>) return kFloat32;
  return kFloat64;
}

/// Calls `f(T{})` with a zero of the C++ type of `dtype`; `decltype` of the argument is the element type.
template <class F>
decltype(auto) visit(DType dtype, F&& f) {
  switch (dtype) {
    case DType::boolean: return f(false);
    case DType::uint8: return f(std::uint8_t{});
    case DType::int64: return f(std::int64_t{});
    case DType::float32: return f(float{});
    default: return f(double{});
  }
}

/// Throws an Error that names `op` unless dtype is float32 or float64.
void check_floating(DType dtype, std::string_view op);

/// As visit, for float32 and float64 only; any other dtype is an Error that names `op`.
template <class F>
decltype(auto) visit_floating(DType dtype, std::string_view op, F&& f) {
  check_floating(dtype, op);
  return dtype == kFloat32 ? f(float{}) : f(double{});
}

}  // namespace xtape

template <>
struct fmt::formatter<xtape::DType> : xtape::detail::TextFormatter {
  template <class Context>
  auto format(xtape::DType dtype, Context& context) const {
    return write(xtape::name_of(dtype), context);
  }
};
