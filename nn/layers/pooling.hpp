// Pooling layers; what they compute stands in autograd/ops/pooling.hpp.
#pragma once

#include <initializer_list>

#include "autograd/ops/pooling.hpp"
#include "nn/module/module.hpp"

namespace xtape::nn {

using MaxPool1dOptions = xtape::MaxPoolOptions;
using MaxPool2dOptions = xtape::MaxPoolOptions;
using AvgPool1dOptions = xtape::AvgPoolOptions;
using AvgPool2dOptions = xtape::AvgPoolOptions;

// A list in braces is taken as one, since it would also do for the arguments of a copy.

/// The greatest of each window of x {N, C, H, W} or {C, H, W}; see xtape::max_pool2d. By position: the
/// kernel, its stride, which is the kernel where left out, and the padding.
class MaxPool2d : public Module {
 public:
  explicit MaxPool2d(const xtape::detail::PerAxis& kernel_size, const MaxPool2dOptions& options = {})
      : kernel_size_(kernel_size), options_(options) {}
  template <Integer I>
  explicit MaxPool2d(std::initializer_list<I> kernel_size, const MaxPool2dOptions& options = {})
      : MaxPool2d(xtape::detail::PerAxis(kernel_size), options) {}
  MaxPool2d(const xtape::detail::PerAxis& kernel_size, std::int64_t stride,
            const xtape::detail::PerAxis& padding = 0)
      : MaxPool2d(kernel_size, MaxPool2dOptions{.stride = stride, .padding = padding}) {}

  Tensor forward(const Tensor& x) override { return max_pool2d(x, kernel_size_, options_); }
  std::string extra_repr() const override;

 private:
  xtape::detail::PerAxis kernel_size_;
  MaxPool2dOptions options_;
};

/// The same of x {N, C, L} or {C, L}.
class MaxPool1d : public Module {
 public:
  explicit MaxPool1d(const xtape::detail::PerAxis& kernel_size, const MaxPool1dOptions& options = {})
      : kernel_size_(kernel_size), options_(options) {}
  template <Integer I>
  explicit MaxPool1d(std::initializer_list<I> kernel_size, const MaxPool1dOptions& options = {})
      : MaxPool1d(xtape::detail::PerAxis(kernel_size), options) {}
  MaxPool1d(const xtape::detail::PerAxis& kernel_size, std::int64_t stride,
            const xtape::detail::PerAxis& padding = 0)
      : MaxPool1d(kernel_size, MaxPool1dOptions{.stride = stride, .padding = padding}) {}

  Tensor forward(const Tensor& x) override { return max_pool1d(x, kernel_size_, options_); }
  std::string extra_repr() const override;

 private:
  xtape::detail::PerAxis kernel_size_;
  MaxPool1dOptions options_;
};

/// The mean of each window; see xtape::avg_pool2d, and MaxPool2d for what may stand by position.
class AvgPool2d : public Module {
 public:
  explicit AvgPool2d(const xtape::detail::PerAxis& kernel_size, const AvgPool2dOptions& options = {})
      : kernel_size_(kernel_size), options_(options) {}
  template <Integer I>
  explicit AvgPool2d(std::initializer_list<I> kernel_size, const AvgPool2dOptions& options = {})
      : AvgPool2d(xtape::detail::PerAxis(kernel_size), options) {}
  AvgPool2d(const xtape::detail::PerAxis& kernel_size, std::int64_t stride,
            const xtape::detail::PerAxis& padding = 0)
      : AvgPool2d(kernel_size, AvgPool2dOptions{.stride = stride, .padding = padding}) {}

  Tensor forward(const Tensor& x) override { return avg_pool2d(x, kernel_size_, options_); }
  std::string extra_repr() const override;

 private:
  xtape::detail::PerAxis kernel_size_;
  AvgPool2dOptions options_;
};

/// The same of x {N, C, L} or {C, L}.
class AvgPool1d : public Module {
 public:
  explicit AvgPool1d(const xtape::detail::PerAxis& kernel_size, const AvgPool1dOptions& options = {})
      : kernel_size_(kernel_size), options_(options) {}
  template <Integer I>
  explicit AvgPool1d(std::initializer_list<I> kernel_size, const AvgPool1dOptions& options = {})
      : AvgPool1d(xtape::detail::PerAxis(kernel_size), options) {}
  AvgPool1d(const xtape::detail::PerAxis& kernel_size, std::int64_t stride,
            const xtape::detail::PerAxis& padding = 0)
      : AvgPool1d(kernel_size, AvgPool1dOptions{.stride = stride, .padding = padding}) {}

  Tensor forward(const Tensor& x) override { return avg_pool1d(x, kernel_size_, options_); }
  std::string extra_repr() const override;

 private:
  xtape::detail::PerAxis kernel_size_;
  AvgPool1dOptions options_;
};

/// What the adaptive layers share: the size of their output, one number for all axes or one for each.
class AdaptivePool : public Module {
 public:
  std::string extra_repr() const override;

 protected:
  explicit AdaptivePool(const xtape::detail::PerAxis& output_size) : output_size_(output_size) {}
  AdaptivePool(const AdaptivePool&) = default;
  AdaptivePool& operator=(const AdaptivePool&) = default;
  const xtape::detail::PerAxis& output_size() const { return output_size_; }

 private:
  xtape::detail::PerAxis output_size_;
};

/// x {N, C, H, W} or {C, H, W} to output_size: AdaptiveAvgPool2d(1) gives the mean of each channel.
class AdaptiveAvgPool2d : public AdaptivePool {
 public:
  explicit AdaptiveAvgPool2d(const xtape::detail::PerAxis& output_size) : AdaptivePool(output_size) {}
  template <Integer I>
  explicit AdaptiveAvgPool2d(std::initializer_list<I> output_size) : AdaptivePool(output_size) {}
  Tensor forward(const Tensor& x) override { return adaptive_avg_pool2d(x, output_size()); }
};

class AdaptiveAvgPool1d : public AdaptivePool {
 public:
  explicit AdaptiveAvgPool1d(const xtape::detail::PerAxis& output_size) : AdaptivePool(output_size) {}
  template <Integer I>
  explicit AdaptiveAvgPool1d(std::initializer_list<I> output_size) : AdaptivePool(output_size) {}
  Tensor forward(const Tensor& x) override { return adaptive_avg_pool1d(x, output_size()); }
};

class AdaptiveMaxPool2d : public AdaptivePool {
 public:
  explicit AdaptiveMaxPool2d(const xtape::detail::PerAxis& output_size) : AdaptivePool(output_size) {}
  template <Integer I>
  explicit AdaptiveMaxPool2d(std::initializer_list<I> output_size) : AdaptivePool(output_size) {}
  Tensor forward(const Tensor& x) override { return adaptive_max_pool2d(x, output_size()); }
};

class AdaptiveMaxPool1d : public AdaptivePool {
 public:
  explicit AdaptiveMaxPool1d(const xtape::detail::PerAxis& output_size) : AdaptivePool(output_size) {}
  template <Integer I>
  explicit AdaptiveMaxPool1d(std::initializer_list<I> output_size) : AdaptivePool(output_size) {}
  Tensor forward(const Tensor& x) override { return adaptive_max_pool1d(x, output_size()); }
};

}  // namespace xtape::nn
