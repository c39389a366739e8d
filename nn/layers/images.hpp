// Layers that give images another size or another order; what they compute stands in autograd/ops/patches.hpp
// and autograd/ops/interpolate.hpp.
#pragma once

#include "autograd/ops/interpolate.hpp"
#include "autograd/ops/patches.hpp"
#include "nn/module/module.hpp"

namespace xtape::nn {

using UpsampleOptions = xtape::InterpolateOptions;

/// x {N, C, L} or {N, C, H, W} in another size: Upsample({.scale_factor = 2.0, .mode = "bilinear"}).
class Upsample : public Module {
 public:
  explicit Upsample(const UpsampleOptions& options) : options_(options) {
    options.mode.check_word("Upsample", "mode");
  }
  Tensor forward(const Tensor& x) override { return interpolate(x, options_); }
  std::string extra_repr() const override;

 private:
  UpsampleOptions options_;
};

/// {..., C r^2, H, W} to {..., C, H r, W r}
class PixelShuffle : public Module {
 public:
  explicit PixelShuffle(std::int64_t upscale_factor) : factor_(upscale_factor) {}
  Tensor forward(const Tensor& x) override { return pixel_shuffle(x, factor_); }
  std::string extra_repr() const override;

 private:
  std::int64_t factor_;
};

/// {..., C, H r, W r} to {..., C r^2, H, W}
class PixelUnshuffle : public Module {
 public:
  explicit PixelUnshuffle(std::int64_t downscale_factor) : factor_(downscale_factor) {}
  Tensor forward(const Tensor& x) override { return pixel_unshuffle(x, factor_); }
  std::string extra_repr() const override;

 private:
  std::int64_t factor_;
};

/// Patches of x {N, C, H, W} or {C, H, W} as columns.
class Unfold : public Module {
 public:
  explicit Unfold(const xtape::detail::PerAxis& kernel_size, const UnfoldOptions& options = {})
      : kernel_size_(kernel_size), options_(options) {}
  Tensor forward(const Tensor& x) override { return unfold(x, kernel_size_, options_); }
  std::string extra_repr() const override;

 private:
  xtape::detail::PerAxis kernel_size_;
  UnfoldOptions options_;
};

/// Columns added up as patches of images of output_size.
class Fold : public Module {
 public:
  Fold(const xtape::detail::PerAxis& output_size, const xtape::detail::PerAxis& kernel_size,
       const FoldOptions& options = {})
      : output_size_(output_size), kernel_size_(kernel_size), options_(options) {}
  Tensor forward(const Tensor& x) override { return fold(x, output_size_, kernel_size_, options_); }
  std::string extra_repr() const override;

 private:
  xtape::detail::PerAxis output_size_, kernel_size_;
  FoldOptions options_;
};

}  // namespace xtape::nn
