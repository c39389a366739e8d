// RNN, GRU and LSTM, step by step of small ops: any activations, clipping, peepholes, sequences of several
// lengths.
#include <functional>

#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

using Activation = std::function<Tensor(const Tensor&)>;

/// The parameters that an activation takes where the node does not name them.
Activation activation_of(const std::string& name, std::optional<double> alpha, std::optional<double> beta) {
  if (name == "Sigmoid") return [](const Tensor& x) { return sigmoid(x); };
  if (name == "Tanh") return [](const Tensor& x) { return tanh(x); };
  if (name == "Relu") return [](const Tensor& x) { return relu(x); };
  if (name == "Softsign") return [](const Tensor& x) { return softsign(x); };
  if (name == "Softplus") return [](const Tensor& x) { return softplus(x); };
  if (name == "Elu") return [=](const Tensor& x) { return elu(x, alpha.value_or(1)); };
  if (name == "LeakyRelu") return [=](const Tensor& x) { return leaky_relu(x, alpha.value_or(0.01)); };
  if (name == "ThresholdedRelu") return [=](const Tensor& x) { return where(x > alpha.value_or(1), x, 0); };
  if (name == "Affine") return [=](const Tensor& x) { return x * alpha.value_or(1) + beta.value_or(0); };
  if (name == "ScaledTanh")
    return [=](const Tensor& x) { return tanh(x * beta.value_or(1)) * alpha.value_or(1); };
  check(name == "HardSigmoid", "the activation \"{}\" is not known", name);
  return [=](const Tensor& x) { return clamp(x * alpha.value_or(0.2) + beta.value_or(0.5), 0, 1); };
}

/// One direction of a layer. The weights of all gates stand below each other.
struct Direction {
  Tensor input_weight, weight, input_bias, bias, peepholes;  // biases are zeros where they are left out
  std::vector<Activation> activations;
  std::int64_t hidden = 0;
};

/// What a cell makes of x W^T + b of one step, and the states before it: the states behind it, h first.
using Cell = std::vector<Tensor> (*)(const Call&, const Direction&, const Tensor& x,
                                     const std::vector<Tensor>& states);

Tensor clipped(const Call& call, const Tensor& x) {
  if (!call.attributes().has("clip")) return x;
  const double bound = call.number("clip");
  return clamp(x, -bound, bound);
}

std::vector<Tensor> rnn_step(const Call& call, const Direction& way, const Tensor& x,
                             const std::vector<Tensor>& states) {
  return {way.activations[0](clipped(call, x + linear(states[0], way.weight, way.bias)))};
}

/// Gates in the order z, r, h.
std::vector<Tensor> gru_step(const Call& call, const Direction& way, const Tensor& x,
                             const std::vector<Tensor>& states) {
  const Tensor& before = states[0];
  const std::int64_t n = way.hidden;
  const auto rows = [n](const Tensor& w, std::int64_t first, std::int64_t last) {
    return slice(w, 0, first * n, last * n);
  };
  const std::vector<Tensor> of_x = chunk(x, 3, -1);
  const std::vector<Tensor> of_h = chunk(linear(before, rows(way.weight, 0, 2), rows(way.bias, 0, 2)), 2, -1);
  const Tensor z = way.activations[0](clipped(call, of_x[0] + of_h[0]));
  const Tensor r = way.activations[0](clipped(call, of_x[1] + of_h[1]));
  const Tensor weight = rows(way.weight, 2, 3), bias = rows(way.bias, 2, 3);
  const Tensor inner = call.integer("linear_before_reset", 0) != 0 ? r * linear(before, weight, bias)
                                                                   : linear(r * before, weight, bias);
  const Tensor h = way.activations[1](clipped(call, of_x[2] + inner));
  return {h + z * (before - h)};
}

/// Gates in the order i, o, f, c; peepholes i, o, f.
std::vector<Tensor> lstm_step(const Call& call, const Direction& way, const Tensor& x,
                              const std::vector<Tensor>& states) {
  const std::vector<Tensor> gates = chunk(x + linear(states[0], way.weight, way.bias), 4, -1);
  const auto peeped = [&](const Tensor& gate, int peephole, const Tensor& cell) {
    const std::int64_t first = peephole * way.hidden;
    return clipped(call, way.peepholes.defined()
                             ? gate + slice(way.peepholes, 0, first, first + way.hidden) * cell
                             : gate);
  };
  const Tensor& before = states[1];
  const Tensor i = way.activations[0](peeped(gates[0], 0, before));
  const Tensor f =
      call.integer("input_forget", 0) != 0 ? 1 - i : way.activations[0](peeped(gates[2], 2, before));
  const Tensor c = f * before + i * way.activations[1](clipped(call, gates[3]));
  const Tensor o = way.activations[0](peeped(gates[1], 1, c));
  return {o * way.activations[2](c), c};
}

struct Kind {
  std::string_view name;
  int gates;
  std::vector<std::string> activations;
  Cell step;
  int states;
};

Direction direction_of(const Call& call, const Kind& kind, int number, int directions) {
  Direction way;
  way.input_weight = select(call[1], 0, number);
  way.weight = select(call[2], 0, number);
  way.hidden = way.weight.size(-1);
  check(way.hidden <= 0x7fffffff, "the hidden size is {}", way.hidden);
  const std::int64_t rows = kind.gates * way.hidden;
  check(way.weight.shape() == Shape({rows, way.hidden}) && way.input_weight.dim() == 2 &&
            way.input_weight.size(0) == rows,
        "the weights are of shapes {} and {}; expected {{directions, {} hidden, ...}}", call[1].shape(),
        call[2].shape(), kind.gates);
  const Tensor both =
      call.has(3) ? select(call[3], 0, number) : zeros({2 * rows}, {.dtype = way.weight.dtype()});
  check(both.shape() == Shape({2 * rows}), "the biases of a direction are of shape {}; expected {{{}}}",
        both.shape(), 2 * rows);
  way.input_bias = slice(both, 0, 0, rows);
  way.bias = slice(both, 0, rows, 2 * rows);
  if (kind.states == 2 && call.has(7)) {
    way.peepholes = select(call[7], 0, number);
    check(way.peepholes.shape() == Shape({3 * way.hidden}), "the peepholes are of shape {}", call[7].shape());
  }

  std::vector<std::string> names = call.attributes().texts("activations");
  const std::size_t count = kind.activations.size();
  if (names.empty())
    for (int i = 0; i < directions; ++i)
      names.insert(names.end(), kind.activations.begin(), kind.activations.end());
  check(names.size() == count * static_cast<std::size_t>(directions), "has {} activations; expected {}",
        names.size(), count * static_cast<std::size_t>(directions));
  const std::vector<double> alphas = call.attributes().numbers("activation_alpha"),
                            betas = call.attributes().numbers("activation_beta");
  const auto at = [](const std::vector<double>& values, std::size_t i) {
    return i < values.size() ? std::optional(values[i]) : std::nullopt;
  };
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = static_cast<std::size_t>(number) * count + i;
    way.activations.push_back(activation_of(names[place], at(alphas, place), at(betas, place)));
  }
  return way;
}

struct Ran {
  Tensor outputs;              // {steps, N, hidden}
  std::vector<Tensor> states;  // {N, hidden}
};

/// Sequences that have ended keep their states, and give zeros.
Ran run_direction(const Call& call, const Kind& kind, const Direction& way, const Tensor& x,
                  std::vector<Tensor> states, bool is_reverse) {
  const std::int64_t steps = x.size(0);
  const Tensor of_inputs = linear(x, way.input_weight, way.input_bias);
  const Tensor lengths = call.has(4) ? unsqueeze(call[4].to(kInt64), 1) : Tensor();
  std::vector<Tensor> outputs(static_cast<std::size_t>(steps));
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::int64_t step = is_reverse ? steps - 1 - i : i;
    std::vector<Tensor> next = kind.step(call, way, select(of_inputs, 0, step), states);
    Tensor output = next[0];
    if (lengths.defined()) {
      const Tensor goes_on = lengths > step;
      output = where(goes_on, output, 0);
      for (std::size_t s = 0; s < states.size(); ++s) next[s] = where(goes_on, next[s], states[s]);
    }
    outputs[static_cast<std::size_t>(step)] = output;
    states = std::move(next);
  }
  return {steps == 0 ? zeros({0, x.size(1), way.hidden}, {.dtype = x.dtype()}) : stack(outputs), states};
}

/// X, W, R, B, lengths, the first states, peepholes; gives all h {steps, directions, N, hidden} and the last
/// states.
Results recurrent(const Call& call, const Kind& kind) {
  const bool is_batch_first = call.integer("layout", 0) != 0;
  check(call[0].dim() == 3 && call[1].dim() == 3 && call[2].dim() == 3,
        "X, W and R are of shapes {}, {} and {}; expected 3 dims", call[0].shape(), call[1].shape(),
        call[2].shape());
  const Tensor x = is_batch_first ? transpose(call[0], 0, 1) : call[0];
  const std::string direction = call.text("direction", "forward");
  check(direction == "forward" || direction == "reverse" || direction == "bidirectional",
        "the direction is \"{}\"; expected forward, reverse or bidirectional", direction);
  const int directions = direction == "bidirectional" ? 2 : 1;
  check(call[1].size(0) == directions && call[2].size(0) == directions,
        "has weights of {} directions; expected {}", call[1].size(0), directions);

  std::vector<Tensor> outputs;
  std::vector<std::vector<Tensor>> last(static_cast<std::size_t>(kind.states));
  for (int d = 0; d < directions; ++d) {
    const Direction way = direction_of(call, kind, d, directions);
    std::vector<Tensor> states;
    for (int s = 0; s < kind.states; ++s)
      states.push_back(call.has(5 + s) ? select(call[5 + s], is_batch_first ? 1 : 0, d)
                                       : zeros({x.size(1), way.hidden}, {.dtype = x.dtype()}));
    Ran ran = run_direction(call, kind, way, x, states, d == 1 || direction == "reverse");
    outputs.push_back(ran.outputs);
    for (std::size_t s = 0; s < last.size(); ++s) last[s].push_back(ran.states[s]);
  }
  std::vector<Tensor> results{stack(outputs, 1)};
  if (is_batch_first) results[0] = permute(results[0], {2, 0, 1, 3});
  for (const std::vector<Tensor>& states : last) results.push_back(stack(states, is_batch_first ? 1 : 0));
  return results;
}

Compute layer(Kind kind) {
  return [kind = std::move(kind)](const Call& call) { return recurrent(call, kind); };
}

}  // namespace

Operators recurrent_operators() {
  return {{"GRU", 7, layer({"GRU", 3, {"Sigmoid", "Tanh"}, gru_step, 1})},
          {"LSTM", 7, layer({"LSTM", 4, {"Sigmoid", "Tanh", "Tanh"}, lstm_step, 2})},
          {"RNN", 7, layer({"RNN", 1, {"Tanh"}, rnn_step, 1})}};
}

}  // namespace xtape::onnx::detail
