// Reductions, running ones and softmax with the dtype that they are computed in: sum(x, kFloat64).
//
// Each is constrained to a DType, so that `sum(x, {})` means the function of reduce.hpp.
#pragma once

#include <concepts>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

template <std::same_as<DType> D>
Tensor sum(const Tensor& x, D dtype) {
  return x.sum(dtype);
}
template <std::same_as<DType> D>
Tensor sum(const Tensor& x, const Dims& dim, bool keepdim, D dtype) {
  return x.sum(dim, keepdim, dtype);
}
template <std::same_as<DType> D>
Tensor mean(const Tensor& x, D dtype) {
  return x.mean(dtype);
}
template <std::same_as<DType> D>
Tensor mean(const Tensor& x, const Dims& dim, bool keepdim, D dtype) {
  return x.mean(dim, keepdim, dtype);
}
template <std::same_as<DType> D>
Tensor prod(const Tensor& x, D dtype) {
  return x.prod(dtype);
}
template <std::same_as<DType> D>
Tensor prod(const Tensor& x, const Dims& dim, bool keepdim, D dtype) {
  return x.prod(dim, keepdim, dtype);
}
template <std::same_as<DType> D>
Tensor cumsum(const Tensor& x, Dim dim, D dtype) {
  return x.cumsum(dim, dtype);
}
template <std::same_as<DType> D>
Tensor cumprod(const Tensor& x, Dim dim, D dtype) {
  return x.cumprod(dim, dtype);
}
template <std::same_as<DType> D>
Tensor softmax(const Tensor& x, Dim dim, D dtype) {
  return x.softmax(dim, dtype);
}
template <std::same_as<DType> D>
Tensor log_softmax(const Tensor& x, Dim dim, D dtype) {
  return x.log_softmax(dim, dtype);
}

}  // namespace xtape
