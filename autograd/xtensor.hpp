// Interop with xtensor: a Tensor seen as an xtensor expression without a copy, and an expression copied into
// a Tensor. Costs seconds to compile, so only this header, which no other includes, brings xtensor to a user.
#pragma once

#include <vector>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xstrided_view.hpp>

#include "autograd/tensor.hpp"

namespace xtape {

/// x's buffer as an xtensor expression with x's shape and strides. It does not keep x alive, and writing
/// through it is not noticed by the version checks of autograd. T must be x's element type.
template <class T>
auto as_xtensor(const Tensor& x) {
  check(x.dtype() == dtype_of<T>(), "as_xtensor: the tensor holds {}, not {}", x.dtype(), dtype_of<T>());
  std::vector<std::size_t> shape(x.shape().begin(), x.shape().end());
  std::vector<std::ptrdiff_t> strides(x.strides().begin(), x.strides().end());
  std::size_t reach = x.numel() > 0 ? 1 : 0;  // elements between the first and the last, both included
  for (std::size_t d = 0; d < shape.size() && reach > 0; ++d) {
    reach += (shape[d] - 1) * static_cast<std::size_t>(strides[d]);
    if (shape[d] == 1) strides[d] = 0;
  }
  return xt::adapt(reinterpret_cast<T*>(x.raw()), reach, xt::no_ownership(), shape, strides);
}

/// The values of an xtensor expression, copied. Element types other than the five are converted as by
/// from_vector.
template <class E>
Tensor from_xtensor(const E& expression, const TensorOptions& options = {}) {
  using T = std::decay_t<typename E::value_type>;
  const Shape shape(expression.shape().begin(), expression.shape().end());
  const xt::xarray<T, xt::layout_type::row_major> values = expression;
  return from_vector(std::vector<T>(values.begin(), values.end()), shape, options);
}

}  // namespace xtape
