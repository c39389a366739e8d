// Random geometry: rotations, scales, shears and translations of images, each image by a draw of its own.
#pragma once

#include "autograd/base/random.hpp"
#include "autograd/tensor/tensor.hpp"
#include "datasets/transforms/numbers.hpp"

namespace xtape::datasets {

/// How a pixel is found between those of the original: the closest one, or the mean of four by distance.
enum class InterpolationMode { nearest, bilinear };

struct RandomAffineOptions {
  Numbers translate = {};  ///< largest shifts {a, b}, as parts of the width and of the height; {}: none
  Numbers scale = {};      ///< {smallest, largest} factor; {}: 1
  Numbers shear = {};      ///< degrees along x: s for {-s, s}, {low, high}, or {low, high} of x and then of y
  InterpolationMode interpolation = InterpolationMode::nearest;
  double fill = 0;      ///< the value of what lies outside of the original
  Numbers center = {};  ///< {x, y} in pixels from the upper left corner; {}: the centre of the image
};

/// Rotates (clockwise, about the centre), shears, scales and then shifts each image in {..., H, W} at random,
/// as torchvision's RandomAffine. Angles are degrees: d stands for {-d, d}. Shifts are whole pixels.
class RandomAffine {
 public:
  explicit RandomAffine(const Numbers& degrees, const RandomAffineOptions& options = {});
  Tensor operator()(const Tensor& images, Generator& generator = default_generator()) const;

 private:
  Numbers degrees_;
  RandomAffineOptions options_;
};

struct RandomRotationOptions {
  InterpolationMode interpolation = InterpolationMode::nearest;
  Numbers center = {};  ///< {x, y} in pixels from the upper left corner; {}: the centre of the image
  double fill = 0;      ///< the value of what lies outside of the original
};

/// Rotates each image in {..., H, W} counter-clockwise by a random angle of {low, high} degrees; d stands for
/// {-d, d}. The shape stays. Multiples of 90 degrees are exact for square images.
class RandomRotation {
 public:
  explicit RandomRotation(const Numbers& degrees, const RandomRotationOptions& options = {});
  Tensor operator()(const Tensor& images, Generator& generator = default_generator()) const;

 private:
  Numbers degrees_;
  RandomRotationOptions options_;
};

}  // namespace xtape::datasets
