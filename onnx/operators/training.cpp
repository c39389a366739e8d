// Steps of optimisers, the operators of ONNX's preview of training. Inputs are the rate, the number of the
// step, and then lists: all tensors, all gradients, all of each state.
#include <algorithm>
#include <cmath>

#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

/// Calls update(x, g, states) for each tensor, which gives x and its states after the step.
template <class Update>
Results for_each_tensor(const Call& call, int states, const Update& update) {
  const int lists = 2 + states, count = std::max(call.size() - 2, 0) / lists;
  check(call.size() == 2 + count * lists && count > 0, "has {} inputs; expected 2 and lists of one length",
        call.size());
  std::vector<Tensor> results(static_cast<std::size_t>(count) * static_cast<std::size_t>(1 + states));
  for (int i = 0; i < count; ++i) {
    std::vector<Tensor> before;
    for (int s = 0; s < states; ++s) before.push_back(call[2 + (2 + s) * count + i]);
    const Tensor &x = call[2 + i], &g = call[2 + count + i];
    const std::vector<Tensor> after = update(x, call.number("norm_coefficient", 0) * x + g, before);
    for (int s = 0; s <= states; ++s)
      results[static_cast<std::size_t>(s) * static_cast<std::size_t>(count) + static_cast<std::size_t>(i)] =
          after[static_cast<std::size_t>(s)];
  }
  return results;
}

Results adagrad(const Call& call) {
  const double steps = call.item<double>(1);
  const Tensor rate = call[0] / (1 + steps * call.number("decay_factor", 0));
  return for_each_tensor(call, 1, [&](const Tensor& x, const Tensor& g, const std::vector<Tensor>& states) {
    const Tensor h = states[0] + square(g);
    return std::vector<Tensor>{x - rate * g / (sqrt(h) + call.number("epsilon", 1e-6F)), h};
  });
}

Results adam(const Call& call) {
  const double alpha = call.number("alpha", 0.9F), beta = call.number("beta", 0.999F),
               steps = call.item<double>(1);
  const double bias = steps > 0 ? std::sqrt(1 - std::pow(beta, steps)) / (1 - std::pow(alpha, steps)) : 1;
  return for_each_tensor(call, 2, [&](const Tensor& x, const Tensor& g, const std::vector<Tensor>& states) {
    const Tensor v = alpha * states[0] + (1 - alpha) * g, h = beta * states[1] + (1 - beta) * square(g);
    const Tensor y = x - call[0] * bias * v / (sqrt(h) + call.number("epsilon", 1e-6F));
    return std::vector<Tensor>{(1 - call.number("norm_coefficient_post", 0)) * y, v, h};
  });
}

Results momentum(const Call& call) {
  const double alpha = call.number("alpha"), beta = call.item<std::int64_t>(1) > 0 ? call.number("beta") : 1;
  const bool is_nesterov = call.text("mode") == "nesterov";
  return for_each_tensor(call, 1, [&](const Tensor& x, const Tensor& g, const std::vector<Tensor>& states) {
    const Tensor v = alpha * states[0] + beta * g;
    return std::vector<Tensor>{x - call[0] * (is_nesterov ? g + alpha * v : v), v};
  });
}

}  // namespace

Operators training_operators() {
  return {{"ai.onnx.preview.training.Adagrad", 1, adagrad},
          {"ai.onnx.preview.training.Adam", 1, adam},
          {"ai.onnx.preview.training.Momentum", 1, momentum}};
}

}  // namespace xtape::onnx::detail
