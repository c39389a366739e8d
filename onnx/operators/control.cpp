// Graphs inside the graph: choices and loops. What they compute is recorded as if it stood there without
// them.
#include <algorithm>

#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

Results choice(const Call& call) {
  return call.run(call.attributes().graph(call.item<bool>(0) ? "then_branch" : "else_branch"), {});
}

/// Tensors of each step, joined along a new dim at the end of the loop.
class StepOutputs {
 public:
  explicit StepOutputs(std::size_t count) : steps_(count) {}
  void add(std::vector<Tensor>::const_iterator first) {
    for (std::vector<Tensor>& steps : steps_) steps.push_back(*first++);
  }
  Tensor joined(std::size_t i, int axis, bool is_reversed) {
    if (is_reversed) std::ranges::reverse(steps_[i]);
    return steps_[i].empty() ? zeros({0}) : stack(steps_[i], axis_of(axis, steps_[i][0].dim() + 1));
  }

 private:
  std::vector<std::vector<Tensor>> steps_;
};

/// body(step, goes on, state...) gives (goes on, state..., what is kept of each step...).
Results loop(const Call& call) {
  const Graph& body = call.attributes().graph("body");
  const std::int64_t most =
      call.has(0) ? call.item<std::int64_t>(0) : std::numeric_limits<std::int64_t>::max();
  std::vector<Tensor> state{Tensor(), call.has(1) ? call[1] : tensor(true)};
  for (int i = 2; i < call.size(); ++i) state.push_back(call[i]);
  const std::size_t states = state.size() - 2;
  check(body.inputs.size() == state.size() && body.outputs.size() > states,
        "the body has {} inputs and {} outputs; {} states go around", body.inputs.size(), body.outputs.size(),
        states);

  const std::size_t kept = body.outputs.size() - 1 - states;
  StepOutputs steps(kept);
  for (std::int64_t i = 0; i < most && state[1].item<bool>(); ++i) {
    state[0] = tensor(i);
    const std::vector<Tensor> given = call.run(body, state);
    std::copy_n(given.begin(), states + 1, state.begin() + 1);
    steps.add(given.begin() + static_cast<std::ptrdiff_t>(states) + 1);
  }
  std::vector<Tensor> results(state.begin() + 2, state.end());
  for (std::size_t i = 0; i < kept; ++i) results.push_back(steps.joined(i, 0, false));
  return results;
}

struct Scanned {
  std::vector<Tensor> states, inputs;
};

/// body(state..., slices...) gives (state..., what is kept of each step...).
std::vector<Tensor> scan_over(const Call& call, const Graph& body, Scanned given) {
  const auto list = [&](std::string_view name, std::size_t count) {
    std::vector<std::int64_t> values = call.attributes().integers(name);
    if (values.empty()) values.assign(count, 0);
    check(values.size() == count, "{} has {} numbers; expected {}", name, values.size(), count);
    return values;
  };
  const std::size_t states = given.states.size(), inputs = given.inputs.size();
  check(body.inputs.size() == states + inputs && body.outputs.size() >= states,
        "the body has {} inputs and {} outputs, for {} states and {} inputs", body.inputs.size(),
        body.outputs.size(), states, inputs);
  const std::size_t kept = body.outputs.size() - states;
  const auto axes = list("scan_input_axes", inputs), directions = list("scan_input_directions", inputs);
  const auto output_axes = list("scan_output_axes", kept),
             output_directions = list("scan_output_directions", kept);

  std::int64_t count = -1;
  for (std::size_t i = 0; i < inputs; ++i) {
    const std::int64_t size = given.inputs[i].size(axis_of(axes[i], given.inputs[i].dim()));
    check(count < 0 || size == count, "the inputs have {} and {} steps", count, size);
    count = size;
  }
  StepOutputs steps(kept);
  for (std::int64_t step = 0; step < count; ++step) {
    std::vector<Tensor> arguments = given.states;
    for (std::size_t i = 0; i < inputs; ++i)
      arguments.push_back(select(given.inputs[i], axes[i], directions[i] == 0 ? step : count - 1 - step));
    const std::vector<Tensor> results = call.run(body, arguments);
    std::copy_n(results.begin(), states, given.states.begin());
    steps.add(results.begin() + static_cast<std::ptrdiff_t>(states));
  }
  for (std::size_t i = 0; i < kept; ++i)
    given.states.push_back(steps.joined(i, static_cast<int>(output_axes[i]), output_directions[i] != 0));
  return given.states;
}

/// Opset 8 has a batch in front of states and steps, and leaves the lengths of sequences out or not.
Results scan(const Call& call) {
  const Graph& body = call.attributes().graph("body");
  const bool is_batched = call.opset() < 9;
  const int first = is_batched ? 1 : 0;
  check(!is_batched || !call.has(0), "lengths of sequences are not computed");
  const std::int64_t inputs = call.integer("num_scan_inputs"), states = call.size() - first - inputs;
  check(inputs >= 1 && states >= 0, "has {} inputs, {} of which are scanned", call.size(), inputs);
  const auto given = [&](const auto& of) {
    Scanned scanned;
    for (int i = first; i < call.size(); ++i)
      (i - first < states ? scanned.states : scanned.inputs).push_back(of(call[i]));
    return scanned;
  };
  if (!is_batched) return scan_over(call, body, given([](const Tensor& x) { return x; }));

  std::vector<std::vector<Tensor>> results(body.outputs.size());
  for (std::int64_t n = 0; n < call[call.size() - 1].size(0); ++n) {
    const std::vector<Tensor> of_one =
        scan_over(call, body, given([n](const Tensor& x) { return select(x, 0, n); }));
    for (std::size_t i = 0; i < results.size(); ++i) results[i].push_back(of_one[i]);
  }
  std::vector<Tensor> batches;
  for (const std::vector<Tensor>& result : results)
    batches.push_back(result.empty() ? zeros({0}) : stack(result));
  return batches;
}

}  // namespace

Operators control_operators() {
  return {{"If", 1, choice},
          {"Loop", 1, loop, "of tensors; what no step gave is of shape {0}"},
          {"Scan", 8, scan}};
}

}  // namespace xtape::onnx::detail
