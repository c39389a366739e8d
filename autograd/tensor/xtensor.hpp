// Interop with xtensor: a Tensor seen as an xtensor expression without a copy, and an expression copied into
// a Tensor. Costs seconds to compile, so only this header, which no other includes, brings xtensor to a user.
#pragma once

#include <limits>
#include <vector>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xstrided_view.hpp>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

/// x's buffer as an xtensor expression with x's shape and strides. It does not keep x alive, and writing
/// through it is not noticed by the version checks of autograd. T must be x's element type.
template <class T>
auto as_xtensor(const Tensor& x) {
  check(x.dtype() == dtype_of<T>(), "as_xtensor: the tensor holds {}, not {}", x.dtype(), dtype_of<T>());
  std::vector<std::size_t> shape(x.shape().begin(), x.shape().end());
  std::vector<std::ptrdiff_t> strides(x.strides().begin(), x.strides().end());
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 1) strides[d] = 0;
  }
  // The size is that of the shape, whatever the strides: the adaptor refuses any other.
  return xt::adapt(reinterpret_cast<T*>(x.raw()), static_cast<std::size_t>(x.numel()), xt::no_ownership(),
                   shape, strides);
}

/// The values of an xtensor expression, copied. Element types are kept or converted as by from_vector.
template <class E>
Tensor from_xtensor(const E& expression, const TensorOptions& options = {}) {
  using T = std::decay_t<typename E::value_type>;
  Shape shape;
  for (const auto size : expression.shape()) {
    // xt::eval of xtensor 0.24 gives every expression of dynamic shape four dims and leaves those it does not
    // use, the first ones, at the greatest size.
    if (static_cast<std::size_t>(size) != std::numeric_limits<std::size_t>::max()) {
      shape.push_back(static_cast<std::int64_t>(size));
    }
  }
  if constexpr (xt::has_data_interface<E>::value && E::static_layout == xt::layout_type::row_major) {
    const T* first = expression.data() + expression.data_offset();
    return from_vector(std::vector<T>(first, first + shape.numel()), shape, options);
  } else {
    const xt::xarray<T, xt::layout_type::row_major> values = expression;
    return from_vector(std::vector<T>(values.begin(), values.end()), shape, options);
  }
}

}  // namespace xtape
