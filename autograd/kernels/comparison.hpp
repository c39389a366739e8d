// Kernels that compare, choose and classify, with broadcasting. They run unrecorded.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

enum class Comparison { eq, ne, lt, le, gt, ge };
Tensor compare(Comparison kind, const Tensor& a, const Tensor& b);  ///< broadcasting; one dtype; gives kBool

Tensor where(const Tensor& condition, const Tensor& a,
             const Tensor& b);  ///< broadcasting; a and b of one dtype

enum class Classify { nan, inf, finite };
Tensor classify(Classify kind, const Tensor& x);  ///< of a contiguous float tensor; gives kBool

}  // namespace xtape::kernels
