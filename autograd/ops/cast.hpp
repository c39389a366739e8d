// Another dtype.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// x converted to `dtype`; the gradient is converted back. `x.to(dtype)` gives x itself where nothing
/// changes.
Tensor cast(const Tensor& x, DType dtype);

}  // namespace xtape
