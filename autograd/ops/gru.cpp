// The GRU over whole sequences as one op.
#include "autograd/graph/record.hpp"
#include "autograd/kernels/recurrent.hpp"
#include "autograd/ops/detail/index_cases.hpp"
#include "autograd/ops/detail/recurrent.hpp"
#include "autograd/ops/detail/recurrent_steps.hpp"

namespace xtape::detail {

using namespace op;

namespace {

/// The gradients of one of r, z and n, if there are any.
Tensor third(const Tensor& of_gates, std::int64_t which) {
  return of_gates.defined() ? chunk(of_gates, 3, 1)[static_cast<std::size_t>(which)] : of_gates;
}

/// {da, dq, dh0}, from the last step to the first:
/// dn = dh (1 - z), da_n = dn (1 - n^2), dq = da_n r, da_r = da_n q r (1 - r), da_z = dh (h' - n) z (1 - z),
/// then dh = dh z + (da_r, da_z) W_rz + dq W_n
std::array<Tensor, 3> gru_gradients(const Steps& steps, const Inputs& in, const Outputs& y,
                                    const Outputs& g) {
  const Tensor &weight = in[0], &h0 = in[1];
  const std::int64_t size = h0.size(1);
  Carried dh(h0);
  std::vector<Tensor> da(static_cast<std::size_t>(steps.count())), dq = da;
  for (std::int64_t place = steps.count() - 1; place >= 0; --place) {
    const std::int64_t t = steps.step(place);
    const std::vector<Tensor> gates = chunk(rows_at(steps, y[2], t), 3, 1);
    const Tensor &r = gates[0], &z = gates[1], &n = gates[2];
    const Tensor h = with_rows_at(steps, dh.first(steps.size(t)), g[0], t);
    const Tensor before = states_before(steps, h0, y[0], t);
    const Tensor dn = with_rows_at(steps, h * (1 - z), third(g[2], 2), t) * (1 - square(n));
    const Tensor of_q = with_rows_at(steps, dn * r, g[1], t);
    const Tensor dr = with_rows_at(steps, dn * rows_at(steps, y[1], t), third(g[2], 0), t) * r * (1 - r);
    const Tensor dz = with_rows_at(steps, h * (before - n), third(g[2], 1), t) * z * (1 - z);
    const Tensor of_rz = cat({dr, dz}, 1);
    dh.replace(h * z + matmul(of_rz, narrow(weight, 0, 0, 2 * size)) +
               matmul(of_q, narrow(weight, 0, 2 * size, size)));
    da[static_cast<std::size_t>(t)] = cat({of_rz, dn}, 1);
    dq[static_cast<std::size_t>(t)] = of_q;
  }
  return {joined(da, y[2]), joined(dq, y[1]), dh.rows()};
}

/// {h, q, gates}: see gru_sequence. The gates r, z, n and q = h' W_n^T + bias are outputs because the
/// gradient reads them.
struct GruSequence {
  static constexpr std::string_view name = "gru_sequence";
  static constexpr Reads reads = Reads::input0 | Reads::input1 | Reads::output;

  Steps steps;

  std::array<Tensor, 3> forward(const Tensor& weight, const Tensor& h0, const Tensor& bias, Operand a) const {
    check_sequence(steps, name, 3, weight, {h0}, a);
    const Tensor gates = owned(a);
    const auto states = kernels::gru(steps, weight, bias, h0, gates);
    return {states[0], states[1], gates};
  }
  void vjp(const Inputs& in, const Outputs& y, const Outputs& g, Wrt& wrt) const {
    const std::int64_t size = in[1].size(1);
    if (grad_enabled() || g[1].defined() || g[2].defined()) {
      const auto d = gru_gradients(steps, in, y, g);
      wrt(0, [&] {
        const Tensor before = states_before(steps, in[1], y[0]);
        return matmul(t(cat({narrow(d[0], 1, 0, 2 * size), d[1]}, 1)), before);
      });
      give_states(d, wrt);
      return;
    }
    check_sequence(steps, name, 3, in[0], {in[1]}, y[2]);
    const Tensor weight = in[0].contiguous(), h0 = in[1].contiguous();
    const auto d = kernels::gru_backward(steps, {weight, h0, y[0], y[1], y[2]}, g[0].contiguous());
    wrt(0, [&] { return kernels::weight_gradient(steps, {{d[0], 2 * size}, {d[1], size}}, h0, y[0]); });
    give_states(d, wrt);
  }

  Attributes attributes() const { return attributes_of(steps); }
  static Cases<GruSequence> cases() {
    Cases<GruSequence> cases;
    for_checked_steps([&](const Steps& steps, std::int64_t size) {
      cases.add({.inputs = {{3 * size, size}, {steps.batch(), size}, {size}, {steps.rows(), 3 * size}}},
                {steps});
    });
    cases.add(
        {.inputs = {{9, 3}, {2, 3}, {3}, {3, 9}}, .error = "gates of {3, 9} do not fit states of {2, 3}"},
        {Steps({2, 2})});
    return cases;
  }

 private:
  /// dh0, dbias and da of {da, dq, dh0}
  static void give_states(const std::array<Tensor, 3>& d, Wrt& wrt) {
    wrt(1, [&] { return d[2]; });
    wrt(2, [&] { return sum(d[1], 0); });
    wrt(3, [&] { return d[0]; });
  }
};

}  // namespace

Tensor gru_sequence(const Steps& steps, const Tensor& weight, const Tensor& bias, const Tensor& h0,
                    Operand a) {
  return record(GruSequence{steps}, weight, h0, bias, a)[0];
}

}  // namespace xtape::detail
