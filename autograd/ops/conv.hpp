// Convolutions over one or two spatial axes, and their transposes.
#pragma once

#include <string>
#include <string_view>

#include "autograd/base/per_axis.hpp"
#include "autograd/tensor/fwd.hpp"

namespace xtape {

namespace detail {
/// The zeros around an input: one integer, one for each axis, or "valid" (none) or "same".
class ConvPadding : public PerAxis {
 public:
  using PerAxis::PerAxis;
  ConvPadding(const char* mode) : mode_(mode) {}         // NOLINT: implicit, as a string in PyTorch
  ConvPadding(std::string_view mode) : mode_(mode) {}    // NOLINT
  ConvPadding(const std::string& mode) : mode_(mode) {}  // NOLINT

  /// The mode; empty where numbers are given.
  const std::string& mode() const { return mode_; }

 private:
  std::string mode_;
};
}  // namespace detail

/// Of each axis, or one number for all.
struct ConvOptions {
  detail::PerAxis stride = 1;
  detail::ConvPadding padding =
      0;                         ///< "same" keeps sizes, for stride 1: uneven padding has one more at the end
  detail::PerAxis dilation = 1;  ///< the distance of the kernel's taps
  std::int64_t groups = 1;       ///< of channels that see only each other
};

struct ConvTransposeOptions {
  detail::PerAxis stride = 1;
  detail::PerAxis padding = 0;         ///< what is cut off at each end
  detail::PerAxis output_padding = 0;  ///< added at the end; smaller than the stride or the dilation
  std::int64_t groups = 1;
  detail::PerAxis dilation = 1;
};

/// y[o, p] = bias[o] + sum over c, k of weight[o, c, k] x[c, p stride - padding + k dilation], zero outside
/// of x. x {N, C, H, W} or {C, H, W}, weight {O, C / groups, KH, KW}, bias {O}, of one floating dtype. y {N,
/// O, OH, OW} or {O, OH, OW} with OH = (H + 2 padding - dilation (KH - 1) - 1) / stride + 1.
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options = {});
Tensor conv2d(const Tensor& x, const Tensor& weight, const ConvOptions& options = {});
/// The same of x {N, C, L} or {C, L} and weight {O, C / groups, K}.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options = {});
Tensor conv1d(const Tensor& x, const Tensor& weight, const ConvOptions& options = {});

/// The input gradient of a convolution, as an op: each place of x adds its weights to a window of y.
/// x {N, C, H, W} or {C, H, W}, weight {C, O / groups, KH, KW}, bias {O}. y {N, O, OH, OW} or {O, OH, OW}
/// with OH = (H - 1) stride - 2 padding + dilation (KH - 1) + output_padding + 1.
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions& options = {});
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const ConvTransposeOptions& options = {});
/// The same of x {N, C, L} or {C, L} and weight {C, O / groups, K}.
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions& options = {});
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const ConvTransposeOptions& options = {});

}  // namespace xtape
