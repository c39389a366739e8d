// The element types that files hold, and how they become those of a Tensor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "autograd/tensor/tensor.hpp"
#include "io/input.hpp"

namespace xtape::detail {

/// In the order in which safetensors ranks them.
enum class ElementType : std::uint8_t {
  boolean,
  uint8,
  int8,
  int16,
  uint16,
  float16,
  bfloat16,
  int32,
  uint32,
  float32,
  float64,
  int64,
  uint64
};

/// Bytes of one element in a file.
std::size_t size_of(ElementType type);

/// The dtype of a tensor that holds every value of `type`: float16 and bfloat16 become float32, uint16,
/// uint32 and uint64 become int64.
DType dtype_for(ElementType type);

/// The bytes that `shape` takes in a file. Throws, naming `what`, where no memory could hold them.
std::uint64_t bytes_of(ElementType type, const Shape& shape, std::string_view what);

/// Reads a row-major tensor; the caller has seen that the input holds it. Any byte but 0 is true. Throws,
/// naming `what`, where a uint64 is too large for int64.
Tensor read_tensor(io::SizedInput& input, ElementType type, const Shape& shape, std::string_view what,
                   bool big_endian = false);

}  // namespace xtape::detail
