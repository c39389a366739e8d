// Pooling: one number for each window of an image {C, H, W} or {N, C, H, W}, or of a signal {C, L} or
// {N, C, L}; of floats.
#pragma once

#include <optional>

#include "autograd/base/per_axis.hpp"
#include "autograd/tensor/fwd.hpp"

namespace xtape {

struct MaxPoolOptions {
  detail::PerAxis stride = {};  ///< the kernel where left out
  detail::PerAxis padding = 0;  ///< at each end, at most half of the kernel; it never wins
  detail::PerAxis dilation = 1;
  bool ceil_mode = false;  ///< whether what is left at the end gets a window of its own
};
/// The greatest of each window; NaN wins. The gradient goes to the first of equal ones.
/// OH = (H + 2 padding - dilation (KH - 1) - 1) / stride + 1, rounded down, or up by ceil_mode.
Tensor max_pool1d(const Tensor& x, const detail::PerAxis& kernel_size, const MaxPoolOptions& options = {});
Tensor max_pool1d(const Tensor& x, const detail::PerAxis& kernel_size, std::int64_t stride,
                  const detail::PerAxis& padding = 0);
Tensor max_pool2d(const Tensor& x, const detail::PerAxis& kernel_size, const MaxPoolOptions& options = {});
Tensor max_pool2d(const Tensor& x, const detail::PerAxis& kernel_size, std::int64_t stride,
                  const detail::PerAxis& padding = 0);
/// The same, and where each stands: int64, counted along the rows of its image and channel.
ValuesIndices max_pool1d_with_indices(const Tensor& x, const detail::PerAxis& kernel_size,
                                      const MaxPoolOptions& options = {});
ValuesIndices max_pool2d_with_indices(const Tensor& x, const detail::PerAxis& kernel_size,
                                      const MaxPoolOptions& options = {});

struct AvgPoolOptions {
  detail::PerAxis stride = {};  ///< the kernel where left out
  detail::PerAxis padding = 0;  ///< zeros at each end, at most half of the kernel
  bool ceil_mode = false;
  bool count_include_pad = true;                                ///< whether padding counts as elements
  std::optional<std::int64_t> divisor_override = std::nullopt;  ///< in place of the number of elements
};
/// The mean of each window; sizes as for max_pool2d.
Tensor avg_pool1d(const Tensor& x, const detail::PerAxis& kernel_size, const AvgPoolOptions& options = {});
Tensor avg_pool1d(const Tensor& x, const detail::PerAxis& kernel_size, std::int64_t stride,
                  const detail::PerAxis& padding = 0);
Tensor avg_pool2d(const Tensor& x, const detail::PerAxis& kernel_size, const AvgPoolOptions& options = {});
Tensor avg_pool2d(const Tensor& x, const detail::PerAxis& kernel_size, std::int64_t stride,
                  const detail::PerAxis& padding = 0);

/// To a given size: window i of n goes from i H / n, rounded down, to (i + 1) H / n, rounded up.
Tensor adaptive_avg_pool1d(const Tensor& x, const detail::PerAxis& output_size);
Tensor adaptive_avg_pool2d(const Tensor& x, const detail::PerAxis& output_size);
Tensor adaptive_max_pool1d(const Tensor& x, const detail::PerAxis& output_size);
Tensor adaptive_max_pool2d(const Tensor& x, const detail::PerAxis& output_size);
ValuesIndices adaptive_max_pool1d_with_indices(const Tensor& x, const detail::PerAxis& output_size);
ValuesIndices adaptive_max_pool2d_with_indices(const Tensor& x, const detail::PerAxis& output_size);

}  // namespace xtape
