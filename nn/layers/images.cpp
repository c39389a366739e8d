// How these layers are printed.
#include "nn/layers/images.hpp"

#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

namespace {

std::string text_of(const xtape::detail::PerAxis& kernel_size, const UnfoldOptions& options) {
  return fmt::format("kernel_size={}, dilation={}, padding={}, stride={}", python_repr(kernel_size),
                     python_repr(options.dilation), python_repr(options.padding),
                     python_repr(options.stride));
}

/// 2.0, or (2.0, 3.0)
std::string text_of(const std::vector<double>& factors) {
  if (factors.size() == 1) return python_repr(factors[0]);
  std::string text;
  for (const double factor : factors) text += (text.empty() ? "(" : ", ") + python_repr(factor);
  return text + ")";
}

}  // namespace

std::string Upsample::extra_repr() const {
  const std::string size = options_.size.empty() ? "scale_factor=" + text_of(options_.scale_factor.values())
                                                 : "size=" + python_repr(options_.size);
  return fmt::format("{}, mode='{}'", size, xtape::detail::word_of(options_.mode.value()));
}

std::string PixelShuffle::extra_repr() const { return fmt::format("upscale_factor={}", factor_); }
std::string PixelUnshuffle::extra_repr() const { return fmt::format("downscale_factor={}", factor_); }

std::string Unfold::extra_repr() const { return text_of(kernel_size_, options_); }
std::string Fold::extra_repr() const {
  return fmt::format("output_size={}, {}", python_repr(output_size_), text_of(kernel_size_, options_));
}

}  // namespace xtape::nn
