// Clipping gradients before an optimiser's step.
#pragma once

#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn::utils {

struct ClipGradNormOptions {
  double norm_type = 2;             ///< the p of the norm; infinity for the greatest magnitude
  bool error_if_nonfinite = false;  ///< throws where the norm is NaN or infinite
};

/// Scales all gradients by max_norm / (norm + 1e-6) where that is below 1, the norm being that of all
/// gradients as one vector. Gives the norm before clipping. Parameters without a gradient are left out.
double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm, double norm_type = 2);
double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm,
                       const ClipGradNormOptions& options);

/// Clamps every element of every gradient to [-clip_value, clip_value].
void clip_grad_value_(const std::vector<Tensor>& parameters, double clip_value);

}  // namespace xtape::nn::utils
