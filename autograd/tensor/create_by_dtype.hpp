// Tensors from nothing with a dtype or a device in place of options: zeros({2, 3}, kFloat64).
//
// Each is constrained to these types, so that `zeros(shape, {})` and `zeros(shape, {.requires_grad = true})`
// mean the functions of create.hpp.
#pragma once

#include <concepts>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

namespace detail {
inline TensorOptions options_of(DType dtype) { return {.dtype = dtype}; }
inline TensorOptions options_of(const Device& device) { return {.device = device}; }
template <class O>
concept OneOption = std::same_as<O, DType> || std::same_as<O, Device> || std::same_as<O, DeviceType>;
}  // namespace detail

template <detail::OneOption O>
Tensor tensor(const TensorData& data, O option) {
  return tensor(data, detail::options_of(option));
}
template <Number T, detail::OneOption O>
Tensor from_vector(const std::vector<T>& values, const Shape& shape, O option) {
  return from_vector(values, shape, detail::options_of(option));
}

template <detail::OneOption O>
Tensor empty(const Shape& shape, O option) {
  return empty(shape, detail::options_of(option));
}
template <detail::OneOption O>
Tensor zeros(const Shape& shape, O option) {
  return zeros(shape, detail::options_of(option));
}
template <detail::OneOption O>
Tensor ones(const Shape& shape, O option) {
  return ones(shape, detail::options_of(option));
}
template <detail::OneOption O>
Tensor full(const Shape& shape, Scalar value, O option) {
  return full(shape, value, detail::options_of(option));
}
template <detail::OneOption O>
Tensor eye(std::int64_t n, O option) {
  return eye(n, detail::options_of(option));
}
template <detail::OneOption O>
Tensor eye(std::int64_t n, std::int64_t m, O option) {
  return eye(n, m, detail::options_of(option));
}

template <detail::OneOption O>
Tensor arange(Scalar end, O option) {
  return arange(end, detail::options_of(option));
}
template <detail::OneOption O>
Tensor arange(Scalar start, Scalar end, O option) {
  return arange(start, end, detail::options_of(option));
}
template <detail::OneOption O>
Tensor arange(Scalar start, Scalar end, Scalar step, O option) {
  return arange(start, end, step, detail::options_of(option));
}
template <detail::OneOption O>
Tensor linspace(Scalar start, Scalar end, std::int64_t steps, O option) {
  return linspace(start, end, steps, detail::options_of(option));
}

template <detail::OneOption O>
Tensor rand(const Shape& shape, O option) {
  return rand(shape, detail::options_of(option));
}
template <detail::OneOption O>
Tensor randn(const Shape& shape, O option) {
  return randn(shape, detail::options_of(option));
}
template <detail::OneOption O>
Tensor randint(std::int64_t low, std::int64_t high, const Shape& shape, O option) {
  return randint(low, high, shape, detail::options_of(option));
}
template <detail::OneOption O>
Tensor randint(std::int64_t high, const Shape& shape, O option) {
  return randint(high, shape, detail::options_of(option));
}
template <detail::OneOption O>
Tensor randperm(std::int64_t n, O option) {
  return randperm(n, detail::options_of(option));
}

template <detail::OneOption O>
Tensor empty_like(const Tensor& x, O option) {
  return empty_like(x, detail::options_of(option));
}
template <detail::OneOption O>
Tensor zeros_like(const Tensor& x, O option) {
  return zeros_like(x, detail::options_of(option));
}
template <detail::OneOption O>
Tensor ones_like(const Tensor& x, O option) {
  return ones_like(x, detail::options_of(option));
}
template <detail::OneOption O>
Tensor full_like(const Tensor& x, Scalar value, O option) {
  return full_like(x, value, detail::options_of(option));
}

template <detail::OneOption O>
Tensor rand_like(const Tensor& x, O option) {
  return rand_like(x, detail::options_of(option));
}
template <detail::OneOption O>
Tensor randn_like(const Tensor& x, O option) {
  return randn_like(x, detail::options_of(option));
}

}  // namespace xtape
