// Bitwise kernels of integers and bools. They run unrecorded.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

enum class Bits { and_, or_, xor_ };
Tensor bitwise(Bits kind, const Tensor& a, const Tensor& b);  ///< broadcasting; one dtype, not floating

}  // namespace xtape::kernels
