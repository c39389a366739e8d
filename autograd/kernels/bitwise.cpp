// Bitwise functions of two integers or bools, row by row.
#include "autograd/kernels/bitwise.hpp"

#include <functional>

#include "autograd/kernels/binary_rows.hpp"

namespace xtape::kernels {

namespace {

template <class T>
Row<T, T> row_of(Bits kind) {
  switch (kind) {
    case Bits::and_: return &row_by<std::bit_and<T>, T, T>;
    case Bits::or_: return &row_by<std::bit_or<T>, T, T>;
    case Bits::xor_: return &row_by<std::bit_xor<T>, T, T>;
  }
  __builtin_unreachable();
}

}  // namespace

Tensor bitwise(Bits kind, const Tensor& a, const Tensor& b) {
  const Tensor out = detail::make_tensor(broadcast_shapes(a.shape(), b.shape(), "bitwise"), a.dtype());
  detail::visit(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_floating_point_v<T>)
      throw Error("bits of floats are not defined; the caller refuses them");
    else
      run_binary<T, T>(a, b, out, row_of<T>(kind));
  });
  return out;
}

}  // namespace xtape::kernels
