// Random holes: rectangles and squares of images that are painted over.
#pragma once

#include <cstdint>

#include "autograd/base/random.hpp"
#include "autograd/tensor/tensor.hpp"
#include "datasets/transforms/numbers.hpp"

namespace xtape::datasets {

/// What fills a hole: a number, one per channel, or "random" for N(0, 1) at every pixel.
class ErasingValue {
 public:
  template <Number... T>
  requires(sizeof...(T) > 0) ErasingValue(T... values) : numbers_(values...) {}  // NOLINT: implicit
  ErasingValue(const char* random);                                              // NOLINT: implicit

  bool is_random() const { return numbers_.empty(); }
  const Numbers& numbers() const { return numbers_; }

 private:
  Numbers numbers_;
};

struct RandomErasingOptions {
  double p = 0.5;                ///< the chance that an image gets a hole
  Numbers scale = {0.02, 0.33};  ///< {smallest, largest} area, as a part of the image
  Numbers ratio = {0.3, 3.3};    ///< {smallest, largest} height / width, drawn evenly by its logarithm
  ErasingValue value = 0;
};

/// Paints over one rectangle of each image in {..., C, H, W} with probability p (Zhong et al., 2017), as
/// torchvision's RandomErasing: an image stays whole where ten draws give no rectangle smaller than itself.
class RandomErasing {
 public:
  explicit RandomErasing(const RandomErasingOptions& options = {});
  explicit RandomErasing(double p) : RandomErasing(RandomErasingOptions{.p = p}) {}
  Tensor operator()(const Tensor& images, Generator& generator = default_generator()) const;

 private:
  RandomErasingOptions options_;
};

struct CutoutOptions {
  std::int64_t n_holes = 1;
  double fill = 0;
};

/// Paints over a square of `size` pixels a side whose middle is anywhere in the image, for each image in
/// {..., H, W} (DeVries and Taylor, 2017). What reaches beyond the image is cut off.
class Cutout {
 public:
  explicit Cutout(std::int64_t size, const CutoutOptions& options = {});
  Tensor operator()(const Tensor& images, Generator& generator = default_generator()) const;

 private:
  std::int64_t size_;
  CutoutOptions options_;
};

}  // namespace xtape::datasets
