// Steps of recurrent layers, as small ops see them.
#include "autograd/ops/detail/recurrent_steps.hpp"

namespace xtape::detail {

void check_sequence(const Steps& steps, std::string_view op, std::int64_t gates, const Tensor& weight,
                    const std::vector<Tensor>& states, const Tensor& a) {
  const std::int64_t size = states[0].dim() == 2 ? states[0].size(1) : 0;
  const Shape of_weight{gates * size, size}, of_state{steps.batch(), size},
      of_gates{steps.rows(), gates * size};
  check(weight.shape() == of_weight && a.shape() == of_gates,
        "{}: a weight of shape {} and gates of {} do not fit states of {}; expected {} and {}", op,
        weight.shape(), a.shape(), states[0].shape(), of_weight, of_gates);
  for (const Tensor& state : states)
    check(state.shape() == of_state, "{}: states of shape {}; expected {}", op, state.shape(), of_state);
}

Tensor rows_at(const Steps& steps, const Tensor& x, std::int64_t t) {
  return narrow(x, 0, steps.begin(t), steps.size(t));
}

Tensor with_rows_at(const Steps& steps, const Tensor& x, const Tensor& y, std::int64_t t) {
  return y.defined() ? x + rows_at(steps, y, t) : x;
}

Tensor states_before(const Steps& steps, const Tensor& initial, const Tensor& all, std::int64_t t) {
  std::vector<Tensor> parts;
  steps.before(t, 0, steps.size(t), [&](std::int64_t begin, std::int64_t end, std::int64_t row) {
    parts.push_back(row == Steps::kInitial ? narrow(initial, 0, begin, end - begin)
                                           : narrow(all, 0, row, end - begin));
  });
  return joined(parts, initial);
}

Tensor states_before(const Steps& steps, const Tensor& initial, const Tensor& all) {
  std::vector<Tensor> parts;
  for (std::int64_t t = 0; t < steps.count(); ++t) parts.push_back(states_before(steps, initial, all, t));
  return joined(parts, initial);
}

Tensor joined(const std::vector<Tensor>& of_steps, const Tensor& x) {
  if (of_steps.empty()) return narrow(x, 0, 0, 0);
  return of_steps.size() == 1 ? of_steps[0] : cat(of_steps);
}

void Carried::replace(const Tensor& x) {
  const std::int64_t n = x.size(0), all = rows_.size(0);
  rows_ = n == all ? x : cat({x, narrow(rows_, 0, n, all - n)});
}

op::Attributes attributes_of(const Steps& steps) {
  return {{"steps", steps.count()}, {"batch", steps.batch()}, {"reverse", steps.is_reverse()}};
}

}  // namespace xtape::detail
