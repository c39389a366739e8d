// Elements by index or mask.
#include <algorithm>

#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

using List = std::vector<std::int64_t>;

/// Rows of x by an index without dims or of one.
Names index_select(Call& c) {
  if (c.dim() == 0) return {c.in()};
  const std::string index = c.dim(1) == 0 ? c.unsqueezed(c.in(1), {0}) : c.in(1);
  return {c.node("Gather", {c.in(), index}, {{"axis", c.axis()}})};
}

Names embedding(Call& c) { return {c.node("Gather", {c.in(1), c.in()})}; }

/// Elements along a dim, of tensors that have one.
Names gather(Call& c) {
  if (c.dim() == 0) return {c.in()};
  return {c.node("GatherElements", {c.in(), c.in(1)}, {{"axis", c.axis()}})};
}

NodeAttributes scattering(std::int64_t axis, const std::string& reduction) {
  NodeAttributes attributes{{"axis", axis}};
  if (!reduction.empty()) attributes.push_back({"reduction", reduction});
  return attributes;
}

/// What is written, in the shape of the index: a number, or as much of a source.
std::string source_like_index(Call& c) {
  if (!c.has(2)) return c.node("Expand", {c.scalar(c.number("value")), c.size_list(c.sizes(1))});
  if (c.sizes(2) == c.sizes(1)) return c.in(2);
  const auto dims = static_cast<std::size_t>(c.dim(1));
  List axes;
  for (std::size_t d = 0; d < dims; ++d) axes.push_back(static_cast<std::int64_t>(d));
  return c.node("Slice", {c.in(2), c.ints(List(dims, 0)), c.size_list(c.sizes(1)), c.ints(axes)});
}

Names scatter(Call& c, const std::string& reduction) {
  c.require(c.dim() > 0 && c.dim(1) > 0, "ONNX has it for tensors with dims");
  return {
      c.node("ScatterElements", {c.in(), c.in(1), source_like_index(c)}, scattering(c.axis(), reduction))};
}

Names scatter_reduce(Call& c) {
  const std::string how = c.word("reduce");
  c.require((how == "sum" || how == "prod") && c.flag("include_self"),
            "sums and products that include the tensor itself have a form");
  return scatter(c, how == "sum" ? "add" : "mul");
}

/// Rows of x along a dim, by an index of one dim, written anew or added to; the value may be a number.
Names write_rows(Call& c, const std::string& reduction) {
  c.require(c.dim() > 0, "ONNX has it for tensors with dims");
  const std::int64_t axis = c.axis();
  Sizes rows = c.sizes(), along(rows.size(), Size{1, 1});
  const Size count = c.dim(1) == 0 ? Size{1, 1} : c.sizes(1)[0];
  rows[static_cast<std::size_t>(axis)] = along[static_cast<std::size_t>(axis)] = count;
  const std::string sizes = c.size_list(rows);
  const std::string index = c.node("Expand", {c.reshaped(c.in(1), c.sizes(1), along), sizes});
  std::string source = c.has(2) ? c.in(2) : c.scalar(c.number("value"));
  if (!c.has(2) || c.sizes(2) != rows) source = c.node("Expand", {source, sizes});
  return {c.node("ScatterElements", {c.in(), index, source}, scattering(axis, reduction))};
}

Names take(Call& c) {
  return {
      c.node("Gather", {c.node("Reshape", {c.in(), c.ints({-1})}), c.in(1)}, {{"axis", std::int64_t{0}}})};
}

Names take_along_dim(Call& c) {
  if (c.dim() == 0) return {c.in()};
  Sizes of_x = c.out_sizes();
  of_x[static_cast<std::size_t>(c.axis())] = c.sizes()[static_cast<std::size_t>(c.axis())];
  const auto expanded = [&](std::size_t i, const Sizes& to) {
    return c.sizes(i) == to ? c.in(i) : c.node("Expand", {c.in(i), c.size_list(to)});
  };
  return {c.node("GatherElements", {expanded(0, of_x), expanded(1, c.out_sizes())}, {{"axis", c.axis()}})};
}

/// y[o, i..., inner] = x[o, places[i...], inner], where a place counts over several dims that lie side by
/// side.
/// The function has a list of indices instead.
Names index(Call& c) {
  if (c.is_given("indices")) return {indexed(c)};
  const std::int64_t first = c.integer("dim"), count = c.integer("dims");
  std::string x = c.in();
  if (count == 0) {
    x = c.unsqueezed(x, {first});
  } else if (count > 1) {
    const Sizes sizes = c.sizes();
    Sizes flat(sizes.begin(), sizes.begin() + first);
    Size joined{1, 1};
    for (std::int64_t d = first; d < first + count; ++d) {
      const Size& size = sizes[static_cast<std::size_t>(d)];
      joined = {joined.first * size.first, joined.second * size.second};
    }
    flat.push_back(joined);
    flat.insert(flat.end(), sizes.begin() + first + count, sizes.end());
    x = c.reshaped(x, sizes, flat);
  }
  return {c.node("Gather", {x, c.in(1)}, {{"axis", first}})};
}

/// The flat places of x that index_put and index_add write to, for values {o, i..., inner}; all sizes are
/// known.
Names write_at(Call& c, const std::string& reduction) {
  if (!c.is_given("dims")) {
    c.require(!c.is_given("indices"), "writes to a list of indices have no form");
    return write_rows(c, reduction);
  }
  const std::int64_t first = c.integer("dim"), count = c.integer("dims");
  const Shape shape = c.shape(), places = c.shape(1);
  std::int64_t outer = 1, joined = 1, inner = 1;
  for (int d = 0; d < shape.size(); ++d) (d < first ? outer : d < first + count ? joined : inner) *= shape[d];
  const std::int64_t n = places.numel();
  const auto flat = [&](std::size_t i, const std::vector<std::int64_t>& to) {
    return c.node("Reshape", {c.in(i), c.ints(to)}, {{"allowzero", std::int64_t{1}}});
  };
  const std::string column =
      c.node("Reshape", {c.in(1), c.ints({1, n, 1})}, {{"allowzero", std::int64_t{1}}});
  const std::string all = c.node("Expand", {column, c.ints({outer, n, inner})});
  const std::string y =
      c.node("ScatterElements", {flat(0, {outer, joined, inner}), all, flat(2, {outer, n, inner})},
             scattering(1, reduction));
  return {c.node("Reshape", {y, c.ints({shape.begin(), shape.end()})}, {{"allowzero", std::int64_t{1}}})};
}

Names masked_select(Call& c) {
  const auto flat = [&](std::size_t i) { return c.node("Reshape", {c.in(i), c.ints({-1})}); };
  c.require(c.sizes() == c.sizes(1), "a mask that is broadcast has no form");
  return {c.node("Compress", {flat(0), flat(1)}, {{"axis", std::int64_t{0}}})};
}

Names nonzero(Call& c) {
  c.require(c.dim() > 0, "ONNX has it for tensors with dims");
  return {c.transposed(c.node("NonZero", {c.in()}), {1, 0})};
}

/// ONNX has it for indices with dims.
Names one_hot(Call& c) {
  const std::string classes = c.constant(full({}, c.out_shape().back(), {.dtype = kInt64}));
  const bool is_number = c.dim() == 0;
  const std::string indices = is_number ? c.unsqueezed(c.in(), {0}) : c.in();
  const std::string y = c.node("OneHot", {indices, classes, c.ints({0, 1})});
  return {is_number ? c.squeezed(y, {0}) : y};
}

constexpr Form kForms[] = {
    {"index_select", "Gather", index_select},
    {"embedding", "Gather", embedding},
    {"gather", "GatherElements", gather},
    {"scatter", "ScatterElements", [](Call& c) { return scatter(c, ""); }, Form::Of::both},
    {"scatter_add", "ScatterElements", [](Call& c) { return scatter(c, "add"); }, Form::Of::both},
    {"scatter_prod", "ScatterElements", [](Call& c) { return scatter(c, "mul"); }},
    {"index", "Slice, Gather, GatherND or Compress", index, Form::Of::both},
    {"index_put", "ScatterElements", [](Call& c) { return write_at(c, ""); }},
    {"index_add", "ScatterElements", [](Call& c) { return write_at(c, "add"); }, Form::Of::both},
    {"index_copy", "ScatterElements", [](Call& c) { return write_rows(c, ""); }, Form::Of::function},
    {"index_fill", "ScatterElements", [](Call& c) { return write_rows(c, ""); }, Form::Of::function},
    {"scatter_reduce", "ScatterElements", scatter_reduce, Form::Of::function},
    {"take", "Gather", take, Form::Of::function},
    {"take_along_dim", "GatherElements", take_along_dim, Form::Of::function},
    {"masked_select", "Compress", masked_select},
    {"nonzero", "NonZero, Transpose", nonzero},
    {"one_hot", "OneHot", one_hot},
};

}  // namespace

std::span<const Form> lookup_forms() { return kForms; }

}  // namespace xtape::onnx::saving
