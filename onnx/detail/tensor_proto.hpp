// TensorProto, a tensor as ONNX files hold it, to a Tensor and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "autograd/tensor/tensor.hpp"
#include "onnx/detail/external_data.hpp"
#include "onnx/detail/schema.hpp"

namespace xtape::onnx::detail {

/// The dtype of a Tensor that holds the values of a TensorProto::DataType: float16 and bfloat16 become
/// float32, uint16, uint32 and uint64 become int64. Nothing for strings, complex numbers, and numbers that
/// stand for no type.
std::optional<DType> dtype_of(std::int32_t data_type);
proto::TensorProto::DataType data_type_of(DType dtype);
/// "float16", as NumPy calls it; "type 99" for a number that stands for none.
std::string type_name(std::int32_t data_type);

/// The values of a TensorProto in memory of their own. Throws, naming `what`, where a Tensor cannot have the
/// type or the shape, where there are more or fewer values than the shape has, and for a uint64 that int64
/// does not hold.
Tensor to_tensor(const proto::TensorProto& tensor, std::string_view what, const ExternalData& external = {});

/// Makes type, dims and raw data of `result` those of `value`, which may have any strides. Name and text
/// stay.
void set_tensor(proto::TensorProto& result, const Tensor& value);

}  // namespace xtape::onnx::detail
