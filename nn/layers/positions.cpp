// Angles of places, in float64 before they are rounded.
#include "nn/layers/positions.hpp"

#include <cmath>

namespace xtape::nn {

namespace {

/// {length, (dim + 1) / 2}: (offset + t) / base^(2 i / dim)
Tensor angles(std::int64_t length, std::int64_t dim, double base, std::int64_t offset) {
  const Tensor places = arange(offset, offset + length, {.dtype = kFloat64});
  const Tensor exponents = arange(0, (dim + 1) / 2, {.dtype = kFloat64}) * (2.0 / static_cast<double>(dim));
  return places.unsqueeze(1) * exp(-std::log(base) * exponents);
}

}  // namespace

Tensor sinusoidal_positions(std::int64_t length, std::int64_t dim,
                            const SinusoidalPositionsOptions& options) {
  check(length >= 0 && dim > 0,
        "sinusoidal_positions: the length is {} and dim {}; expected 0 or more, and 1 or more", length, dim);
  check(options.base > 0, "sinusoidal_positions: base is {}; expected more than 0", options.base);
  const Tensor a = angles(length, dim, options.base, 0);
  return narrow(stack({sin(a), cos(a)}, 2).reshape({length, (dim + 1) / 2 * 2}), 1, 0, dim)
      .to(options.dtype)
      .contiguous();
}

Tensor rotary_embedding(const Tensor& x, const RotaryEmbeddingOptions& options) {
  check_floating(x.dtype(), "rotary_embedding");
  check(x.dim() >= 2 && x.size(-1) % 2 == 0,
        "rotary_embedding: x is of shape {}; expected {{..., T, dim}}, dim even", x.shape());
  check(options.base > 0, "rotary_embedding: base is {}; expected more than 0", options.base);
  if (x.numel() == 0) return x;
  const std::int64_t dim = x.size(-1), half = dim / 2;
  const Tensor turn = angles(x.size(-2), dim, options.base, options.offset);
  const Tensor c = cos(turn).to(x.dtype()), s = sin(turn).to(x.dtype());
  if (!options.interleaved) {
    const Tensor a = narrow(x, -1, 0, half), b = narrow(x, -1, half, half);
    return cat({a * c - b * s, a * s + b * c}, -1);
  }
  const Tensor pairs = unflatten(x, -1, {half, 2});
  const Tensor a = select(pairs, -1, 0), b = select(pairs, -1, 1);
  return flatten(stack({a * c - b * s, a * s + b * c}, -1), -2, -1);
}

}  // namespace xtape::nn
