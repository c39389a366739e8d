// The product, over all, one or several dims; see reduce.hpp.
#pragma once

#include "autograd/ops/reduce.hpp"
#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// Products of integers and masks are int64. The gradient is right where there are zeros.
Tensor prod(const Tensor& x);
Tensor prod(const Tensor& x, const Dims& dim, bool keepdim = false);

Tensor prod(const Tensor& x, const Dims& dim, const ReduceOptions& options);

}  // namespace xtape
