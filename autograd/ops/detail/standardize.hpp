// The ops that the normalising functions are made of.
#pragma once

#include <array>

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {
struct Standardizing;
}

namespace xtape::detail {

using kernels::Standardizing;

/// See kernels::standardize.
std::array<Tensor, 3> to_standard(const Tensor& x, const Tensor& w, const Tensor& b,
                                  const Standardizing& how);
/// See kernels::channel_affine.
Tensor channel_affine(const Tensor& x, const Tensor& w, const Tensor& b);

}  // namespace xtape::detail
