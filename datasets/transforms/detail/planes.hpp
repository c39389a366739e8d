// What the transforms share: Planes, how they see images whatever dims stand before height and width, and
// checks.
#pragma once

#include <cstdint>

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

/// Throws where uint8 or int64 images cannot hold `fill`.
inline void check_fill(const Tensor& images, double fill, const char* op) {
  const bool fits = images.dtype() == kUInt8   ? fill >= 0 && fill <= 255
                    : images.dtype() == kInt64 ? fill >= -0x1p63 && fill < 0x1p63
                                               : true;
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
