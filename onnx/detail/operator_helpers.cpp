// Axes, old broadcasting, and floats of 16 bits.
#include "onnx/detail/operator_helpers.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "onnx/detail/schema.hpp"

namespace xtape::onnx::detail {

namespace {

/// The nearest number of `digits` binary digits whose exponent is at least `least`; halves to even.
float rounded(float value, int digits, int least, float greatest) {
  if (!std::isfinite(value) || value == 0) return value;
  const int exponent = std::max(std::ilogb(value), least);
  const float unit = std::ldexp(1.0F, exponent - digits + 1);
  const float near = static_cast<float>(
      std::nearbyint(static_cast<double>(value) / static_cast<double>(unit)) * static_cast<double>(unit));
  return std::abs(near) > greatest ? std::copysign(std::numeric_limits<float>::infinity(), value) : near;
}

float rounded(float value, std::int32_t data_type) {
  return data_type == proto::TensorProto::FLOAT16
             ? rounded(value, 11, -14, 65504.0F)
             : rounded(value, 8, -126, std::bit_cast<float>(std::uint32_t{0x7f7f0000}));
}

}  // namespace

std::pair<Tensor, Tensor> operands(const Call& call) {
  const Tensor &a = call[0], &b = call[1];
  if (call.opset() >= 7 || call.integer("broadcast", 0) == 0 || !call.attributes().has("axis")) return {a, b};
  Shape shape = b.shape();
  const int first = axis_of(call, a, 0);
  while (first + shape.size() < a.dim()) shape.push_back(1);
  return {a, reshape(b, shape)};
}

std::vector<int> axes_of(const std::vector<std::int64_t>& axes, std::int64_t dims) {
  std::vector<int> result;
  for (const std::int64_t axis : axes) {
    result.push_back(axis_of(axis, dims));
    check(std::ranges::count(result, result.back()) == 1, "axis {} is named twice", axis);
  }
  return result;
}

Tensor wrapped(const Tensor& indices, std::int64_t size) {
  const Tensor wide = indices.to(kInt64);
  return where(wide < 0, wide + size, wide);
}

std::int64_t numel_between(const Shape& shape, int first, int last) {
  return Shape(shape.begin() + first, shape.begin() + last).numel();
}

Tensor saturated(const Tensor& x, DType dtype) {
  check(dtype == kUInt8 || dtype == kInt8, "the zero point is of {}; expected uint8 or int8", dtype);
  const double least = dtype == kInt8 ? -128 : 0, greatest = dtype == kInt8 ? 127 : 255;
  return clamp(x, least, greatest).to(dtype);
}

Tensor rounded_to(const Tensor& x, std::int32_t data_type) {
  std::vector<float> values = x.to_vector<float>();
  for (float& value : values) value = rounded(value, data_type);
  const Tensor near = from_vector(values, x.shape()).to(x.dtype());
  return x.requires_grad() ? where(isfinite(near), x + (near - x.detach()), near) : near;
}

}  // namespace xtape::onnx::detail
