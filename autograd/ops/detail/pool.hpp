// The ops that the pooling functions are made of, of planes; see kernels/pool.hpp.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {
struct Pooling;
}

namespace xtape::detail {

using kernels::Pooling;

Tensor max_of_windows(const Tensor& x, const Pooling& p);
Tensor places_of_max(const Tensor& x, const Pooling& p);
Tensor mean_of_windows(const Tensor& x, const Pooling& p);

}  // namespace xtape::detail
