// Elementwise kernels of any function of floats: for what libm computes element by element, which a loop for
// each instruction set would not speed up. They run unrecorded.
#pragma once

#include "autograd/kernels/binary_rows.hpp"
#include "autograd/kernels/written_over.hpp"

namespace xtape::kernels {

/// y = f(x) for a contiguous x of floats; f takes a float and a double.
template <class F>
Tensor map(op::Operand x, const F& f) {
  return written_over(x, [&](const Tensor& out) {
    detail::visit_floating(x->dtype(), "map", [&](auto zero) {
      using T = decltype(zero);
      const auto* from = reinterpret_cast<const T*>(x->raw());
      auto* to = reinterpret_cast<T*>(out.raw());
      parallel_for(x->numel(), kGrain, [&](std::int64_t i, std::int64_t end) {
        for (; i < end; ++i) to[i] = f(from[i]);
      });
    });
  });
}

/// f(a, b) with broadcasting, for an f without state; any strides; both of one floating dtype.
template <class F>
Tensor map(const Tensor& a, const Tensor& b, const F&) {
  const Tensor out = detail::make_tensor(broadcast_shapes(a.shape(), b.shape(), "map"), a.dtype());
  detail::visit_floating(a.dtype(), "map", [&](auto zero) {
    using T = decltype(zero);
    run_binary<T, T>(a, b, out, &row_by<F, T, T>);
  });
  return out;
}

}  // namespace xtape::kernels
