// Cells of recurrent layers, made of small ops.
#include "nn/layers/recurrent_cells.hpp"

namespace xtape::nn {

RNNCellBase::RNNCellBase(const char* layer, const RecurrentWeights::Settings& settings)
    : layer_(layer), weights_((detail::check_recurrent(layer, settings), *this), settings) {}

std::string RNNCellBase::extra_repr() const {
  return fmt::format("{}, {}{}", input_size(), hidden_size(), bias_ih().defined() ? "" : ", bias=False");
}

void RNNCellBase::check_input(const Tensor& x) const {
  check(x.dim() == 1 || x.dim() == 2,
        "{}: the input is of shape {}; expected {{N, input_size}} or {{input_size}}", layer_, x.shape());
  detail::check_recurrent_input(layer_, x, weights_);
}

Tensor RNNCellBase::checked_state(const Tensor& x, const Tensor& state, const char* name) const {
  const Shape shape = x.dim() == 2 ? Shape{x.size(0), hidden_size()} : Shape{hidden_size()};
  if (!state.defined()) return zeros(shape, {.dtype = x.dtype()});
  detail::check_recurrent_state(layer_, name, state, shape, x);
  return state;
}

Tensor RNNCellBase::of_input(const Tensor& x) const { return weights_.of_input(x, weights_.bias_ih); }

Tensor RNNCellBase::of_state(const Tensor& h) const {
  return bias_hh().defined() ? linear(h, weight_hh(), bias_hh()) : linear(h, weight_hh());
}

RNNCell::RNNCell(std::int64_t input_size, std::int64_t hidden_size, const RNNCellOptions& options)
    : RNNCellBase("RNNCell", {1, input_size, hidden_size, options.bias, options.dtype, options.generator}) {
  options.nonlinearity.check_word("RNNCell", "nonlinearity");
  relu_ = options.nonlinearity.value() == RNNNonlinearity::relu;
}

Tensor RNNCell::forward(const Tensor& x, const Tensor& h) const {
  check_input(x);
  const Tensor sum = of_input(x) + of_state(checked_state(x, h, "h"));
  return relu_ ? relu(sum) : tanh(sum);
}
Tensor RNNCell::operator()(const Tensor& x, const Tensor& h) const {
  const auto run = [&] { return forward(x, h); };
  return h.defined() ? call(run, x, h) : call(run, x);
}

std::string RNNCell::extra_repr() const {
  return RNNCellBase::extra_repr() + (relu_ ? ", nonlinearity=relu" : "");
}

GRUCell::GRUCell(std::int64_t input_size, std::int64_t hidden_size, const GRUCellOptions& options)
    : RNNCellBase("GRUCell", {3, input_size, hidden_size, options.bias, options.dtype, options.generator}) {}

Tensor GRUCell::forward(const Tensor& x, const Tensor& h) const {
  check_input(x);
  const Tensor before = checked_state(x, h, "h");
  const std::vector<Tensor> a = chunk(of_input(x), 3, -1), q = chunk(of_state(before), 3, -1);
  const Tensor r = sigmoid(a[0] + q[0]), z = sigmoid(a[1] + q[1]), n = tanh(a[2] + r * q[2]);
  return n + z * (before - n);
}
Tensor GRUCell::operator()(const Tensor& x, const Tensor& h) const {
  const auto run = [&] { return forward(x, h); };
  return h.defined() ? call(run, x, h) : call(run, x);
}

LSTMCell::LSTMCell(std::int64_t input_size, std::int64_t hidden_size, const LSTMCellOptions& options)
    : RNNCellBase("LSTMCell", {4, input_size, hidden_size, options.bias, options.dtype, options.generator}) {}

LSTMState LSTMCell::forward(const Tensor& x, const LSTMState& state) const {
  check_input(x);
  check(state.h.defined() == state.c.defined(),
        "LSTMCell: only one of h and c is defined; give both or none");
  const Tensor h = checked_state(x, state.h, "h"), c = checked_state(x, state.c, "c");
  const std::vector<Tensor> a = chunk(of_input(x) + of_state(h), 4, -1);
  const Tensor cell = sigmoid(a[1]) * c + sigmoid(a[0]) * tanh(a[2]);
  return {sigmoid(a[3]) * tanh(cell), cell};
}
LSTMState LSTMCell::operator()(const Tensor& x, const LSTMState& state) const {
  const auto run = [&] { return forward(x, state); };
  return state.h.defined() ? call(run, x, state) : call(run, x);
}

}  // namespace xtape::nn
