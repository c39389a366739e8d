// Integers that stand for floats, and products of integers. Sums are exact: of int32, or in float64 below
// 2^53.
#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

/// Scales and zero points are single, or one for each place of an axis.
Tensor along(const Tensor& values, std::int64_t axis, std::int64_t dims) {
  if (values.dim() == 0 || values.numel() == 1) return reshape(values, {});
  check(values.dim() == 1, "scale or zero point is of shape {}; expected one dim or none", values.shape());
  Shape shape = Shape::filled(static_cast<int>(dims), 1);
  shape[axis_of(axis, dims)] = values.numel();
  return reshape(values, shape);
}

Results quantized(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t axis = call.integer("axis", 1);
  const DType dtype = call.has(2) ? call[2].dtype() : kUInt8;
  const Tensor steps = round(x / along(call[1], axis, x.dim()));
  return saturated(call.has(2) ? steps + along(call[2].to(steps.dtype()), axis, x.dim()) : steps, dtype);
}

Results dequantized(const Call& call) {
  const std::int64_t axis = call.integer("axis", 1), dims = call[0].dim();
  const Tensor scale = along(call[1], axis, dims), x = call[0].to(scale.dtype());
  return (call.has(2) ? x - along(call[2].to(scale.dtype()), axis, dims) : x) * scale;
}

Results dynamically_quantized(const Call& call) {
  const Tensor x = call[0].detach();
  const Tensor least = clamp_max(amin(x), 0), greatest = clamp_min(amax(x), 0);
  const Tensor scale = (greatest - least) / 255;
  const Tensor zero = clamp(round(-least / scale), 0, 255);
  return {saturated(round(x / scale) + zero, kUInt8), scale, zero.to(kUInt8)};
}

/// x less its zero point, which is single or one for each row (of the left factor) or column (of the right
/// one).
Tensor shifted(const Tensor& x, const Tensor& zero, DType dtype, bool is_by_row) {
  const Tensor wide = x.to(dtype);
  if (!zero.defined()) return wide;
  const Tensor point = zero.to(dtype);
  if (point.numel() == 1) return wide - reshape(point, {});
  return wide - (is_by_row && point.dim() == 1 ? unsqueeze(point, -1) : point);
}

Results integer_product(const Call& call) {
  return matmul(shifted(call[0], call.get(2), kInt32, true), shifted(call[1], call.get(3), kInt32, false));
}

Results quantized_product(const Call& call) {
  const Tensor product =
      matmul(shifted(call[0], call[2], kFloat64, true), shifted(call[3], call[5], kFloat64, false));
  const Tensor scale = call[1].to(kFloat64) * call[4].to(kFloat64) / call[6].to(kFloat64);
  return saturated(round(product * scale) + call[7].to(kFloat64), call[7].dtype());
}

}  // namespace

Operators integer_operators() {
  return {{"DequantizeLinear", 10, dequantized},
          {"DynamicQuantizeLinear", 11, dynamically_quantized},
          {"MatMulInteger", 10, integer_product},
          {"QLinearMatMul", 10, quantized_product},
          {"QuantizeLinear", 10, quantized}};
}

}  // namespace xtape::onnx::detail
