// How the pooling layers are printed.
#include "nn/layers/pooling.hpp"

#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

namespace {

using xtape::detail::PerAxis;

const PerAxis& stride_of(const PerAxis& kernel_size, const PerAxis& stride) {
  return stride.empty() ? kernel_size : stride;
}

std::string text_of(const PerAxis& kernel_size, const MaxPoolOptions& options) {
  return fmt::format("kernel_size={}, stride={}, padding={}, dilation={}, ceil_mode={}",
                     python_repr(kernel_size), python_repr(stride_of(kernel_size, options.stride)),
                     python_repr(options.padding), python_repr(options.dilation),
                     python_repr(options.ceil_mode));
}

}  // namespace

std::string MaxPool2d::extra_repr() const { return text_of(kernel_size(), options()); }
std::string MaxPool1d::extra_repr() const { return text_of(kernel_size(), options()); }

std::string AvgPool2d::extra_repr() const {
  return fmt::format("kernel_size={}, stride={}, padding={}", python_repr(kernel_size()),
                     python_repr(stride_of(kernel_size(), options().stride)), python_repr(options().padding));
}
std::string AvgPool1d::extra_repr() const {
  return fmt::format("kernel_size={}, stride={}, padding={}", python_repr(kernel_size().given()),
                     python_repr(stride_of(kernel_size(), options().stride).given()),
                     python_repr(options().padding.given()));
}

std::string AdaptivePool::extra_repr() const { return "output_size=" + python_repr(output_size_); }

}  // namespace xtape::nn
