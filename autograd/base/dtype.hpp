// The five element types of a Tensor, their names and sizes, and PyTorch's rules for mixing them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "autograd/base/error.hpp"

namespace xtape {

/// Ordered so that the promotion of two types is the greater one.
enum class DType : std::uint8_t { boolean, uint8, int64, float32, float64 };

inline constexpr DType kBool = DType::boolean;
inline constexpr DType kUInt8 = DType::uint8;
inline constexpr DType kInt64 = DType::int64;
inline constexpr DType kFloat32 = DType::float32;
inline constexpr DType kFloat64 = DType::float64;

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
  static_assert(is_element_type<T>, "elements are bool, uint8_t, int64_t, float or double");
  return detail::ElementTraits<T>::dtype;
}

namespace detail {

/// Calls `f(T{})` with a zero of the C++ type of `dtype`; `decltype` of the argument is the element type.
template <class F>
constexpr decltype(auto) visit(DType dtype, F&& f) {
  switch (dtype) {  // without a default, so that a DType that is missing does not compile
    case DType::boolean: return f(false);
    case DType::uint8: return f(std::uint8_t{});
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

constexpr DType promote(DType a, DType b) { return std::max(a, b); }

/// Throws the Error of check_floating.
[[noreturn]] void throw_not_floating(DType dtype, std::string_view op);

}  // namespace detail

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
