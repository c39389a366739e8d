// The ONNX model of a trace: values by name, nodes, constants and sizes.
#include "onnx/export/detail/builder.hpp"

#include <algorithm>
#include <cstring>

#include "autograd/ops/create.hpp"
#include "onnx/export/detail/call.hpp"
#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

constexpr std::size_t kMostShared = 1024;  // bytes of constants that are looked for again

std::string_view bytes_of(const Tensor& dense) {
  return {reinterpret_cast<const char*>(dense.raw()),
          static_cast<std::size_t>(dense.numel()) * size_of(dense.dtype())};
}

/// Bit for bit, so that NaN is like itself.
bool are_same(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() &&
         bytes_of(a.contiguous()) == bytes_of(b.contiguous());
}

/// "/block/fc1" of "block.fc1"
std::string folder_of(std::string path) {
  std::ranges::replace(path, '.', '/');
  return path.empty() ? "" : "/" + path;
}

template <class T>
void replace_all(std::vector<T>& names, const std::string& from, const std::string& to) {
  std::ranges::replace(names, from, to);
}

}  // namespace

Builder::Builder(const Traces& traces, std::int64_t opset_version)
    : traces_(traces),
      givers_(traces.first.graph.values.size(), Graph::kNone),
      names_(traces.first.graph.values.size()) {
  model_.opset_version = opset_version;
  const Graph& graph = traces.first.graph;
  for (std::size_t i = 0; i < graph.ops.size(); ++i) {
    for (const int y : graph.ops[i].outputs)
      if (y != Graph::kNone) givers_[static_cast<std::size_t>(y)] = static_cast<int>(i);
  }
}

void Builder::build() {
  add_inputs();
  const std::vector<bool> needed = needed_ops();
  for (std::size_t i = 0; i < needed.size(); ++i)
    if (needed[i]) add_op(i);
  add_outputs();
}

void Builder::add_inputs() {
  for (std::size_t i = 0; i < traces_.input_names.size(); ++i) {
    const int value = traces_.first.inputs[i];
    const std::string& name = traces_.input_names[i];
    set_name(value, name);
    model_.inputs.push_back(info_of(value, name));
    taken_.insert(name);
  }
  taken_.insert(traces_.output_names.begin(), traces_.output_names.end());
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const std::string& name = traces_.first.graph.values[i].name;
    if (!name.empty() && names_[i].empty())
      check(taken_.insert(name).second, "onnx::save: an input or output is called \"{}\" as a parameter is",
            name);
  }
}

void Builder::add_outputs() {
  std::unordered_set<std::string> kept(traces_.input_names.begin(), traces_.input_names.end());
  for (const auto& [name, value] : model_.initializers) kept.insert(name);
  for (std::size_t i = 0; i < traces_.output_names.size(); ++i) {
    const int value = traces_.first.outputs[i];
    const std::string& name = traces_.output_names[i];
    static const Graph::Op result{.name = "the result", .attributes = {}, .inputs = {}, .outputs = {}};
    const std::string now = name_of(value, result);
    const bool is_new = !model_.initializers.empty() && model_.initializers.back().first == now;
    if (kept.contains(now) || is_new) {
      model_.nodes.push_back({"Identity", unique("/Identity"), {now}, {name}, {}});
    } else {
      for (Node& node : model_.nodes) {
        replace_all(node.inputs, now, name);
        replace_all(node.outputs, now, name);
      }
      for (std::string& other : names_)
        if (other == now) other = name;
    }
    kept.insert(name);
    model_.outputs.push_back(info_of(value, name));
  }
}

std::vector<bool> Builder::needed_ops() const {
  const Graph& graph = traces_.first.graph;
  std::vector<bool> needed(graph.ops.size());
  std::vector<int> values = traces_.first.outputs;
  while (!values.empty()) {
    const int value = values.back();
    values.pop_back();
    if (value == Graph::kNone || is_constant(value)) continue;
    const int giver = givers_[static_cast<std::size_t>(value)];
    if (giver == Graph::kNone || needed[static_cast<std::size_t>(giver)]) continue;
    needed[static_cast<std::size_t>(giver)] = true;
    const std::vector<int>& inputs = graph.ops[static_cast<std::size_t>(giver)].inputs;
    values.insert(values.end(), inputs.begin(), inputs.end());
  }
  return needed;
}

void Builder::add_op(std::size_t number) {
  const Graph::Op& op = traces_.first.graph.ops[number];
  const Form* form = find_form(op.name);
  Call call(*this, number);
  if (!form) {
    for (const Formless& formless : ops_without_form())
      if (formless.name == op.name) call.refuse(formless.why);
    call.refuse("the op has no form in ONNX");
  }
  path_ = traces_.path_of(op);
  Names results;
  if (form->nodes) {
    results = form->nodes(call);
  } else {
    Names inputs;
    for (std::size_t i = 0; i < call.inputs(); ++i) inputs.push_back(call.in(i));
    results = {call.node(form->onnx, inputs)};
  }
  for (std::size_t i = 0; i < op.outputs.size(); ++i) {
    if (op.outputs[i] != Graph::kNone && i < results.size()) set_name(op.outputs[i], results[i]);
  }
}

bool Builder::is_constant(int value) const {
  const Graph::Value& v = traces_.value(value);
  return v.constant.defined() && v.name.empty() && are_same(v.constant, traces_.other_value(value).constant);
}

Tensor Builder::constant(int value) const {
  return value != Graph::kNone && is_constant(value) ? traces_.value(value).constant : Tensor();
}

void Builder::set_name(int value, std::string name) {
  const Sizes sizes = traces_.sizes(value);
  for (std::size_t d = 0; d < sizes.size(); ++d)
    if (!sizes[d].is_fixed()) known_sizes_.try_emplace(sizes[d], name, static_cast<std::int64_t>(d));
  names_[static_cast<std::size_t>(value)] = std::move(name);
}

const std::string& Builder::name_of(int value, const Graph::Op& op) {
  std::string& name = names_[static_cast<std::size_t>(value)];
  if (!name.empty()) return name;
  const Graph::Value& v = traces_.value(value);
  if (!v.name.empty()) {
    model_.initializers.emplace_back(v.name, v.constant);
    return name = v.name;
  }
  if (is_constant(value)) return name = add_constant(v.constant);
  check(givers_[static_cast<std::size_t>(value)] == Graph::kNone,
        "onnx::save: {} takes a result that has no form in ONNX", traces_.place_of(op));
  std::string varying = add_varying_constant(value, op);
  set_name(value, varying);
  return names_[static_cast<std::size_t>(value)];
}

std::string Builder::unique(std::string name) {
  std::string result = name;
  for (int i = 1; !taken_.insert(result).second; ++i) result = fmt::format("{}_{}", name, i);
  return result;
}

std::vector<std::string> Builder::add(const Graph::Op&, std::string_view type,
                                      std::vector<std::string> inputs, NodeAttributes attributes,
                                      std::size_t outputs) {
  while (!inputs.empty() && inputs.back().empty()) inputs.pop_back();
  Node node{std::string(type),
            unique(fmt::format("{}/{}", folder_of(path_), type)),
            std::move(inputs),
            {},
            std::move(attributes)};
  for (std::size_t i = 0; i < outputs; ++i)
    node.outputs.push_back(unique(fmt::format("{}_output_{}", node.name, i)));
  model_.nodes.push_back(node);
  return node.outputs;
}

std::string Builder::add_node(std::string_view type, std::vector<std::string> inputs,
                              NodeAttributes attributes, std::string_view path) {
  const std::string name = unique(fmt::format("{}/{}", path, type));
  model_.nodes.push_back(
      {std::string(type), name, std::move(inputs), {unique(name + "_output_0")}, std::move(attributes)});
  return model_.nodes.back().outputs[0];
}

std::string Builder::add_constant(const Tensor& value) {
  const Tensor dense = value.detach().contiguous();
  const std::string_view bytes = bytes_of(dense);
  if (bytes.size() > kMostShared) return add_node("Constant", {}, {{"value", dense}}, "");
  const std::string key = fmt::format("{} {} ", dense.dtype(), dense.shape()).append(bytes);
  const auto [found, is_new] = constants_.try_emplace(key);
  if (is_new) found->second = add_node("Constant", {}, {{"value", dense.clone()}}, "");
  return found->second;
}

std::string Builder::add_ints(const std::vector<std::int64_t>& values) {
  return add_constant(from_vector(values, {std::ssize(values)}));
}

ValueInfo Builder::info_of(int value, const std::string& name) const {
  ValueInfo info{name, traces_.value(value).dtype, {}};
  const Sizes sizes = traces_.sizes(value);
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    if (sizes[d].is_fixed()) {
      info.shape.emplace_back(sizes[d].first);
      continue;
    }
    const auto symbol = std::ranges::find(traces_.symbols, sizes[d], &Symbol::size);
    info.shape.emplace_back(symbol != traces_.symbols.end() ? symbol->name : fmt::format("{}_{}", name, d));
  }
  return info;
}

std::string file_of(const Callable& model, const std::vector<Tensor>& example, const SaveOptions& options) {
  constexpr std::int64_t kOldest = 15, kNewest = 17;
  check(options.opset_version >= kOldest && options.opset_version <= kNewest,
        "onnx::save: opset_version is {}; expected {} to {}", options.opset_version, kOldest, kNewest);
  const Traces traces = traced(model, example, options);
  Builder builder(traces, options.opset_version);
  builder.build();
  Model result = std::move(builder).model();
  result.doc_string = options.doc_string;
  return serialized(result);
}

}  // namespace xtape::onnx::saving
