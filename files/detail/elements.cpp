// Conversion of elements, a block at a time. Types that a Tensor has are read into it directly.
#include "files/detail/elements.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <type_traits>
#include <vector>

#include "io/little_endian.hpp"

namespace xtape::detail {

namespace {

constexpr std::int64_t kBlock = 1 << 14;  // elements

/// IEEE 754 binary16: 1 bit of sign, 5 of exponent (bias 15), 10 of mantissa.
struct Half {
  std::uint16_t bits;
  explicit operator float() const {
    const std::uint32_t sign = std::uint32_t{bits} >> 15 << 31;
    const std::uint32_t exponent = bits >> 10 & 0x1f, mantissa = bits & 0x3ff;
    if (exponent == 0) {  // 0 and subnormal numbers: mantissa 2^-24, which a float holds exactly
      const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
      return sign ? -magnitude : magnitude;
    }
    const std::uint32_t wide_exponent = exponent == 0x1f ? 0xff : exponent + 127 - 15;
    return std::bit_cast<float>(sign | wide_exponent << 23 | mantissa << 13);
  }
};

/// The upper half of a float.
struct BFloat {
  std::uint16_t bits;
  explicit operator float() const { return std::bit_cast<float>(std::uint32_t{bits} << 16); }
};

/// Calls f(T{}) with the type of an element in the file.
template <class F>
decltype(auto) visit(ElementType type, F&& f) {
  switch (type) {
    case ElementType::boolean:
    case ElementType::uint8: return f(std::uint8_t{});
    case ElementType::int8: return f(std::int8_t{});
    case ElementType::int16: return f(std::int16_t{});
    case ElementType::uint16: return f(std::uint16_t{});
    case ElementType::float16: return f(Half{});
    case ElementType::bfloat16: return f(BFloat{});
    case ElementType::int32: return f(std::int32_t{});
    case ElementType::uint32: return f(std::uint32_t{});
    case ElementType::float32: return f(float{});
    case ElementType::float64: return f(double{});
    case ElementType::int64: return f(std::int64_t{});
    case ElementType::uint64: return f(std::uint64_t{});
  }
  __builtin_unreachable();
}

bool is_as_in_memory(ElementType type) {
  return type != ElementType::boolean && visit(type, []<class T>(T) { return is_element_type<T>; });
}

template <class T>
void swap_bytes(T* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    auto* bytes = reinterpret_cast<std::byte*>(values + i);
    std::reverse(bytes, bytes + sizeof(T));
  }
}

/// What an element becomes in a tensor.
template <class From>
using Wide = std::conditional_t<is_element_type<From>, From,
                                std::conditional_t<std::is_integral_v<From>, std::int64_t, float>>;

template <class To, class From>
To convert(From value, std::string_view what) {
  if constexpr (std::is_same_v<To, bool>) return value != 0;
  if constexpr (std::is_same_v<From, std::uint64_t>) {
    check(value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()},
          "{}: the uint64 value {} does not fit int64", what, value);
  }
  return static_cast<To>(value);
}

template <class To, class From>
void read_converted(io::SizedInput& input, bool big_endian, const Tensor& result, std::string_view what) {
  const std::int64_t count = result.numel();
  std::vector<From> block(static_cast<std::size_t>(std::min(count, kBlock)));
  To* out = result.data<To>();
  for (std::int64_t left = count; left > 0;) {
    const auto size = static_cast<std::size_t>(std::min(left, kBlock));
    input.read(block.data(), size * sizeof(From));
    if (big_endian) swap_bytes(block.data(), size);
    for (std::size_t i = 0; i < size; ++i) *out++ = convert<To>(block[i], what);
    left -= static_cast<std::int64_t>(size);
  }
}

}  // namespace

std::size_t size_of(ElementType type) {
  return visit(type, [](auto element) { return sizeof element; });
}

DType dtype_for(ElementType type) {
  switch (type) {
    case ElementType::boolean: return kBool;
    case ElementType::uint8: return kUInt8;
    case ElementType::float16:
    case ElementType::bfloat16:
    case ElementType::float32: return kFloat32;
    case ElementType::float64: return kFloat64;
    case ElementType::int8: return kInt8;
    case ElementType::int16: return kInt16;
    case ElementType::int32: return kInt32;
    case ElementType::uint16:
    case ElementType::uint32:
    case ElementType::int64:
    case ElementType::uint64: return kInt64;
  }
  __builtin_unreachable();
}

std::uint64_t bytes_of(ElementType type, const Shape& shape, std::string_view what) {
  // Strides multiply sizes even where another size is 0.
  std::int64_t bytes = static_cast<std::int64_t>(size_of(type));
  bool empty = false;
  for (std::int64_t size : shape) {
    check(!__builtin_mul_overflow(bytes, std::max<std::int64_t>(size, 1), &bytes),
          "{}: shape {} is more than any memory holds", what, shape);
    empty = empty || size == 0;
  }
  return empty ? 0 : static_cast<std::uint64_t>(bytes);
}

Tensor read_tensor(io::SizedInput& input, ElementType type, const Shape& shape, std::string_view what,
                   bool big_endian) {
  Tensor result = make_tensor(shape, dtype_for(type));
  if (is_as_in_memory(type) && !big_endian) {
    input.read(result.raw(), static_cast<std::size_t>(result.numel()) * size_of(type));
    return result;
  }
  visit(type, [&](auto element) {
    using From = decltype(element);
    if (type == ElementType::boolean) {
      read_converted<bool, std::uint8_t>(input, big_endian, result, what);
    } else {
      read_converted<Wide<From>, From>(input, big_endian, result, what);
    }
  });
  return result;
}

}  // namespace xtape::detail
