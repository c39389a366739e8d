// The forward functions and printed options of the piecewise activation modules.
#include "nn/layers/piecewise_activation.hpp"

#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

Hardtanh::Hardtanh(const HardtanhOptions& options) : options_(options) {
  check(options.max_val > options.min_val,
        "Hardtanh: min_val is {} and max_val {}; expected a smaller min_val", options.min_val,
        options.max_val);
}
Tensor Hardtanh::forward(const Tensor& x) { return hardtanh(x, options_); }
std::string Hardtanh::extra_repr() const {
  return fmt::format("min_val={}, max_val={}{}", python_repr(options_.min_val), python_repr(options_.max_val),
                     inplace_text(options_.inplace));
}

PReLU::PReLU(const PReLUOptions& options)
    : weight_(register_parameter("weight",
                                 full({options.num_parameters}, options.init, {.dtype = options.dtype}))) {}
Tensor PReLU::forward(const Tensor& x) { return prelu(x, weight_); }
std::string PReLU::extra_repr() const { return fmt::format("num_parameters={}", weight_->numel()); }

}  // namespace xtape::nn
