// Building an MLP from its sizes.
#include "nn/layers/mlp.hpp"

#include <cmath>

#include "nn/layers/detail/with_activation.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/linear.hpp"

namespace xtape::nn {

namespace {

/// The probabilities to drop, of the input and of each hidden layer.
std::vector<double> drop_probabilities(std::size_t hidden, const MLPOptions& options) {
  std::vector<double> drop(hidden + 1, options.dropout);
  drop[0] = 0;
  if (options.keep_prob.empty()) return drop;
  check(options.dropout == 0, "MLP: both dropout, {}, and keep_prob are given; expected one of them",
        options.dropout);
  check(options.keep_prob.size() == drop.size(),
        "MLP: {} keep probabilities; expected {}, of the input and of {} hidden layer(s)",
        options.keep_prob.size(), drop.size(), hidden);
  for (std::size_t i = 0; i < drop.size(); ++i) {
    const double keep = options.keep_prob[i];
    check(keep > 0 && keep <= 1, "MLP: keep probability {} is {}; expected more than 0 and at most 1", i,
          keep);
    drop[i] = std::round((1 - keep) * 1e12) / 1e12;  // 0.2 for 0.8, and not 0.19999999999999996
  }
  return drop;
}

}  // namespace

MLP::MLP(const LayerSizes& sizes, const MLPOptions& options) {
  const std::vector<std::int64_t>& widths = sizes.values();
  check(widths.size() >= 2, "MLP: {} size(s) given; expected the input's and the output's at least",
        widths.size());
  const LinearOptions linear{.bias = options.bias, .dtype = options.dtype, .generator = options.generator};
  const std::vector<double> drop = drop_probabilities(widths.size() - 2, options);
  const auto push_dropout = [&](double p) {
    if (p != 0) push_back(Dropout({.p = p, .generator = options.generator}));
  };
  push_dropout(drop[0]);
  for (std::size_t i = 0; i + 2 < widths.size(); ++i) {
    push_back(Linear(widths[i], widths[i + 1], linear));
    detail::with_activation(options.activation, [&](auto module) { push_back(std::move(module)); });
    push_dropout(drop[i + 1]);
  }
  push_back(Linear(widths[widths.size() - 2], widths.back(), linear));
}

}  // namespace xtape::nn
