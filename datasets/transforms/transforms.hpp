// Transforms: what happens to a batch of images {N, C, H, W} between the dataset and the model.
// A random transform draws anew for every image, and only from the generator that it is given.
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/random.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::datasets {

/// Any callable `Tensor(const Tensor& images)` or `Tensor(const Tensor& images, Generator&)`. Copies share
/// it. Throws where it is an empty std::function or a null pointer.
class Transform {
 public:
  template <class F>
  requires(!std::same_as<F, Transform>) && std::invocable<F&, const Tensor&, Generator&> Transform(F f)
      : call_(shared(Call(std::move(f)))) {}  // NOLINT: implicit, so that Compose{ToFloat()} reads

  template <class F>
  requires(!std::same_as<F, Transform>) && std::invocable<F&, const Tensor&> &&
      (!std::invocable<F&, const Tensor&, Generator&>)Transform(F f)  // NOLINT: implicit as above
      : call_(shared(without_generator(std::move(f)))) {}

  Tensor operator()(const Tensor& images, Generator& generator = default_generator()) const {
    return (*call_)(images, generator);
  }

 private:
  using Call = std::function<Tensor(const Tensor&, Generator&)>;

  static Call without_generator(std::function<Tensor(const Tensor&)> f) {
    if (!f) return {};
    return [f = std::move(f)](const Tensor& x, Generator&) { return f(x); };
  }
  static std::shared_ptr<Call> shared(Call call);  // throws where it is empty

  std::shared_ptr<Call> call_;
};

/// y = x / 255 in float32 for uint8 images; floating-point images stay as they are.
struct ToFloat {
  Tensor operator()(const Tensor& images) const;
};

struct ToDtypeOptions {
  bool scale = false;  ///< maps 0 ... 255 to 0 ... 1 on the way from uint8 to floats, and back
};

/// Images of another dtype, as torchvision's v2.ToDtype: `ToDtype(kFloat32)` leaves pixels at 0 ... 255, and
/// `ToDtype(kFloat32, {.scale = true})` divides by 255. Throws where `scale` is asked for another pair of
/// dtypes.
class ToDtype {
 public:
  explicit ToDtype(DType dtype, const ToDtypeOptions& options = {}) : dtype_(dtype), options_(options) {}
  Tensor operator()(const Tensor& images) const;

 private:
  DType dtype_;
  ToDtypeOptions options_;
};

/// y = (x - mean) / std for each channel of floating-point images {..., C, H, W}; one mean or std serves all
/// channels. `Normalize({0.5}, {0.5})` after ToFloat scales pixels to [-1, 1].
class Normalize {
 public:
  Normalize(std::vector<double> mean, std::vector<double> std);
  Tensor operator()(const Tensor& images) const;

 private:
  std::vector<double> mean_, std_;
};

struct RandomCropOptions {
  /// Pixels added on every side, or {left and right, top and bottom}, or {left, top, right, bottom}.
  Shape padding = 0;
  bool pad_if_needed = false;             ///< pads an image that is smaller than the crop until it fits
  double fill = 0;                        ///< the value of constant padding
  std::string padding_mode = "constant";  ///< or "edge", "reflect", "symmetric"
};

/// A crop of size {height, width} (or one number for both) at a random place of each image in {..., C, H, W}.
class RandomCrop {
 public:
  explicit RandomCrop(const Shape& size, const RandomCropOptions& options = {});
  Tensor operator()(const Tensor& images, Generator& generator = default_generator()) const;

 private:
  std::int64_t height_, width_;
  std::int64_t left_, top_, right_, bottom_;
  RandomCropOptions options_;
};

struct RandomShiftOptions {
  double fill = 0;                        ///< the value of what moves in
  std::string padding_mode = "constant";  ///< or "edge", "reflect", "symmetric", as RandomCrop's
};

/// Moves each image in {..., H, W} by a random whole number of pixels up to `pixels` in every direction: a
/// RandomCrop of the images' own size, whatever that is.
class RandomShift {
 public:
  explicit RandomShift(std::int64_t pixels, const RandomShiftOptions& options = {});
  Tensor operator()(const Tensor& images, Generator& generator = default_generator()) const;

 private:
  std::int64_t pixels_;
  RandomShiftOptions options_;
};

struct RandomHorizontalFlipOptions {
  double p = 0.5;
};

/// Mirrors each image in {..., H, W}, left to right, with probability p.
class RandomHorizontalFlip {
 public:
  explicit RandomHorizontalFlip(double p = 0.5);
  explicit RandomHorizontalFlip(const RandomHorizontalFlipOptions& options)
      : RandomHorizontalFlip(options.p) {}
  Tensor operator()(const Tensor& images, Generator& generator = default_generator()) const;

 private:
  double p_;
};

struct RandomVerticalFlipOptions {
  double p = 0.5;
};

/// Mirrors each image in {..., H, W}, top to bottom, with probability p.
class RandomVerticalFlip {
 public:
  explicit RandomVerticalFlip(double p = 0.5);
  explicit RandomVerticalFlip(const RandomVerticalFlipOptions& options) : RandomVerticalFlip(options.p) {}
  Tensor operator()(const Tensor& images, Generator& generator = default_generator()) const;

 private:
  double p_;
};

/// One transform after the other.
class Compose {
 public:
  Compose(std::initializer_list<Transform> transforms) : transforms_(transforms) {}
  explicit Compose(std::vector<Transform> transforms) : transforms_(std::move(transforms)) {}
  Tensor operator()(const Tensor& images, Generator& generator = default_generator()) const;

 private:
  std::vector<Transform> transforms_;
};

}  // namespace xtape::datasets
