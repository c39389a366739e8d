// TensorOptions: how a new tensor is to be made.
#pragma once

#include <optional>

#include "autograd/base/device.hpp"
#include "autograd/base/dtype.hpp"

namespace xtape {

class Generator;

/// Without a dtype, floating-point values give float32, integers int64 and bools bool.
struct TensorOptions {
  std::optional<DType> dtype = {};
  Device device = kCPU;  ///< for programs written for several; another one is an Error
  bool requires_grad = false;
  Generator* generator = nullptr;  ///< for random tensors; the default generator where null
};

}  // namespace xtape
