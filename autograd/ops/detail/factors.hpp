// What the ops of products share: factors that may be transposed, and products as gradients.
#pragma once

#include "autograd/graph/record.hpp"

namespace xtape::detail {

/// A 2-d operand as it is, or transposed.
struct Factor {
  const Tensor& x;
  bool transposed = false;

  std::int64_t rows() const { return x.shape()[transposed ? 1 : 0]; }
  std::int64_t columns() const { return x.shape()[transposed ? 0 : 1]; }
};
struct Factors {
  Factor left, right;
};

/// c = left right, or c += left right where `adds`, unrecorded, for operands of c's dtype.
void multiply(const Factors& of, bool adds, const Tensor& c);

/// The product as an op.
Tensor product(const Factors& of);

/// Gives the product of `factors()` as the gradient of input i.
template <class F>
void give_product(op::Wrt& wrt, std::size_t i, const F& factors) {
  wrt(
      i,
      [&] {
        Tensor destination = wrt.destination(i);
        if (!destination.defined()) return product(factors());
        multiply(factors(), false, destination);
        return destination;
      },
      [&](const Tensor& sum) { multiply(factors(), true, sum); });
}

inline void check_dtypes(const Tensor& a, const Tensor& b, const char* op) {
  check(a.dtype() == b.dtype(), "{}: cannot multiply {} by {}; convert one of them with to()", op, a.dtype(),
        b.dtype());
  check(a.dtype() != kBool, "{}: a product of bool tensors is not defined; convert them with to()", op);
}

}  // namespace xtape::detail
