// Building an MLP from its sizes.
#include "nn/layers/mlp.hpp"

#include "nn/layers/detail/with_activation.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/linear.hpp"

namespace xtape::nn {

MLP::MLP(const xtape::detail::Integers& sizes, const MLPOptions& options) {
  const std::vector<std::int64_t>& widths = sizes.values();
  check(widths.size() >= 2, "MLP: {} size(s) given; expected the input's and the output's at least",
        widths.size());
  const LinearOptions linear{.bias = options.bias, .dtype = options.dtype, .generator = options.generator};
  for (std::size_t i = 0; i + 2 < widths.size(); ++i) {
    push_back(Linear(widths[i], widths[i + 1], linear));
    detail::with_activation(options.activation, [&](auto module) { push_back(std::move(module)); });
    if (options.dropout != 0) push_back(Dropout({.p = options.dropout, .generator = options.generator}));
  }
  push_back(Linear(widths[widths.size() - 2], widths.back(), linear));
}

}  // namespace xtape::nn
