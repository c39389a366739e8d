// Patches of images as columns and back, and pixels that change places with channels. Windows along one dim
// are a method, x.unfold(dim, size, step).
#pragma once

#include "autograd/base/per_axis.hpp"
#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// Of each axis, or one number for both.
struct UnfoldOptions {
  detail::PerAxis dilation = 1;
  detail::PerAxis padding = 0;  ///< zeros at each end
  detail::PerAxis stride = 1;
};
using FoldOptions = UnfoldOptions;

/// Each patch of x {N, C, H, W} or {C, H, W} becomes a column of {N, C KH KW, patches}, or without N.
Tensor unfold(const Tensor& x, const detail::PerAxis& kernel_size, const UnfoldOptions& options = {});
/// The adjoint: the columns of x {N, C KH KW, patches} are added up as patches of images {N, C, H, W} of
/// output_size {H, W}.
Tensor fold(const Tensor& x, const detail::PerAxis& output_size, const detail::PerAxis& kernel_size,
            const FoldOptions& options = {});

/// {..., C r^2, H, W} to {..., C, H r, W r}.
Tensor pixel_shuffle(const Tensor& x, std::int64_t upscale_factor);
/// {..., C, H r, W r} to {..., C r^2, H, W}.
Tensor pixel_unshuffle(const Tensor& x, std::int64_t downscale_factor);

}  // namespace xtape
