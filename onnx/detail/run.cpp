// One run of a graph, node after node; a value is dropped behind its last use.
#include <new>

#include "autograd/base/error.hpp"
#include "onnx/detail/operators.hpp"
#include "onnx/detail/tensor_proto.hpp"

namespace xtape::onnx::detail {

namespace {

std::size_t at(int slot) { return static_cast<std::size_t>(slot); }

void run_node(const Node& node, std::vector<Tensor>& values, const RunContext& context) {
  Results results = node.op->compute(Call(node, values, context));
  check(results.size() >= node.outputs.size(), "gives {} outputs; {} are named", results.size(),
        node.outputs.size());
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i] == kNoSlot) continue;
    check(results[i].defined(), "does not give output {}", i);
    values[at(node.outputs[i])] = std::move(results[i]);
  }
  for (const int slot : node.last_uses) values[at(slot)] = Tensor();
}

}  // namespace

std::vector<Tensor> run(const Graph& graph, const std::vector<Tensor>& inputs,
                        const std::vector<Tensor>& captured, const RunContext& context) {
  check(inputs.size() == graph.inputs.size() && captured.size() == graph.captured.size(),
        "a graph of {} inputs is given {}", graph.inputs.size(), inputs.size());
  std::vector<Tensor> values(at(graph.slots));
  for (std::size_t i = 0; i < inputs.size(); ++i) values[at(graph.inputs[i])] = inputs[i];
  for (std::size_t i = 0; i < captured.size(); ++i) values[at(graph.captured[i])] = captured[i];
  for (const auto& [slot, value] : graph.constants) values[at(slot)] = value;
  for (const Node& node : graph.nodes) {
    try {
      run_node(node, values, context);
    } catch (const Error& error) {
      throw Error(node.label + ": " + error.what());
    } catch (const std::bad_alloc&) {
      throw Error(node.label + ": out of memory");
    }
  }
  std::vector<Tensor> outputs;
  for (const int slot : graph.outputs) outputs.push_back(values[at(slot)]);
  return outputs;
}

bool Call::has(int i) const {
  return i < size() && node_.inputs[at(i)] != kNoSlot && values_[at(node_.inputs[at(i)])].defined();
}

const Tensor& Call::operator[](int i) const {
  check(has(i), "input {} is missing", i);
  return values_[at(node_.inputs[at(i)])];
}

std::vector<Tensor> Call::all() const {
  std::vector<Tensor> inputs;
  for (int i = 0; i < size(); ++i) inputs.push_back((*this)[i]);
  return inputs;
}

std::vector<std::int64_t> Call::integers(int i) const {
  const Tensor& x = (*this)[i];
  check(x.dim() <= 1 && is_integral(x.dtype()),
        "input {} is of shape {} and dtype {}; expected a list of integers", i, x.shape(), x.dtype());
  return x.to_vector<std::int64_t>();
}

Shape Call::shape(int i) const { return integers(i); }

DType Call::dtype(std::int64_t data_type) const {
  const auto type = static_cast<std::int32_t>(data_type);
  const std::optional<DType> known = type == data_type ? dtype_of(type) : std::nullopt;
  if (!known) throw Error("no Tensor holds elements of " + type_name(type));
  return *known == kFloat32 ? float_dtype() : *known;
}

std::vector<Tensor> Call::run(const Graph& graph, const std::vector<Tensor>& inputs) const {
  std::vector<Tensor> captured;
  for (std::size_t i = 0; i < graph.captured.size(); ++i)
    captured.push_back(values_[at(node_.inputs[graph.first_captured + i])]);
  return detail::run(graph, inputs, captured, context_);
}

}  // namespace xtape::onnx::detail
