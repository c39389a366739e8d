// What operators of several families share: functions of ops as operators, axes, padding.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.hpp"
#include "onnx/detail/call.hpp"

namespace xtape::onnx::detail {

using Compute = std::function<Results(const Call&)>;

/// An operator that is an op of its first input.
inline Compute unary(Tensor (*f)(const Tensor&)) {
  return [f](const Call& call) { return f(call[0]); };
}

/// The two inputs of an elementwise operator. Before opset 7 the second one is broadcast only if the
/// attribute `broadcast` says so, from `axis` on.
std::pair<Tensor, Tensor> operands(const Call& call);

/// An operator that is an op of two inputs, which broadcast.
inline Compute binary(Tensor (*f)(const Tensor&, const Tensor&)) {
  return [f](const Call& call) {
    const auto [a, b] = operands(call);
    return f(a, b);
  };
}

/// An operator of any number of inputs, from the left.
inline Compute variadic(Tensor (*f)(const Tensor&, const Tensor&)) {
  return [f](const Call& call) {
    Tensor result = call[0];
    for (int i = 1; i < call.size(); ++i) result = f(result, call[i]);
    return result;
  };
}

/// An axis of `dims` dims counted from the front; an Error where there is none.
inline int axis_of(std::int64_t axis, std::int64_t dims) {
  return wrap_dim(axis, static_cast<int>(dims), "axis");
}
inline int axis_of(const Call& call, const Tensor& x, std::optional<std::int64_t> otherwise) {
  return axis_of(call.integer("axis", otherwise), x.dim());
}
/// Several, in the order given; an Error where one comes twice.
std::vector<int> axes_of(const std::vector<std::int64_t>& axes, std::int64_t dims);

/// Indices that count from the end if negative, counted from the front.
Tensor wrapped(const Tensor& indices, std::int64_t size);

/// The product of the sizes from dim `first` on, before dim `last`.
std::int64_t numel_between(const Shape& shape, int first, int last);

/// x, of whole numbers, as uint8 or int8: the nearest number of the range where it is outside.
Tensor saturated(const Tensor& x, DType dtype);

/// x of float32 or float64, rounded to what floats of 16 bits hold; the gradient passes.
Tensor rounded_to(const Tensor& x, std::int32_t data_type);

}  // namespace xtape::onnx::detail
