// How the losses of single elements become one number, and the shape check that the elementwise losses share.
#pragma once

#include <string_view>

#include "autograd/tensor/tensor.hpp"
#include "nn/losses/reduction.hpp"

namespace xtape::nn {

/// `losses` reduced; batchmean is an Error that names `op`.
Tensor reduced(const Tensor& losses, Reduction reduction, std::string_view op);

/// Throws unless `target` broadcasts to exactly the shape of `input`, so that no loss grows beyond its input.
void check_target(const Tensor& input, const Tensor& target, std::string_view op);

}  // namespace xtape::nn
