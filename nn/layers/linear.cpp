// Linear's initial values and its product.
#include "nn/layers/linear.hpp"

#include <cmath>

#include "nn/init.hpp"
#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

namespace {

void check_options(std::int64_t in_features, std::int64_t out_features, const LinearOptions& options) {
  check(in_features >= 0 && out_features >= 0,
        "Linear: the numbers of features are {} and {}; expected none below 0", in_features, out_features);
  check(is_floating(options.dtype), "Linear: the dtype is {}; expected float32 or float64", options.dtype);
}

Tensor initial(const Shape& shape, std::int64_t in_features, const LinearOptions& options) {
  const double bound = in_features > 0 ? 1 / std::sqrt(static_cast<double>(in_features)) : 0;
  return init::uniform_(empty(shape, {.dtype = options.dtype}), -bound, bound, options.generator);
}

}  // namespace

Linear::Linear(std::int64_t in_features, std::int64_t out_features, const LinearOptions& options)
    : weight_((check_options(in_features, out_features, options),
               register_parameter("weight", initial({out_features, in_features}, in_features, options)))),
      bias_(register_parameter("bias",
                               options.bias ? initial({out_features}, in_features, options) : Tensor())) {}

Tensor Linear::forward(const Tensor& x) {
  return bias_->defined() ? linear(x, weight_, bias_) : linear(x, weight_);
}

std::string Linear::extra_repr() const {
  return fmt::format("in_features={}, out_features={}, bias={}", in_features(), out_features(),
                     python_repr(bias_->defined()));
}

}  // namespace xtape::nn
