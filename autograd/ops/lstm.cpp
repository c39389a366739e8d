// The LSTM over whole sequences as one op.
#include "autograd/graph/record.hpp"
#include "autograd/kernels/recurrent.hpp"
#include "autograd/ops/detail/index_cases.hpp"
#include "autograd/ops/detail/recurrent.hpp"
#include "autograd/ops/detail/recurrent_steps.hpp"

namespace xtape::detail {

using namespace op;

namespace {

/// The slope of a sigmoid that gave y.
Tensor sigmoid_slope(const Tensor& y) { return y * (1 - y); }

/// {da, dh0, dc0}, from the last step to the first:
/// dc += dh o (1 - tanh(c)^2), da = (dc g i (1 - i), dc c' f (1 - f), dc i (1 - g^2), dh tanh(c) o (1 - o)),
/// then dh = da W, dc = dc f
std::array<Tensor, 3> lstm_gradients(const Steps& steps, const Inputs& in, const Outputs& y,
                                     const Outputs& g) {
  const Tensor &weight = in[0], &h0 = in[1], &c0 = in[2], &cells = y[1];
  Carried dh(h0), dc(c0);
  std::vector<Tensor> da(static_cast<std::size_t>(steps.count()));
  for (std::int64_t place = steps.count() - 1; place >= 0; --place) {
    const std::int64_t t = steps.step(place), n = steps.size(t);
    const std::vector<Tensor> gates = chunk(rows_at(steps, y[2], t), 4, 1);
    const Tensor &i = gates[0], &f = gates[1], &cell = gates[2], &o = gates[3];
    const Tensor level = tanh(rows_at(steps, cells, t)), h = with_rows_at(steps, dh.first(n), g[0], t);
    const Tensor c = with_rows_at(steps, dc.first(n), g[1], t) + h * o * (1 - square(level));
    const Tensor of_gates = cat({c * cell, c * states_before(steps, c0, cells, t), c * i, h * level}, 1);
    const Tensor slopes = cat({sigmoid_slope(i), sigmoid_slope(f), 1 - square(cell), sigmoid_slope(o)}, 1);
    const Tensor of_step = with_rows_at(steps, of_gates, g[2], t) * slopes;
    dh.replace(matmul(of_step, weight));
    dc.replace(c * f);
    da[static_cast<std::size_t>(t)] = of_step;
  }
  return {joined(da, y[2]), dh.rows(), dc.rows()};
}

/// {h, c, gates}: see lstm_sequence. The gates i, f, g, o are an output because the gradient reads them.
struct LstmSequence {
  static constexpr std::string_view name = "lstm_sequence";
  static constexpr Reads reads = Reads::input0 | Reads::input1 | Reads::input2 | Reads::output;

  Steps steps;

  std::array<Tensor, 3> forward(const Tensor& weight, const Tensor& h0, const Tensor& c0, Operand a) const {
    check_sequence(steps, name, 4, weight, {h0, c0}, a);
    const Tensor gates = owned(a);
    const auto states = kernels::lstm(steps, weight, h0, c0, gates);
    return {states[0], states[1], gates};
  }
  void vjp(const Inputs& in, const Outputs& y, const Outputs& g, Wrt& wrt) const {
    if (grad_enabled() || g[2].defined()) {
      const auto d = lstm_gradients(steps, in, y, g);
      wrt(0, [&] { return matmul(t(d[0]), states_before(steps, in[1], y[0])); });
      for (const std::size_t i : {1, 2}) wrt(i, [&] { return d[i]; });
      return wrt(3, [&] { return d[0]; });
    }
    check_sequence(steps, name, 4, in[0], {in[1], in[2]}, y[2]);
    const Tensor weight = in[0].contiguous(), h0 = in[1].contiguous();
    const auto d = kernels::lstm_backward(steps, {weight, in[2].contiguous(), y[1], y[2]}, in_one_piece(g[0]),
                                          in_one_piece(g[1]));
    wrt(0, [&] { return kernels::weight_gradient(steps, {{d[0], d[0].size(1)}}, h0, y[0]); });
    for (const std::size_t i : {1, 2}) wrt(i, [&] { return d[i]; });
    wrt(3, [&] { return d[0]; });
  }

  Attributes attributes() const { return attributes_of(steps); }
  static Cases<LstmSequence> cases() {
    Cases<LstmSequence> cases;
    for_checked_steps([&](const Steps& steps, std::int64_t size) {
      const Shape state{steps.batch(), size};
      cases.add({.inputs = {{4 * size, size}, state, state, {steps.rows(), 4 * size}}}, {steps});
    });
    cases.add(
        {.inputs = {{8, 3}, {2, 3}, {2, 3}, {4, 12}}, .error = "lstm_sequence: a weight of shape {8, 3}"},
        {Steps({2, 2})});
    cases.add(
        {.inputs = {{12, 3}, {2, 3}, {1, 3}, {4, 12}}, .error = "states of shape {1, 3}; expected {2, 3}"},
        {Steps({2, 2})});
    return cases;
  }
};

}  // namespace

std::array<Tensor, 2> lstm_sequence(const Steps& steps, const Tensor& weight, const Tensor& h0,
                                    const Tensor& c0, Operand a) {
  auto results = record(LstmSequence{steps}, weight, h0, c0, a);
  return {std::move(results[0]), std::move(results[1])};
}

}  // namespace xtape::detail
