// Tensors from nothing with a dtype in place of options: zeros({2, 3}, kFloat64).
//
// Each is constrained to a DType, so that `zeros(shape, {})` and `zeros(shape, {.requires_grad = true})` mean
// the functions of create.hpp.
#pragma once

#include <concepts>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

template <std::same_as<DType> D>
Tensor tensor(const TensorData& data, D dtype) {
  return tensor(data, TensorOptions{.dtype = dtype});
}
template <Number T, std::same_as<DType> D>
Tensor from_vector(const std::vector<T>& values, const Shape& shape, D dtype) {
  return from_vector(values, shape, TensorOptions{.dtype = dtype});
}

template <std::same_as<DType> D>
Tensor empty(const Shape& shape, D dtype) {
  return empty(shape, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor zeros(const Shape& shape, D dtype) {
  return zeros(shape, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor ones(const Shape& shape, D dtype) {
  return ones(shape, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor full(const Shape& shape, Scalar value, D dtype) {
  return full(shape, value, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor eye(std::int64_t n, D dtype) {
  return eye(n, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor eye(std::int64_t n, std::int64_t m, D dtype) {
  return eye(n, m, TensorOptions{.dtype = dtype});
}

template <std::same_as<DType> D>
Tensor arange(Scalar end, D dtype) {
  return arange(end, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor arange(Scalar start, Scalar end, D dtype) {
  return arange(start, end, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor arange(Scalar start, Scalar end, Scalar step, D dtype) {
  return arange(start, end, step, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor linspace(Scalar start, Scalar end, std::int64_t steps, D dtype) {
  return linspace(start, end, steps, TensorOptions{.dtype = dtype});
}

template <std::same_as<DType> D>
Tensor rand(const Shape& shape, D dtype) {
  return rand(shape, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor randn(const Shape& shape, D dtype) {
  return randn(shape, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor randint(std::int64_t low, std::int64_t high, const Shape& shape, D dtype) {
  return randint(low, high, shape, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor randint(std::int64_t high, const Shape& shape, D dtype) {
  return randint(high, shape, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor randperm(std::int64_t n, D dtype) {
  return randperm(n, TensorOptions{.dtype = dtype});
}

template <std::same_as<DType> D>
Tensor empty_like(const Tensor& x, D dtype) {
  return empty_like(x, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor zeros_like(const Tensor& x, D dtype) {
  return zeros_like(x, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor ones_like(const Tensor& x, D dtype) {
  return ones_like(x, TensorOptions{.dtype = dtype});
}
template <std::same_as<DType> D>
Tensor full_like(const Tensor& x, Scalar value, D dtype) {
  return full_like(x, value, TensorOptions{.dtype = dtype});
}

}  // namespace xtape
