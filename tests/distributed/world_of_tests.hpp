// The world that the tests of this folder run in, and bits compared.
#pragma once

#include <algorithm>

#include "distributed/world.hpp"

namespace xtape::testing {

distributed::World& world();

inline bool same_bits(const Tensor& a, const Tensor& b) {
  const Tensor x = a.detach().contiguous(), y = b.detach().contiguous();
  return x.shape() == y.shape() && x.dtype() == y.dtype() &&
         std::equal(x.raw(), x.raw() + x.nbytes(), y.raw());
}

}  // namespace xtape::testing
