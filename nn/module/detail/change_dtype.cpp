// change_dtype swaps what a TensorImpl points to and leaves the impl itself where it is.
#include "nn/module/detail/change_dtype.hpp"

#include "autograd/graph/grad_mode.hpp"

namespace xtape::nn {

void change_dtype(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) return;
  const NoGradGuard no_grad;
  const Tensor converted = x.detach().to(dtype).contiguous();
  const Tensor gradient = x.grad();

  xtape::detail::TensorImpl& impl = x.impl();
  impl.dtype = dtype;
  impl.set_storage(converted.impl().storage);
  impl.offset = converted.impl().offset;
  impl.strides = converted.impl().strides;
  impl.contiguous = true;
  impl.base = {};  // which keeps the old storage
  if (gradient.defined()) x.set_grad(gradient.detach().to(dtype));
}

}  // namespace xtape::nn
