// The recurrent layer of one product and one function over whole sequences as one op.
#include "autograd/graph/record.hpp"
#include "autograd/kernels/recurrent.hpp"
#include "autograd/ops/detail/index_cases.hpp"
#include "autograd/ops/detail/recurrent.hpp"
#include "autograd/ops/detail/recurrent_steps.hpp"

namespace xtape::detail {

using namespace op;

namespace {

/// h of all steps: see rnn_sequence.     From the last step to the first: da = dh (1 - h^2), or dh where h >
/// 0; then dh = da W
struct RnnSequence {
  static constexpr std::string_view name = "rnn_sequence";
  static constexpr Reads reads = Reads::input0 | Reads::input1 | Reads::output;

  Steps steps;
  bool relu = false;

  Tensor forward(const Tensor& weight, const Tensor& h0, Operand a) const {
    check_sequence(steps, name, 1, weight, {h0}, a);
    Tensor h = owned(a);
    kernels::rnn(steps, relu, weight, h0, h);
    return h;
  }
  void vjp(const Inputs& in, const Tensor& h, const Tensor& g, Wrt& wrt) const {
    if (grad_enabled()) {
      const auto d = gradients(in, h, g);
      wrt(0, [&] { return matmul(t(d[0]), states_before(steps, in[1], h)); });
      wrt(1, [&] { return d[1]; });
      wrt(2, [&] { return d[0]; });
      return;
    }
    check_sequence(steps, name, 1, in[0], {in[1]}, h);
    const Tensor weight = in[0].contiguous(), h0 = in[1].contiguous();
    const auto d = kernels::rnn_backward(steps, relu, weight, h, g.contiguous());
    wrt(0, [&] { return kernels::weight_gradient(steps, {{d[0], d[0].size(1)}}, h0, h); });
    wrt(1, [&] { return d[1]; });
    wrt(2, [&] { return d[0]; });
  }

  Attributes attributes() const {
    Attributes all = attributes_of(steps);
    all.emplace_back("nonlinearity", std::string_view(relu ? "relu" : "tanh"));
    return all;
  }
  static Cases<RnnSequence> cases() {
    Cases<RnnSequence> cases;
    for (const bool relu : {false, true})
      for_checked_steps([&](const Steps& steps, std::int64_t size) {
        cases.add({.inputs = {{size, size}, {steps.batch(), size}, {steps.rows(), size}}}, {steps, relu});
      });
    cases.add({.inputs = {{3, 2}, {2, 3}, {4, 3}}, .error = "rnn_sequence: a weight of shape {3, 2}"},
              {Steps({2, 2})});
    return cases;
  }

 private:
  /// {da, dh0}
  std::array<Tensor, 2> gradients(const Inputs& in, const Tensor& h, const Tensor& g) const {
    Carried dh(in[1]);
    std::vector<Tensor> da(static_cast<std::size_t>(steps.count()));
    for (std::int64_t place = steps.count() - 1; place >= 0; --place) {
      const std::int64_t t = steps.step(place);
      const Tensor states = rows_at(steps, h, t), d = with_rows_at(steps, dh.first(steps.size(t)), g, t);
      const Tensor of_step = relu ? d * (states > 0).to(d.dtype()) : d * (1 - square(states));
      dh.replace(matmul(of_step, in[0]));
      da[static_cast<std::size_t>(t)] = of_step;
    }
    return {joined(da, h), dh.rows()};
  }
};

}  // namespace

Tensor rnn_sequence(const Steps& steps, bool relu, const Tensor& weight, const Tensor& h0, Operand a) {
  return record(RnnSequence{steps, relu}, weight, h0, a);
}

}  // namespace xtape::detail
