// Convolution layers over one and two spatial axes, and their transposes.
#pragma once

#include "autograd/base/choice.hpp"
#include "autograd/ops/conv.hpp"
#include "autograd/ops/padding.hpp"
#include "nn/module/module.hpp"

namespace xtape::nn {

enum class PaddingMode { zeros, reflect, replicate, circular };
constexpr std::array<std::string_view, 4> words(PaddingMode) {
  return {"zeros", "reflect", "replicate", "circular"};
}

/// Of Conv1d and Conv2d; see xtape::ConvOptions.
struct ConvLayerOptions {
  xtape::detail::PerAxis stride = 1;
  xtape::detail::ConvPadding padding = 0;  ///< also "same" and "valid"
  xtape::detail::PerAxis dilation = 1;
  std::int64_t groups = 1;
  bool bias = true;
  xtape::detail::Choice<PaddingMode> padding_mode = PaddingMode::zeros;  ///< also as "reflect"
  DType dtype = kFloat32;
  Generator* generator = nullptr;  ///< for the initial values; the default generator where null
};
using Conv1dOptions = ConvLayerOptions;
using Conv2dOptions = ConvLayerOptions;

/// Of ConvTranspose1d and ConvTranspose2d; see xtape::ConvTransposeOptions.
struct ConvTransposeLayerOptions {
  xtape::detail::PerAxis stride = 1;
  xtape::detail::PerAxis padding = 0;
  xtape::detail::PerAxis output_padding = 0;
  std::int64_t groups = 1;
  bool bias = true;
  xtape::detail::PerAxis dilation = 1;
  xtape::detail::Choice<PaddingMode> padding_mode = PaddingMode::zeros;  ///< no other, as in PyTorch
  DType dtype = kFloat32;
  Generator* generator = nullptr;
};
using ConvTranspose1dOptions = ConvTransposeLayerOptions;
using ConvTranspose2dOptions = ConvTransposeLayerOptions;

/// What Conv1d and Conv2d put around their input where it is not zeros.
class ConvBorder {
 public:
  ConvBorder(const char* layer, int axes, const xtape::detail::PerAxis& kernel,
             const ConvLayerOptions& options);

  Tensor around(const Tensor& x) const { return sizes_.empty() ? x : pad(x, sizes_, mode_); }
  /// What is left for the op, which pads with zeros.
  ConvOptions op_options(const ConvLayerOptions& options) const;

 private:
  Shape sizes_;  // as pad takes them; empty for zeros
  PadMode mode_ = PadMode::constant;
};

/// What the four layers share: a weight and a bias from U(-b, b) with b = 1/sqrt(fan_in), where fan_in is the
/// weight's second size times its kernel, as in PyTorch also for transposes.
class ConvLayer : public Module {
 public:
  std::string extra_repr() const override;

  const Tensor& weight() const { return *weight_; }
  const Tensor& bias() const { return *bias_; }  ///< undefined in a layer without bias
  /// See set_parameter.
  void set_weight(const Tensor& weight) { set_parameter("weight", weight); }
  void set_bias(const Tensor& bias) { set_parameter("bias", bias); }

 protected:
  class Settings;
  explicit ConvLayer(const Settings& settings);

 private:
  std::string text_;  // what extra_repr gives
  Parameter weight_, bias_;
};

/// See xtape::conv2d: x {N, in, H, W} or {in, H, W}; weight {out, in / groups, KH, KW}, bias {out}.
class Conv2d : public ConvLayer {
 public:
  Conv2d(std::int64_t in_channels, std::int64_t out_channels, const xtape::detail::PerAxis& kernel_size,
         const Conv2dOptions& options = {});
  Tensor forward(const Tensor& x) override { return conv2d(border_.around(x), weight(), bias(), options_); }

 private:
  ConvBorder border_;
  ConvOptions options_;
};

/// See xtape::conv1d: x {N, in, L} or {in, L}; weight {out, in / groups, K}, bias {out}.
class Conv1d : public ConvLayer {
 public:
  Conv1d(std::int64_t in_channels, std::int64_t out_channels, const xtape::detail::PerAxis& kernel_size,
         const Conv1dOptions& options = {});
  Tensor forward(const Tensor& x) override { return conv1d(border_.around(x), weight(), bias(), options_); }

 private:
  ConvBorder border_;
  ConvOptions options_;
};

/// See xtape::conv_transpose2d: x {N, in, H, W} or {in, H, W}; weight {in, out / groups, KH, KW}, bias {out}.
class ConvTranspose2d : public ConvLayer {
 public:
  ConvTranspose2d(std::int64_t in_channels, std::int64_t out_channels,
                  const xtape::detail::PerAxis& kernel_size, const ConvTranspose2dOptions& options = {});
  Tensor forward(const Tensor& x) override { return conv_transpose2d(x, weight(), bias(), options_); }

 private:
  ConvTransposeOptions options_;
};

/// See xtape::conv_transpose1d: x {N, in, L} or {in, L}; weight {in, out / groups, K}, bias {out}.
class ConvTranspose1d : public ConvLayer {
 public:
  ConvTranspose1d(std::int64_t in_channels, std::int64_t out_channels,
                  const xtape::detail::PerAxis& kernel_size, const ConvTranspose1dOptions& options = {});
  Tensor forward(const Tensor& x) override { return conv_transpose1d(x, weight(), bias(), options_); }

 private:
  ConvTransposeOptions options_;
};

}  // namespace xtape::nn
