// The softmax family and dropout.
#pragma once

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// y = e^x / sum(e^x) along dim, stable.   dx = y (g - sum(g y))
Tensor softmax(const Tensor& x, Dim dim);
/// y = log softmax(x) along dim, stable for |x| up to 1e4.   dx = g - softmax(x) sum(g)
Tensor log_softmax(const Tensor& x, Dim dim);

/// In training, zeroes elements with probability p and scales the rest by 1 / (1 - p); else gives x itself.
/// An Error for p outside [0, 1]. Without `generator` the default one draws.
Tensor dropout(const Tensor& x, double p = 0.5, bool training = true, Generator* generator = nullptr);
struct DropoutFuncOptions {
  double p = 0.5;
  bool training = true;
  bool inplace = false;            ///< whether x is written over
  Generator* generator = nullptr;  ///< the default generator where null
};
Tensor dropout(const Tensor& x, const DropoutFuncOptions& options);

}  // namespace xtape
