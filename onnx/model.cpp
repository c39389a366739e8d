// A model's state, and its runs.
#include "onnx/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "io/utf8.hpp"
#include "onnx/detail/compiler.hpp"
#include "onnx/load.hpp"

namespace xtape::onnx {

namespace {

/// What stands before a dot in the names of tensors.
class Parameters : public nn::ModuleBase {};

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> parts{""};
  for (const char letter : name) {
    if (letter == '.')
      parts.emplace_back();
    else
      parts.back() += letter;
  }
  return parts;
}

/// A tree of names: which are children, and which are tensors.
struct Names {
  std::map<std::string, Names> children = {};
  std::set<std::string> tensors = {};

  /// Takes the name's place in the tree; false where it has none.
  bool add(const std::vector<std::string>& parts) {
    if (std::ranges::count(parts, "") > 0) return false;
    Names* at = this;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      if (at->tensors.contains(parts[i])) return false;
      at = &at->children[parts[i]];
    }
    return !at->children.contains(parts.back()) && at->tensors.insert(parts.back()).second;
  }
};

/// Where each tensor stands in the module.
std::vector<std::vector<std::string>> places_of(const std::vector<detail::Initializer>& initializers) {
  Names names;
  std::vector<std::vector<std::string>> places;
  for (const detail::Initializer& initializer : initializers) {
    std::vector<std::string> place = parts_of(initializer.name);
    if (!names.add(place)) {
      std::string flat = initializer.name;
      std::ranges::replace(flat, '.', '_');
      for (place = {flat}; !names.add(place);) place[0] += '_';
    }
    places.push_back(std::move(place));
  }
  return places;
}

std::string joined(const std::vector<std::string>& names) {
  return names.empty() ? "none" : io::printable_list(names);
}

void check_input(const detail::InputSpec& spec, const Tensor& x, DType float_dtype) {
  const std::string name = io::printable(spec.name);
  check(x.defined(), "Model: the input \"{}\" is undefined", name);
  const DType dtype = spec.dtype == kFloat32 ? float_dtype : spec.dtype;
  check(x.dtype() == dtype, "Model: the input \"{}\" is of dtype {}; expected {}", name, x.dtype(), dtype);
  if (!spec.sizes) return;
  bool fits = x.dim() == static_cast<std::int64_t>(spec.sizes->size());
  for (std::size_t i = 0; fits && i < spec.sizes->size(); ++i)
    fits = (*spec.sizes)[i] < 0 || (*spec.sizes)[i] == x.size(static_cast<int>(i));
  std::vector<std::string> sizes;
  for (const std::int64_t size : *spec.sizes) sizes.push_back(size < 0 ? "?" : std::to_string(size));
  check(fits, "Model: the input \"{}\" is of shape {}; expected {{{}}}", name, x.shape(),
        fmt::join(sizes, ", "));
}

}  // namespace

Model::Model(detail::Compiled compiled) {
  const std::vector<std::vector<std::string>> places = places_of(compiled.initializers);
  std::map<std::vector<std::string>, Parameters> children;
  const auto child = [&](const std::vector<std::string>& path, const auto& self) -> nn::ModuleBase& {
    if (path.empty()) return *this;
    if (const auto found = children.find(path); found != children.end()) return found->second;
    nn::ModuleBase& parent = self({path.begin(), path.end() - 1}, self);
    return children.emplace(path, parent.register_module(path.back(), Parameters())).first->second;
  };
  for (std::size_t i = 0; i < places.size(); ++i) {
    const detail::Initializer& initializer = compiled.initializers[i];
    nn::ModuleBase& owner = child({places[i].begin(), places[i].end() - 1}, child);
    tensors_.emplace_back(initializer.is_parameter
                              ? owner.register_parameter(places[i].back(), initializer.value)
                              : owner.register_buffer(places[i].back(), initializer.value));
  }
  for (const detail::InputSpec& input : compiled.program.inputs) input_names_.push_back(input.name);
  program_ = std::make_shared<const detail::Program>(std::move(compiled.program));
  eval();
}

detail::RunContext Model::context() const {
  const std::optional<std::size_t> tells = program_->float_initializer;
  return {.training = is_training(), .float_dtype = tells ? tensors_[*tells]->dtype() : kFloat32};
}

std::vector<Tensor> Model::outputs(const std::vector<Tensor>& inputs) {
  const detail::RunContext how = context();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    check_input(program_->inputs[i], inputs[i], how.float_dtype);
  const std::vector<Tensor> captured(tensors_.begin(), tensors_.end());
  return detail::run(program_->graph, inputs, captured, how);
}

Tensor Model::forward(const Tensor& x) {
  check(input_names_.size() == 1 && output_names().size() == 1,
        "Model: takes {} and gives {}; only a model of one input and one output is called with a tensor, "
        "others by run",
        joined(input_names_), joined(output_names()));
  return outputs({x})[0];
}

StateDict Model::run(const StateDict& inputs) {
  std::vector<Tensor> ordered;
  for (const std::string& name : input_names_) {
    check(inputs.contains(name), "Model: there is no input \"{}\"; there are {}", io::printable(name),
          joined(inputs.keys()));
    ordered.push_back(inputs.at(name));
  }
  for (const auto& [name, value] : inputs)
    check(std::ranges::find(input_names_, name) != input_names_.end(), "Model: takes no \"{}\", but {}",
          io::printable(name), joined(input_names_));
  return call(
      [&] {
        const std::vector<Tensor> results = outputs(ordered);
        StateDict named;
        for (std::size_t i = 0; i < results.size(); ++i) named[output_names()[i]] = results[i];
        return named;
      },
      inputs);
}

const std::vector<std::string>& Model::output_names() const { return program_->output_names; }
std::int64_t Model::opset_version() const { return program_->opset; }

std::string Model::extra_repr() const {
  return fmt::format("{} -> {}, {} nodes", joined(input_names_), joined(output_names()),
                     program_->graph.nodes.size());
}

Model load(const io::Source& source, const LoadOptions& options) {
  return Model(detail::compile(source, options.output_names));
}

std::vector<std::string> value_names(const io::Source& source) { return detail::value_names(source); }

}  // namespace xtape::onnx
