#include "onnx/export/detail/call.hpp"

#include <algorithm>

namespace xtape::onnx::saving {

namespace {

const Graph::Op& op_at(const Graph& graph, std::size_t op) { return graph.ops[op]; }

}  // namespace

Call::Call(Builder& builder, std::size_t op)
    : builder_(builder),
      op_(op_at(builder.traces().first.graph, op)),
      other_(op_at(builder.traces().second.graph, op)) {}

bool Call::has(std::size_t input) const {
  return input < op_.inputs.size() && op_.inputs[input] != Graph::kNone;
}

const Graph::Value& Call::value(std::size_t input) const {
  return builder_.traces().value(op_.inputs.at(input));
}
DType Call::out_dtype(std::size_t output) const {
  return builder_.traces().value(op_.outputs.at(output)).dtype;
}
Sizes Call::sizes(std::size_t input) const { return builder_.traces().sizes(op_.inputs.at(input)); }
Sizes Call::out_sizes(std::size_t output) const { return builder_.traces().sizes(op_.outputs.at(output)); }
Shape Call::shape(std::size_t input) const { return fixed(sizes(input)); }
Shape Call::out_shape(std::size_t output) const { return fixed(out_sizes(output)); }

Shape Call::fixed(const Sizes& sizes) const {
  Shape shape;
  for (const Size& size : sizes) {
    require(size.is_fixed(), "its nodes depend on the size of a dynamic axis");
    shape.push_back(size.first);
  }
  return shape;
}

const op::AttributeValue* Call::find(const Graph::Op& op, std::string_view name) const {
  const auto found = std::ranges::find(op.attributes, name, &op::Attribute::name);
  return found == op.attributes.end() ? nullptr : &found->value;
}

const op::AttributeValue& Call::attribute(std::string_view name) const {
  const auto *a = find(op_, name), *b = find(other_, name);
  require(a && b, fmt::format("its {} is not known", name));
  require(*a == *b, fmt::format("its {} is {}, and {} at another size of the dynamic axes", name,
                                op::to_string(*a), op::to_string(*b)));
  return *a;
}

template <class T>
const T& Call::attribute_as(std::string_view name) const {
  const op::AttributeValue& value = attribute(name);
  const T* held = std::get_if<T>(&value);
  require(held, fmt::format("its {} is {}", name, op::to_string(value)));
  return *held;
}

bool Call::is_given(std::string_view name) const {
  const auto* found = find(op_, name);
  return found && !std::holds_alternative<std::monostate>(*found);
}

bool Call::is_word(std::string_view name) const {
  const auto* found = find(op_, name);
  return found && std::holds_alternative<std::string>(*found);
}

std::int64_t Call::integer(std::string_view name) const { return attribute_as<std::int64_t>(name); }
bool Call::flag(std::string_view name) const { return attribute_as<bool>(name); }
std::string Call::word(std::string_view name) const { return attribute_as<std::string>(name); }

Size Call::size(std::string_view name) const {
  const auto *a = find(op_, name), *b = find(other_, name);
  const auto *first = a ? std::get_if<std::int64_t>(a) : nullptr,
             *second = b ? std::get_if<std::int64_t>(b) : nullptr;
  require(first && second, fmt::format("its {} is not a number", name));
  return {*first, *second};
}

double Call::number(std::string_view name) const {
  const op::AttributeValue& value = attribute(name);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
  return attribute_as<double>(name);
}

std::vector<std::int64_t> Call::list(std::string_view name) const {
  const op::AttributeValue& value = attribute(name);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return {*integer};
  return attribute_as<std::vector<std::int64_t>>(name);
}

std::string Call::reshaped(const std::string& x, const Sizes& from, const Sizes& to) {
  if (from == to) return x;
  // 0 is the size that the dim has, and the last of the others is what is left: -1.
  Sizes list = to;
  bool is_left = true;
  const bool holds_zero = std::ranges::find(to, Size{0, 0}) != to.end();
  for (std::size_t d = to.size(); d-- > 0;) {
    if (to[d].is_fixed()) continue;
    const bool is_kept = !holds_zero && d < from.size() && from[d] == to[d];
    if (is_kept)
      list[d] = {0, 0};
    else if (is_left && !holds_zero)
      list[d] = {-1, -1};
    is_left = is_left && is_kept;
  }
  NodeAttributes attributes;
  if (holds_zero) attributes.push_back({"allowzero", std::int64_t{1}});
  return node("Reshape", {x, size_list(list)}, attributes);
}

std::string Call::transposed(const std::string& x, const std::vector<std::int64_t>& order) {
  return std::ranges::is_sorted(order) ? x : node("Transpose", {x}, {{"perm", order}});
}

std::string Call::cast(const std::string& x, DType from, DType to) {
  return from == to ? x : node("Cast", {x}, {{"to", onnx_type(to)}});
}

std::string Call::sliced(const std::string& x, std::int64_t axis, std::int64_t start, std::int64_t end,
                         std::int64_t step) {
  return node("Slice", {x, ints({start}), ints({end}), ints({axis}), ints({step})});
}

void Call::refuse(std::string_view why) const {
  throw Error(fmt::format("onnx::save: {}: {}", builder_.traces().place_of(op_), why));
}

}  // namespace xtape::onnx::saving
