// The dropouts' option check and their calls.
#include "nn/layers/dropout.hpp"

#include "autograd/ops/channel_dropout.hpp"
#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

namespace {

DropoutOptions checked(const DropoutOptions& options, const char* layer) {
  check(options.p >= 0 && options.p <= 1, "{}: p is {}; expected a probability between 0 and 1", layer,
        options.p);
  return options;
}

/// PyTorch's text.
std::string text_of(const DropoutOptions& options) {
  return fmt::format("p={}, inplace={}", python_repr(options.p), python_repr(options.inplace));
}

}  // namespace

Dropout::Dropout(const DropoutOptions& options) : options_(checked(options, "Dropout")) {}

Tensor Dropout::forward(const Tensor& x) {
  return dropout(x, {options_.p, is_training(), options_.inplace, options_.generator});
}

std::string Dropout::extra_repr() const { return text_of(options_); }

Dropout2d::Dropout2d(const DropoutOptions& options) : options_(checked(options, "Dropout2d")) {}

Tensor Dropout2d::forward(const Tensor& x) {
  const Tensor y = dropout2d(x, options_.p, is_training(), options_.generator);
  return options_.inplace && is_training() && options_.p > 0 ? x.copy_(y) : y;
}

std::string Dropout2d::extra_repr() const { return text_of(options_); }

}  // namespace xtape::nn
