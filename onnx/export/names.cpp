#include "onnx/export/detail/names.hpp"

#include <algorithm>
#include <set>

namespace xtape::onnx::saving {

namespace {

/// As many names as there are values: one name is numbered where there are several.
std::vector<std::string> numbered(const std::vector<std::string>& names, std::size_t count,
                                  std::string_view field, std::string_view what) {
  check(!names.empty(), "onnx::save: {} is empty; expected {} {}", field, count,
        count == 1 ? "name" : "names");
  check(std::ranges::none_of(names, &std::string::empty), "onnx::save: {} holds an empty name", field);
  std::vector<std::string> all = names;
  if (names.size() == 1 && count != 1) {
    all.clear();
    for (std::size_t i = 0; i < count; ++i) all.push_back(fmt::format("{}{}", names[0], i));
  }
  check(all.size() == count, "onnx::save: {} holds {} names; the model has {} {}", field, names.size(), count,
        what);
  return all;
}

void check_distinct(const std::vector<std::string>& names) {
  std::set<std::string_view> seen;
  for (const std::string& name : names)
    check(seen.insert(name).second, "onnx::save: two inputs or outputs are called \"{}\"", name);
}

}  // namespace

ExampleNames::ExampleNames(const SaveOptions& options, const std::vector<Tensor>& example)
    : inputs(numbered(options.input_names, example.size(), "input_names", "inputs")),
      axes(example.size()),
      outputs_(options.output_names) {
  check_distinct(inputs);
  for (const auto& [name, list] : options.dynamic_axes) {
    const auto input = std::ranges::find(inputs, name);
    if (input == inputs.end()) {
      with_axes_.push_back(name);
      continue;
    }
    const auto at = static_cast<std::size_t>(input - inputs.begin());
    add_axes(at, example[at], list);
  }
}

std::vector<std::string> ExampleNames::of_outputs(std::size_t count) const {
  check(count > 0, "onnx::save: the model gives no tensors");
  std::vector<std::string> names = numbered(outputs_, count, "output_names", "results"), all = inputs;
  all.insert(all.end(), names.begin(), names.end());
  check_distinct(all);
  for (const std::string& name : with_axes_)
    check(std::ranges::find(names, name) != names.end(),
          "onnx::save: dynamic_axes names \"{}\", which is neither an input nor an output", name);
  return names;
}

void ExampleNames::add_axes(std::size_t input, const Tensor& x, const std::vector<DynamicAxis>& list) {
  const std::int64_t dims = x.dim();
  std::set<std::int64_t> seen;
  for (const DynamicAxis& given : list) {
    check(given.axis >= -dims && given.axis < dims,
          "onnx::save: dynamic axis {} of \"{}\" is out of range for its shape {}", given.axis, inputs[input],
          x.shape());
    const std::int64_t axis = given.axis < 0 ? given.axis + dims : given.axis;
    check(seen.insert(axis).second, "onnx::save: dynamic_axes names axis {} of \"{}\" twice", axis,
          inputs[input]);
    check(x.size(axis) > 0,
          "onnx::save: dynamic axis {} of \"{}\" has the size 0 in the example; expected 1 or more", axis,
          inputs[input]);
    axes[input].push_back({axis, symbol_of(inputs[input], axis, given.name, x.size(axis))});
  }
}

std::size_t ExampleNames::symbol_of(const std::string& input, std::int64_t axis, std::string name,
                                    std::int64_t size) {
  const bool is_named = !name.empty();
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const bool unnamed_like = std::ranges::find(unnamed_, std::pair(axis, i)) != unnamed_.end();
    if (is_named ? symbols[i].name != name : !unnamed_like || symbols[i].size.first != size) continue;
    check(symbols[i].size.first == size,
          "onnx::save: the axes called \"{}\" have the sizes {} and {} in the example", symbols[i].name,
          symbols[i].size.first, size);
    return i;
  }
  if (!is_named) {
    name = fmt::format("{}_{}", input, axis);
    unnamed_.emplace_back(axis, symbols.size());
  }
  symbols.push_back({std::move(name), {size, size}});
  return symbols.size() - 1;
}

}  // namespace xtape::onnx::saving
