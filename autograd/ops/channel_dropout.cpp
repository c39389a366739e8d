// Dropout of channels: a product with a mask that broadcasts.
#include "autograd/ops/channel_dropout.hpp"

#include "autograd/graph/trace.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

Tensor dropout2d(const Tensor& x, double p, bool training, Generator* generator) {
  if (detail::is_traced()) [[unlikely]]
    return detail::report("dropout2d", {x}, {{"p", p}, {"training", training}},
                          [&] { return dropout2d(x, p, training, generator); });
  check(p >= 0 && p <= 1, "dropout2d: p is {}; expected a probability from 0 to 1", p);
  check(x.dim() >= 2, "dropout2d: expected {{N, C, ...}}, got {}", x.shape());
  if (!training || p == 0) return x;
  check_floating(x.dtype(), "dropout2d");
  Shape channels = Shape::filled(static_cast<int>(x.dim()), 1);
  channels[0] = x.size(0);
  channels[1] = x.size(1);
  return x * dropout(ones(channels, {.dtype = x.dtype()}), p, true, generator);
}

}  // namespace xtape
