// Activation functions that are made of straight lines or parabolas. They take floating point only, but for
// hardtanh and relu6.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// x limited to [min_val, max_val]; integers stay. Unlike clamp's, the gradient is 0 at the bounds.
Tensor hardtanh(const Tensor& x, double min_val = -1.0, double max_val = 1.0);
struct HardtanhOptions {
  double min_val = -1;
  double max_val = 1;
  bool inplace = false;  ///< whether x is written over, as by hardtanh_
};
Tensor hardtanh(const Tensor& x, const HardtanhOptions& options);
Tensor relu6(const Tensor& x);        ///< x limited to [0, 6], as hardtanh
Tensor hardsigmoid(const Tensor& x);  ///< (x + 3) / 6, limited to [0, 1]
Tensor hardswish(const Tensor& x);    ///< x hardsigmoid(x)
/// x where x > 0, else weight x. The weight has one element, or one for each channel: dim 1 of x.
Tensor prelu(const Tensor& x, const Tensor& weight);

}  // namespace xtape
