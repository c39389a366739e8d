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

/// What the layers of windows share. By position: the kernel, its stride, which is the kernel where left out,
/// and the padding.
template <class Options>
class WindowPool : public Module {
 public:
  explicit WindowPool(const xtape::detail::PerAxis& kernel_size, const Options& options = {})
      : kernel_size_(kernel_size), options_(options) {}
  /// A list in braces is taken as one, since it would also do for the arguments of a copy.
  template <Integer I>
  explicit WindowPool(std::initializer_list<I> kernel_size, const Options& options = {})
      : WindowPool(xtape::detail::PerAxis(kernel_size), options) {}
  WindowPool(const xtape::detail::PerAxis& kernel_size, std::int64_t stride,
             const xtape::detail::PerAxis& padding = 0)
      : WindowPool(kernel_size, Options{.stride = stride, .padding = padding}) {}

 protected:
  WindowPool(const WindowPool&) = default;
  WindowPool& operator=(const WindowPool&) = default;
  const xtape::detail::PerAxis& kernel_size() const { return kernel_size_; }
  const Options& options() const { return options_; }

 private:
  xtape::detail::PerAxis kernel_size_;
  Options options_;
};

/// The greatest of each window of x {N, C, H, W} or {C, H, W}; see xtape::max_pool2d.
class MaxPool2d : public WindowPool<MaxPool2dOptions> {
 public:
  using WindowPool::WindowPool;
  Tensor forward(const Tensor& x) override { return max_pool2d(x, kernel_size(), options()); }
  std::string extra_repr() const override;
};

/// The same of x {N, C, L} or {C, L}.
class MaxPool1d : public WindowPool<MaxPool1dOptions> {
 public:
  using WindowPool::WindowPool;
  Tensor forward(const Tensor& x) override { return max_pool1d(x, kernel_size(), options()); }
  std::string extra_repr() const override;
};

/// The mean of each window; see xtape::avg_pool2d.
class AvgPool2d : public WindowPool<AvgPool2dOptions> {
 public:
  using WindowPool::WindowPool;
  Tensor forward(const Tensor& x) override { return avg_pool2d(x, kernel_size(), options()); }
  std::string extra_repr() const override;
};

/// The same of x {N, C, L} or {C, L}.
class AvgPool1d : public WindowPool<AvgPool1dOptions> {
 public:
  using WindowPool::WindowPool;
  Tensor forward(const Tensor& x) override { return avg_pool1d(x, kernel_size(), options()); }
  std::string extra_repr() const override;
};

/// What the adaptive layers share: the size of their output, one number for all axes or one for each.
class AdaptivePool : public Module {
 public:
  explicit AdaptivePool(const xtape::detail::PerAxis& output_size) : output_size_(output_size) {}
  template <Integer I>
  explicit AdaptivePool(std::initializer_list<I> output_size) : output_size_(output_size) {}
  std::string extra_repr() const override;

 protected:
  AdaptivePool(const AdaptivePool&) = default;
  AdaptivePool& operator=(const AdaptivePool&) = default;
  const xtape::detail::PerAxis& output_size() const { return output_size_; }

 private:
  xtape::detail::PerAxis output_size_;
};

/// x {N, C, H, W} or {C, H, W} to output_size: AdaptiveAvgPool2d(1) gives the mean of each channel.
class AdaptiveAvgPool2d : public AdaptivePool {
 public:
  using AdaptivePool::AdaptivePool;
  Tensor forward(const Tensor& x) override { return adaptive_avg_pool2d(x, output_size()); }
};

class AdaptiveAvgPool1d : public AdaptivePool {
 public:
  using AdaptivePool::AdaptivePool;
  Tensor forward(const Tensor& x) override { return adaptive_avg_pool1d(x, output_size()); }
};

class AdaptiveMaxPool2d : public AdaptivePool {
 public:
  using AdaptivePool::AdaptivePool;
  Tensor forward(const Tensor& x) override { return adaptive_max_pool2d(x, output_size()); }
};

class AdaptiveMaxPool1d : public AdaptivePool {
 public:
  using AdaptivePool::AdaptivePool;
  Tensor forward(const Tensor& x) override { return adaptive_max_pool1d(x, output_size()); }
};

}  // namespace xtape::nn
