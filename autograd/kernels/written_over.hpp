// Results over temporaries: where a kernel of one operand puts what it computes.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

/// What `write(out)` makes of x, in x's own buffer where that may be.
template <class Write>
Tensor written_over(op::Operand x, const Write& write) {
  if (x.is_overwritable()) {
    write(static_cast<const Tensor&>(x));
    return x.take();
  }
  Tensor out = detail::make_tensor_like(x);
  write(out);
  return out;
}

}  // namespace xtape::kernels
