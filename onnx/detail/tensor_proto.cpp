// All values pass through bytes as raw_data holds them, so that files/ converts the elements: those of the
// typed fields are packed first.
#include "onnx/detail/tensor_proto.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>

#include "files/detail/elements.hpp"
#include "io/input.hpp"
#include "io/utf8.hpp"

namespace xtape::onnx::detail {

using proto::TensorProto;
using xtape::detail::ElementType;

namespace {

std::optional<ElementType> element_type_of(std::int32_t data_type) {
  switch (data_type) {
    case TensorProto::FLOAT: return ElementType::float32;
    case TensorProto::UINT8: return ElementType::uint8;
    case TensorProto::INT8: return ElementType::int8;
    case TensorProto::UINT16: return ElementType::uint16;
    case TensorProto::INT16: return ElementType::int16;
    case TensorProto::INT32: return ElementType::int32;
    case TensorProto::INT64: return ElementType::int64;
    case TensorProto::BOOL: return ElementType::boolean;
    case TensorProto::FLOAT16: return ElementType::float16;
    case TensorProto::DOUBLE: return ElementType::float64;
    case TensorProto::UINT32: return ElementType::uint32;
    case TensorProto::UINT64: return ElementType::uint64;
    case TensorProto::BFLOAT16: return ElementType::bfloat16;
    default: return std::nullopt;
  }
}

Shape shape_of(const TensorProto& tensor, std::string_view what) {
  check(tensor.dims_size() <= static_cast<int>(Shape::kMaxDims), "{}: has {} dims; a tensor has at most {}",
        what, tensor.dims_size(), Shape::kMaxDims);
  Shape shape;
  for (std::int64_t size : tensor.dims()) {
    check(size >= 0, "{}: has a dim of size {}", what, size);
    shape.push_back(size);
  }
  return shape;
}

/// The bytes of a field whose elements are those of the tensor.
template <class Field>
std::string bytes_of_field(const Field& field) {
  const std::span<const std::byte> bytes =
      std::as_bytes(std::span(field.data(), static_cast<std::size_t>(field.size())));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The bytes of elements of type T, which the field holds in wider ones.
template <class T, class Field>
std::string narrowed_bytes(const Field& field, std::string_view what) {
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(field.size()) * sizeof(T));
  for (const auto wide : field) {
    const T value = static_cast<T>(wide);
    check(value == wide, "{}: holds the value {}, which does not fit its type", what, wide);
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return bytes;
}

/// The values of the typed field that ONNX prescribes for `type`, as raw_data holds them.
std::string typed_bytes(const TensorProto& tensor, ElementType type, std::string_view what) {
  switch (type) {
    case ElementType::float32: return bytes_of_field(tensor.float_data());
    case ElementType::float64: return bytes_of_field(tensor.double_data());
    case ElementType::int64: return bytes_of_field(tensor.int64_data());
    case ElementType::uint64: return bytes_of_field(tensor.uint64_data());
    case ElementType::int32: return bytes_of_field(tensor.int32_data());
    case ElementType::uint32: return narrowed_bytes<std::uint32_t>(tensor.uint64_data(), what);
    case ElementType::int16: return narrowed_bytes<std::int16_t>(tensor.int32_data(), what);
    case ElementType::int8: return narrowed_bytes<std::int8_t>(tensor.int32_data(), what);
    case ElementType::boolean:
    case ElementType::uint8: return narrowed_bytes<std::uint8_t>(tensor.int32_data(), what);
    case ElementType::uint16:
    case ElementType::float16:
    case ElementType::bfloat16: return narrowed_bytes<std::uint16_t>(tensor.int32_data(), what);
  }
  __builtin_unreachable();
}

}  // namespace

std::optional<DType> dtype_of(std::int32_t data_type) {
  const std::optional<ElementType> type = element_type_of(data_type);
  return type ? std::optional(xtape::detail::dtype_for(*type)) : std::nullopt;
}

TensorProto::DataType data_type_of(DType dtype) {
  switch (dtype) {
    case kBool: return TensorProto::BOOL;
    case kUInt8: return TensorProto::UINT8;
    case kInt8: return TensorProto::INT8;
    case kInt16: return TensorProto::INT16;
    case kInt32: return TensorProto::INT32;
    case kInt64: return TensorProto::INT64;
    case kFloat32: return TensorProto::FLOAT;
    case kFloat64: return TensorProto::DOUBLE;
  }
  __builtin_unreachable();
}

std::string type_name(std::int32_t data_type) {
  switch (data_type) {
    case TensorProto::UINT16: return "uint16";
    case TensorProto::UINT32: return "uint32";
    case TensorProto::UINT64: return "uint64";
    case TensorProto::FLOAT16: return "float16";
    case TensorProto::BFLOAT16: return "bfloat16";
    case TensorProto::STRING: return "string";
    case TensorProto::COMPLEX64: return "complex64";
    case TensorProto::COMPLEX128: return "complex128";
    default: break;
  }
  const std::optional<DType> dtype = dtype_of(data_type);
  return dtype ? std::string(name_of(*dtype)) : fmt::format("type {}", data_type);
}

Tensor to_tensor(const TensorProto& tensor, std::string_view what, const ExternalData& external) {
  const std::optional<ElementType> type = element_type_of(tensor.data_type());
  check(type.has_value(),
        "{}: holds elements of {}; a Tensor holds bool, and integers and floats of up to 8 bytes", what,
        type_name(tensor.data_type()));
  check(!tensor.has_segment(), "{}: is a segment of a tensor, which no version of ONNX defines", what);
  const Shape shape = shape_of(tensor, what);
  const std::uint64_t bytes = xtape::detail::bytes_of(*type, shape, what);
  if (tensor.data_location() == TensorProto::EXTERNAL)
    return xtape::detail::read_tensor(*external.open(tensor, bytes, what), *type, shape, what);

  const std::string packed = tensor.has_raw_data() ? std::string() : typed_bytes(tensor, *type, what);
  const std::string& held = tensor.has_raw_data() ? tensor.raw_data() : packed;
  check(held.size() == bytes, "{}: holds {} bytes; its shape {} and type {} take {}", what, held.size(),
        shape, type_name(tensor.data_type()), bytes);
  io::MemoryInput input(std::string(what), std::as_bytes(std::span(held)));
  return xtape::detail::read_tensor(input, *type, shape, what);
}

void set_tensor(TensorProto& result, const Tensor& value) {
  const Tensor dense = value.detach().contiguous();
  result.clear_dims();
  for (const std::int64_t size : dense.shape()) result.add_dims(size);
  result.set_data_type(data_type_of(dense.dtype()));
  result.set_raw_data(dense.raw(), static_cast<std::size_t>(dense.numel()) * xtape::size_of(dense.dtype()));
}

}  // namespace xtape::onnx::detail
