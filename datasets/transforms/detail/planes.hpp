// What the transforms share: Planes, how they see images whatever dims stand before height and width, and
// checks.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "autograd/base/random.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::datasets::detail {

/// `count` images of `planes` planes of {height, width}. Fewer than four dims are one image; where there is
/// no pixel there is no image.
struct Planes {
  std::int64_t count, planes, height, width;

  std::int64_t plane() const { return height * width; }
  std::int64_t image() const { return planes * plane(); }
};

inline Planes planes_of(const Tensor& images, const char* op) {
  check(images.dim() >= 2, "{}: expected images {{..., H, W}}, got shape {}", op, images.shape());
  Planes p{1, 1, images.size(-2), images.size(-1)};
  if (images.numel() == 0) return {0, 0, p.height, p.width};  // other sizes may be too large to multiply
  if (images.dim() >= 4) p.count = images.size(0);
  for (int d = images.dim() >= 4 ? 1 : 0; d < images.dim() - 2; ++d) p.planes *= images.size(d);
  return p;
}

/// Throws where images of integers cannot hold `fill`.
inline void check_fill(const Tensor& images, double fill, const char* op) {
  const bool fits = xtape::detail::visit(images.dtype(), [fill]<class T>(T) {
    using Limits = std::numeric_limits<T>;
    if constexpr (!Limits::is_integer || std::is_same_v<T, bool>) return true;
    return fill >= static_cast<double>(Limits::min()) && fill < std::ldexp(1.0, Limits::digits);
  });
  check(fits, "{}: fill {} does not fit {} images", op, fill, images.dtype());
}

/// Throws unless p is a probability.
inline void check_probability(double p, const char* op) {
  check(p >= 0 && p <= 1, "{}: p is {}; expected a probability", op, p);
}

/// Uniform in [low, high).
inline double between(double low, double high, Generator& generator) {
  return low + (high - low) * generator.uniform();
}

}  // namespace xtape::datasets::detail
