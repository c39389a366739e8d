// Building on what the library has: l2_penalty and Dropout.
#include "regularisation.hpp"

#include <cmath>

namespace course {

using namespace xtape;

Tensor frobenius_penalty(const nn::ModuleBase& module, const FrobeniusPenaltyOptions& options) {
  check(options.n > 0, "frobenius_penalty: n is {}; expected the number of training examples", options.n);
  return nn::l2_penalty(module, options.lambda / static_cast<double>(options.n));
}

namespace {

void push_dropout(nn::Sequential& net, double keep) {
  check(keep > 0 && keep <= 1,
        "net_with_dropout: a keep probability is {}; expected more than 0 and at most 1", keep);
  const double p = std::round((1 - keep) * 1e12) / 1e12;  // 0.2 for 0.8, and not 0.19999999999999996
  if (p > 0) net.push_back(nn::Dropout(p));
}

}  // namespace

nn::Sequential net_with_dropout(const std::vector<std::int64_t>& sizes, const std::vector<double>& keep_prob,
                                const nn::LinearOptions& linear) {
  check(sizes.size() >= 2, "net_with_dropout: {} size(s); expected the input's and the output's at least",
        sizes.size());
  check(keep_prob.size() == sizes.size() - 1,
        "net_with_dropout: {} keep probabilities; expected {}, of the input and of {} hidden layer(s)",
        keep_prob.size(), sizes.size() - 1, sizes.size() - 2);
  nn::Sequential net;
  push_dropout(net, keep_prob[0]);
  for (std::size_t i = 1; i < keep_prob.size(); ++i) {
    net.push_back(nn::Linear(sizes[i - 1], sizes[i], linear));
    net.push_back(nn::ReLU());
    push_dropout(net, keep_prob[i]);
  }
  net.push_back(nn::Linear(sizes[sizes.size() - 2], sizes.back(), linear));
  return net;
}

}  // namespace course
