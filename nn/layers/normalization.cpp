// The layers' parameters and texts; what they compute stands in autograd/ops/normalization.cpp.
#include "nn/layers/normalization.hpp"

#include "autograd/ops/normalization.hpp"
#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

namespace {

Tensor filled(bool wanted, const Shape& shape, double value, DType dtype) {
  return wanted ? full(shape, value, {.dtype = dtype}) : Tensor();
}

}  // namespace

LayerNorm::LayerNorm(const Shape& normalized_shape, const LayerNormOptions& options)
    : normalized_shape_(normalized_shape),
      options_(options),
      weight_(register_parameter("weight",
                                 filled(options.elementwise_affine, normalized_shape, 1, options.dtype))),
      bias_(register_parameter(
          "bias", filled(options.elementwise_affine && options.bias, normalized_shape, 0, options.dtype))) {}

Tensor LayerNorm::forward(const Tensor& x) {
  return layer_norm(x, normalized_shape_, weight_, bias_, {.eps = options_.eps});
}

std::string LayerNorm::extra_repr() const {
  return fmt::format("{}, eps={}, elementwise_affine={}", python_repr(normalized_shape_),
                     python_repr(options_.eps), python_repr(options_.elementwise_affine));
}

GroupNorm::GroupNorm(std::int64_t num_groups, std::int64_t num_channels, const GroupNormOptions& options)
    : num_groups_(num_groups),
      num_channels_(num_channels),
      options_(options),
      weight_(register_parameter("weight", filled(options.affine, {num_channels}, 1, options.dtype))),
      bias_(register_parameter("bias", filled(options.affine, {num_channels}, 0, options.dtype))) {
  check(num_groups > 0 && num_channels % num_groups == 0,
        "GroupNorm: {} channels do not fall into {} groups; expected a divisor", num_channels, num_groups);
}

Tensor GroupNorm::forward(const Tensor& x) {
  check(x.dim() >= 2 && x.size(1) == num_channels_, "GroupNorm: expected {{N, {}, ...}}, got {}",
        num_channels_, x.shape());
  return group_norm(x, num_groups_, weight_, bias_, {.eps = options_.eps});
}

std::string GroupNorm::extra_repr() const {
  return fmt::format("{}, {}, eps={}, affine={}", num_groups_, num_channels_, python_repr(options_.eps),
                     python_repr(options_.affine));
}

RMSNorm::RMSNorm(const Shape& normalized_shape, const RMSNormOptions& options)
    : normalized_shape_(normalized_shape),
      options_(options),
      weight_(register_parameter("weight",
                                 filled(options.elementwise_affine, normalized_shape, 1, options.dtype))) {}

Tensor RMSNorm::forward(const Tensor& x) {
  return rms_norm(x, normalized_shape_, weight_, {.eps = options_.eps});
}

std::string RMSNorm::extra_repr() const {
  return fmt::format("{}, eps={}, elementwise_affine={}", python_repr(normalized_shape_),
                     options_.eps ? python_repr(*options_.eps) : "None",
                     python_repr(options_.elementwise_affine));
}

}  // namespace xtape::nn
