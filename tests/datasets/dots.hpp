// Images that tell where a transform moved them.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "autograd/ops/create.hpp"
#include "autograd/ops/shape.hpp"

namespace xtape::testing {

/// float32 {1, 1, 3, 3}: 1 ... 9.
inline Tensor nine() { return arange(1, 10).to(kFloat32).reshape({1, 1, 3, 3}); }

/// `count` copies of an image of {1, size, size}, 0 but for a 1 in the middle.
inline Tensor dots(std::int64_t count, std::int64_t size) {
  Tensor image = zeros({count, 1, size, size});
  for (std::int64_t n = 0; n < count; ++n) image.data<float>()[(n * size + size / 2) * size + size / 2] = 1;
  return image;
}

/// {x, y} of the one pixel of each image that is not 0; {-1, -1} where there is none.
inline std::vector<std::pair<std::int64_t, std::int64_t>> positions(const Tensor& images) {
  std::vector<std::pair<std::int64_t, std::int64_t>> found;
  const std::int64_t height = images.size(-2), width = images.size(-1);
  const float* pixel = images.data<float>();
  for (std::int64_t n = 0; n < images.size(0); ++n, pixel += height * width) {
    const float* at = std::find_if(pixel, pixel + height * width, [](float value) { return value != 0; });
    const std::int64_t i = at - pixel;
    found.emplace_back(i == height * width ? -1 : i % width, i == height * width ? -1 : i / width);
  }
  return found;
}

}  // namespace xtape::testing
