// The convolution layers' initial values and how they print.
#include "nn/layers/conv.hpp"

#include <cmath>
#include <type_traits>
#include <utility>

#include "nn/init.hpp"
#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

namespace {

using xtape::detail::ConvPadding;
using xtape::detail::PerAxis;

/// Writes options as PyTorch's layers print them: what is not the default.
class OptionsText {
 public:
  OptionsText(const char* layer, int axes) : layer_(layer), axes_(axes) {}

  OptionsText& always(std::string_view name, const PerAxis& option, std::int64_t least) {
    return add(name, python_repr(option.values(axes_, layer_, name, least)));
  }
  OptionsText& unless(std::int64_t usual, std::string_view name, const PerAxis& option) {
    const Shape values = option.values(axes_, layer_, name, usual);
    return values == Shape::filled(axes_, usual) ? *this : add(name, python_repr(values));
  }
  OptionsText& padding(const ConvPadding& padding) {
    return padding.mode().empty() ? unless(0, "padding", padding) : add("padding", padding.mode());
  }
  OptionsText& rest(std::int64_t groups, bool bias, PaddingMode mode) {
    if (groups != 1) add("groups", std::to_string(groups));
    if (!bias) add("bias", python_repr(false));
    return mode == PaddingMode::zeros ? *this : add("padding_mode", xtape::detail::word_of(mode));
  }
  std::string take() { return std::move(text_); }

 private:
  OptionsText& add(std::string_view name, std::string_view value) {
    text_ += fmt::format(", {}={}", name, value);
    return *this;
  }

  const char* layer_;
  int axes_;
  std::string text_;
};

std::string text_of(const char* layer, int axes, const ConvLayerOptions& options) {
  options.padding_mode.check_word(layer, "padding_mode");
  return OptionsText(layer, axes)
      .always("stride", options.stride, 1)
      .padding(options.padding)
      .unless(1, "dilation", options.dilation)
      .rest(options.groups, options.bias, options.padding_mode.value())
      .take();
}
std::string text_of(const char* layer, int axes, const ConvTransposeLayerOptions& options) {
  options.padding_mode.check_word(layer, "padding_mode");
  check(options.padding_mode.value() == PaddingMode::zeros, "{}: padding_mode takes \"zeros\" alone", layer);
  return OptionsText(layer, axes)
      .always("stride", options.stride, 1)
      .unless(0, "padding", options.padding)
      .unless(1, "dilation", options.dilation)
      .unless(0, "output_padding", options.output_padding)
      .rest(options.groups, options.bias, options.padding_mode.value())
      .take();
}

/// What the op takes of a layer's options.
ConvTransposeOptions op_options(const ConvTransposeLayerOptions& options) {
  return {.stride = options.stride,
          .padding = options.padding,
          .output_padding = options.output_padding,
          .groups = options.groups,
          .dilation = options.dilation};
}

}  // namespace

ConvBorder::ConvBorder(const char* layer, int axes, const PerAxis& kernel, const ConvLayerOptions& options) {
  const auto mode = options.padding_mode.value();
  if (mode == PaddingMode::zeros || options.padding.mode() == "valid") return;
  mode_ = mode == PaddingMode::reflect     ? PadMode::reflect
          : mode == PaddingMode::replicate ? PadMode::replicate
                                           : PadMode::circular;
  const Shape kernels = kernel.values(axes, layer, "kernel_size", 1),
              dilations = options.dilation.values(axes, layer, "dilation", 1);
  const bool same = options.padding.mode() == "same";
  check(!same || options.stride.values(axes, layer, "stride", 1) == Shape::filled(axes, 1),
        "{}: padding \"same\" takes no stride but 1", layer);
  for (int i = axes - 1; i >= 0; --i) {  // pad begins with the last axis
    const std::int64_t all =
        same ? dilations[i] * (kernels[i] - 1) : 2 * options.padding.values(axes, layer, "padding", 0)[i];
    sizes_.push_back(all / 2);
    sizes_.push_back(all - all / 2);
  }
}

ConvOptions ConvBorder::op_options(const ConvLayerOptions& options) const {
  ConvOptions result{.stride = options.stride, .dilation = options.dilation, .groups = options.groups};
  if (sizes_.empty()) result.padding = options.padding;
  return result;
}

/// What the four layers differ in, checked.
class ConvLayer::Settings {
 public:
  template <class Options>
  Settings(const char* name, int axes, std::int64_t in_channels, std::int64_t out_channels,
           const PerAxis& kernel, const Options& options)
      : text(fmt::format("{}, {}, kernel_size={}{}", in_channels, out_channels,
                         python_repr(kernel.values(axes, name, "kernel_size", 1)),
                         text_of(name, axes, options))),
        weight({out_channels, in_channels}),
        out(out_channels),
        bias(options.bias),
        dtype(options.dtype),
        generator(options.generator) {
    const std::int64_t groups = options.groups;
    check(in_channels > 0 && out_channels > 0,
          "{}: the numbers of channels are {} and {}; expected 1 or more", name, in_channels, out_channels);
    check(groups > 0 && in_channels % groups == 0 && out_channels % groups == 0,
          "{}: groups is {}; expected a divisor of {} input and {} output channels", name, groups,
          in_channels, out_channels);
    check(is_floating(dtype), "{}: the dtype is {}; expected float32 or float64", name, dtype);
    if constexpr (std::is_same_v<Options, ConvTransposeLayerOptions>) std::swap(weight[0], weight[1]);
    weight[1] /= groups;
    for (const std::int64_t size : kernel.values(axes, name, "kernel_size", 1)) weight.push_back(size);
  }

  Tensor initial_weight() const {
    return init::kaiming_uniform_(empty(weight, {.dtype = dtype}),
                                  {.a = std::sqrt(5.0), .generator = generator});
  }
  Tensor initial_bias() const {
    if (!bias) return Tensor();
    const std::int64_t fan_in = weight.numel() / weight[0];
    const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
    return init::uniform_(empty({out}, {.dtype = dtype}), -bound, bound, generator);
  }

  std::string text;
  Shape weight;
  std::int64_t out;
  bool bias;
  DType dtype;
  Generator* generator;
};

ConvLayer::ConvLayer(const Settings& settings)
    : text_(settings.text),
      weight_(register_parameter("weight", settings.initial_weight())),
      bias_(register_parameter("bias", settings.initial_bias())) {}

std::string ConvLayer::extra_repr() const { return text_; }

Conv2d::Conv2d(std::int64_t in_channels, std::int64_t out_channels, const PerAxis& kernel_size,
               const Conv2dOptions& options)
    : ConvLayer(Settings("Conv2d", 2, in_channels, out_channels, kernel_size, options)),
      border_("Conv2d", 2, kernel_size, options),
      options_(border_.op_options(options)) {}

Conv1d::Conv1d(std::int64_t in_channels, std::int64_t out_channels, const PerAxis& kernel_size,
               const Conv1dOptions& options)
    : ConvLayer(Settings("Conv1d", 1, in_channels, out_channels, kernel_size, options)),
      border_("Conv1d", 1, kernel_size, options),
      options_(border_.op_options(options)) {}

ConvTranspose2d::ConvTranspose2d(std::int64_t in_channels, std::int64_t out_channels,
                                 const PerAxis& kernel_size, const ConvTranspose2dOptions& options)
    : ConvLayer(Settings("ConvTranspose2d", 2, in_channels, out_channels, kernel_size, options)),
      options_(op_options(options)) {}

ConvTranspose1d::ConvTranspose1d(std::int64_t in_channels, std::int64_t out_channels,
                                 const PerAxis& kernel_size, const ConvTranspose1dOptions& options)
    : ConvLayer(Settings("ConvTranspose1d", 1, in_channels, out_channels, kernel_size, options)),
      options_(op_options(options)) {}

}  // namespace xtape::nn
