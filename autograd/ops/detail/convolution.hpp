// Convolutions of two axes as recorded ops, for operands that fit.
#pragma once

#include <array>
#include <cstdint>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

namespace kernels {
struct ConvGeometry;
}

namespace detail {

/// See kernels::conv; an undefined bias is none.
Tensor convolution(const Tensor& x, const Tensor& weight, const Tensor& bias,
                   const kernels::ConvGeometry& geometry, const std::array<std::int64_t, 2>& size);
/// See kernels::conv_input.
Tensor convolution_input(const Tensor& g, const Tensor& weight, const kernels::ConvGeometry& geometry,
                         const std::array<std::int64_t, 2>& size);

}  // namespace detail

}  // namespace xtape
