// Tensors from nothing, and other dtypes.
#include <cmath>

#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"
#include "onnx/detail/schema.hpp"

namespace xtape::onnx::detail {

namespace {

/// Of the model's own dtype where that was converted.
Tensor as_model(const Call& call, const Tensor& x) {
  return x.dtype() == kFloat32 ? x.to(call.float_dtype()) : x;
}

Results constant(const Call& call) {
  const Attributes& given = call.attributes();
  if (given.has("value")) return as_model(call, given.tensor("value"));
  if (given.has("value_float")) return tensor(call.number("value_float"), {.dtype = call.float_dtype()});
  if (given.has("value_int")) return tensor(call.integer("value_int"));
  if (given.has("value_floats")) {
    const Attributes::Numbers values = given.numbers("value_floats");
    return from_vector(values, {static_cast<std::int64_t>(values.size())}, {.dtype = call.float_dtype()});
  }
  check(given.has("value_ints"), "has no value that a Tensor holds");
  const Attributes::Integers values = given.integers("value_ints");
  return from_vector(values, {static_cast<std::int64_t>(values.size())});
}

Results constant_of_shape(const Call& call) {
  const Shape shape = call.shape(0);
  if (!call.attributes().has("value")) return zeros(shape, {.dtype = call.float_dtype()});
  const Tensor value = as_model(call, call.attributes().tensor("value"));
  check(value.numel() == 1, "the value has {} elements; expected 1", value.numel());
  return reshape(value, {}).expand(shape).clone();
}

Results range(const Call& call) {
  const DType dtype = call[0].dtype();
  if (is_integral(dtype)) {
    const auto step = call.item<std::int64_t>(2);
    const auto start = call.item<std::int64_t>(0), limit = call.item<std::int64_t>(1);
    check(step != 0, "the step is 0");
    if ((step > 0 && start >= limit) || (step < 0 && start <= limit)) return zeros({0}, {.dtype = dtype});
    return arange(start, limit, step, {.dtype = dtype});
  }
  const double start = call.item<double>(0), step = call.item<double>(2);
  const double count = std::ceil((call.item<double>(1) - start) / step);
  check(std::isfinite(count) && count < 1e15, "has {} elements", count);
  return (arange(static_cast<std::int64_t>(std::max(count, 0.0))).to(kFloat64) * step + start).to(dtype);
}

Results eye_like(const Call& call) {
  const Tensor& x = call[0];
  check(x.dim() == 2, "x is of shape {}; expected two dims", x.shape());
  const DType dtype = call.attributes().has("dtype") ? call.dtype(call.integer("dtype")) : x.dtype();
  const Tensor rows = unsqueeze(arange(x.size(0)), 1), columns = unsqueeze(arange(x.size(1)), 0);
  return (columns - rows == call.integer("k", 0)).to(dtype);
}

Results cast(const Call& call) {
  const std::int64_t type = call.integer("to");
  const Tensor y = call[0].to(call.dtype(type));
  const bool is_short = type == proto::TensorProto::FLOAT16 || type == proto::TensorProto::BFLOAT16;
  return is_short ? rounded_to(y, static_cast<std::int32_t>(type)) : y;
}

}  // namespace

Operators constant_operators() {
  return {{"Cast", 6, cast, "texts are not converted; floats of 16 bits are rounded, and float32"},
          {"CastLike", 15, [](const Call& call) { return call[0].to(call[1].dtype()); },
           "not to floats of 16 bits, which are float32 here"},
          {"Constant", 1, constant, "neither sparse nor texts"},
          {"ConstantOfShape", 9, constant_of_shape},
          {"EyeLike", 9, eye_like},
          {"Range", 11, range}};
}

}  // namespace xtape::onnx::detail
