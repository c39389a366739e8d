// Dropout's option check and its call.
#include "nn/layers/dropout.hpp"

#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

Dropout::Dropout(const DropoutOptions& options) : options_(options) {
  check(options.p >= 0 && options.p <= 1, "Dropout: p is {}; expected a probability between 0 and 1",
        options.p);
}

Tensor Dropout::forward(const Tensor& x) { return dropout(x, options_.p, is_training(), options_.generator); }

std::string Dropout::extra_repr() const {
  return fmt::format("p={}, inplace=False",
                     python_repr(options_.p));  // PyTorch's text; there is no in-place variant
}

}  // namespace xtape::nn
