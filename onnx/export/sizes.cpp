// Sizes of dynamic axes within the graph: read off a value that has them, or computed of those.
#include <algorithm>
#include <optional>

#include "autograd/ops/comparison.hpp"
#include "autograd/ops/create.hpp"
#include "onnx/export/detail/builder.hpp"

namespace xtape::onnx::saving {

namespace {

struct Progression {
  double start, step;
};

/// Of a list start, start + step, ...
std::optional<Progression> progression_of(const Tensor& x) {
  if (x.dim() != 1 || x.numel() < 2 || x.dtype() == kBool) return std::nullopt;
  const std::vector<double> values = x.to(kFloat64).to_vector<double>();
  const Progression p{values[0], values[1] - values[0]};
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != p.start + p.step * static_cast<double>(i)) return std::nullopt;
  return p;
}

/// The number that all elements are.
std::optional<double> number_in(const Tensor& x) {
  if (x.numel() == 0) return std::nullopt;
  const std::vector<double> values = x.to(kFloat64).to_vector<double>();
  if (std::ranges::any_of(values, [&](double v) { return v != values[0]; })) return std::nullopt;
  return values[0];
}

}  // namespace

std::string Builder::add_known_size(const Size& size) {
  std::string& node = size_nodes_[size];
  if (!node.empty()) return node;
  const auto& [value, axis] = known_sizes_.at(size);
  node = add_node("Shape", {value}, {{"start", axis}, {"end", axis + 1}}, "");
  return node;
}

std::string Builder::add_size(const Graph::Op& op, const Size& size) {
  if (size.is_fixed()) return add_ints({size.first});
  if (known_sizes_.contains(size)) return add_known_size(size);
  if (const auto made = size_nodes_.find(size); made != size_nodes_.end()) return made->second;
  const auto noted = [&](const Size& from, std::string_view type, const std::string& other) {
    const std::string known = add_known_size(from);
    return size_nodes_[size] = add_node(type, {known, other}, {}, "");
  };
  for (const auto& [a, of_a] : known_sizes_) {
    if (a.first == 0 || a.second == 0 || size.first % a.first != 0 || size.second % a.second != 0) continue;
    const Size b{size.first / a.first, size.second / a.second};
    if (known_sizes_.contains(b)) return noted(a, "Mul", add_known_size(b));
    if (b.is_fixed()) return noted(a, "Mul", add_ints({b.first}));
  }
  for (const auto& [a, of_a] : known_sizes_) {
    if (size.first - a.first == size.second - a.second)
      return noted(a, "Add", add_ints({size.first - a.first}));
    const bool divides =
        size.first > 0 && a.first % size.first == 0 && a.second == size.second * (a.first / size.first);
    if (divides) return noted(a, "Div", add_ints({a.first / size.first}));
  }
  throw Error(fmt::format(
      "onnx::save: {} needs the size {}, which is {} at another size of the dynamic axes: no known "
      "size gives it",
      traces_.place_of(op), size.first, size.second));
}

std::string Builder::add_sizes(const Graph::Op& op, const Sizes& sizes) {
  std::vector<std::string> parts;
  std::vector<std::int64_t> fixed;
  const auto flush = [&] {
    if (!fixed.empty()) parts.push_back(add_ints(std::exchange(fixed, {})));
  };
  for (const Size& size : sizes) {
    if (size.is_fixed()) {
      fixed.push_back(size.first);
    } else {
      flush();
      parts.push_back(add_size(op, size));
    }
  }
  flush();
  if (parts.empty()) return add_ints({});
  return parts.size() == 1 ? parts[0] : add_node("Concat", parts, {{"axis", std::int64_t{0}}}, "");
}

std::string Builder::add_varying_constant(int value, const Graph::Op& op) {
  const Tensor &a = traces_.value(value).constant, &b = traces_.other_value(value).constant;
  const Sizes sizes = traces_.sizes(value);
  const bool same_shape = a.shape() == b.shape();
  const auto number_a = number_in(a), number_b = number_in(b);
  if (!same_shape && number_a && number_a == number_b) {
    const Tensor number = full({}, *number_a, {.dtype = a.dtype()});
    const std::string scalar = add_constant(number);
    return add_node("Expand", {scalar, add_sizes(op, sizes)}, {}, "");
  }
  if (a.dim() == 0 && a.dtype() == kInt64) {
    const Size size{a.item<std::int64_t>(), b.item<std::int64_t>()};
    if (size.first >= 0 && size.second >= 0)
      return add_node("Squeeze", {add_size(op, size), add_ints({0})}, {}, "");
  }
  const auto range_a = progression_of(a), range_b = progression_of(b);
  if (!same_shape && range_a && range_b && range_a->start == range_b->start &&
      range_a->step == range_b->step) {
    // start + step {0, 1, ...}: of int64, which is exact, then in the dtype
    const auto scalar = [&](std::int64_t v) { return add_constant(full({}, v, {.dtype = kInt64})); };
    const std::string count = add_node("Squeeze", {add_size(op, sizes[0]), add_ints({0})}, {}, "");
    std::string list = add_node("Range", {scalar(0), count, scalar(1)}, {}, "");
    if (a.dtype() != kInt64) list = add_node("Cast", {list}, {{"to", onnx_type(a.dtype())}}, "");
    const auto number = [&](double v) { return add_constant(full({}, v, {.dtype = a.dtype()})); };
    if (range_a->step != 1) list = add_node("Mul", {list, number(range_a->step)}, {}, "");
    if (range_a->start != 0) list = add_node("Add", {list, number(range_a->start)}, {}, "");
    return list;
  }
  throw Error(fmt::format(
      "onnx::save: {} takes a constant of shape {} that is another one in a second call{}; numbers that are "
      "drawn, or read "
      "from an input's values, cannot be in a file",
      traces_.place_of(op), a.shape(), same_shape ? "" : fmt::format(", of shape {}", b.shape())));
}

}  // namespace xtape::onnx::saving
