// Parts of a tensor: slices, pieces, diagonals, windows, and places in memory.
#include <algorithm>
#include <limits>

#include "autograd/ops/create.hpp"
#include "autograd/ops/diagonal.hpp"
#include "autograd/ops/shape.hpp"
#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

constexpr std::int64_t kToTheEnd = std::numeric_limits<std::int64_t>::max();

/// Elements `start` to `end` of an axis, where the bounds may depend on its size.
std::string part(Call& c, std::int64_t axis, const Size& start, const Size& end, std::int64_t step = 1) {
  return c.node("Slice", {c.in(), c.size_list({start}), c.size_list({end}), c.ints({axis}), c.ints({step})});
}

/// All that the bound of an axis may be: a number, or its size.
Size bound_of(Call& c, std::int64_t axis, const Size& bound) {
  return bound == c.sizes()[static_cast<std::size_t>(axis)] ? Size{kToTheEnd, kToTheEnd} : bound;
}

Names narrow(Call& c) {
  const std::int64_t axis = c.axis();
  Size start = c.size("start");
  const Size length = c.size("length"), size = c.sizes()[static_cast<std::size_t>(axis)];
  if (start.first < 0) start.first += size.first;
  if (start.second < 0) start.second += size.second;
  return {
      part(c, axis, start, bound_of(c, axis, {start.first + length.first, start.second + length.second}))};
}

/// The op has a length, the function an end.
Names slice(Call& c) {
  const std::int64_t axis = c.axis(), step = c.integer("step");
  const Size start = c.size("start");
  if (c.is_given("end")) return {part(c, axis, start, bound_of(c, axis, c.size("end")), step)};
  const Size length = c.size("length");
  const auto end = [&](std::int64_t from, std::int64_t count) { return from + (count - 1) * step + 1; };
  if (length == Size{0, 0}) return {part(c, axis, start, start, step)};
  const Size last{end(start.first, length.first), end(start.second, length.second)};
  const bool reaches_end =
      !last.is_fixed() && c.sizes()[static_cast<std::size_t>(axis)].first - last.first < step;
  return {part(c, axis, start, reaches_end ? Size{kToTheEnd, kToTheEnd} : bound_of(c, axis, last), step)};
}

Names select(Call& c) {
  const std::int64_t axis = c.axis();
  Size at = c.size("index");
  const Size size = c.sizes()[static_cast<std::size_t>(axis)];
  if (!at.is_fixed() && at.first - size.first == at.second - size.second)
    at = {at.first - size.first, at.first - size.first};
  c.require(at.is_fixed(), "its index is another one at another size of the dynamic axes");
  return {c.node("Gather", {c.in(), c.constant(full({}, at.first, {.dtype = kInt64}))}, {{"axis", axis}})};
}

/// The pieces along an axis, as large as the results are.
Names pieces(Call& c) {
  if (c.outputs() == 0) return {};
  const std::int64_t axis = c.axis();
  if (c.outputs() == 1) return {c.in()};
  Sizes sizes;
  for (std::size_t i = 0; i < c.outputs(); ++i)
    sizes.push_back(c.out_sizes(i)[static_cast<std::size_t>(axis)]);
  return c.nodes("Split", {c.in(), c.size_list(sizes)}, {{"axis", axis}}, c.outputs());
}

Names unbind(Call& c) {
  if (c.outputs() == 0) return {};
  const std::int64_t axis = c.axis();
  Names parts{c.in()};
  if (c.outputs() > 1) {
    const std::vector<std::int64_t> ones(c.outputs(), 1);
    parts = c.nodes("Split", {c.in(), c.ints(ones)}, {{"axis", axis}}, c.outputs());
  }
  for (std::string& one : parts) one = c.squeezed(one, {axis});
  return parts;
}

/// The elements of x at these places of its flat list.
Names at_places(Call& c, const Tensor& places) {
  const std::string flat = c.node("Reshape", {c.in(), c.ints({-1})});
  return {c.node("Gather", {flat, c.constant(places)}, {{"axis", std::int64_t{0}}})};
}

/// Each place of a tensor of the input's shape by its number.
Tensor numbered(Call& c) {
  const Shape shape = c.shape();
  return arange(shape.numel()).reshape(shape);
}

Names diagonal(Call& c) {
  return at_places(c,
                   xtape::diagonal(numbered(c), c.integer("offset"), c.integer("dim1"), c.integer("dim2")));
}

/// A tensor of zeros, with x at the places that `diagonal` names.
Names embedded(Call& c, std::int64_t offset, std::int64_t dim1, std::int64_t dim2) {
  const Shape shape = c.out_shape();
  const Tensor all = arange(shape.numel()).reshape(shape);
  const Tensor places = xtape::diagonal(all, offset, dim1, dim2);
  const std::string zeros = c.constant(xtape::zeros({shape.numel()}, {.dtype = c.dtype()}));
  const std::string flat = c.node("Reshape", {c.in(), c.ints({-1})});
  const std::string y = c.node("ScatterElements", {zeros, c.constant(places.reshape({-1})), flat});
  return {c.node("Reshape", {y, c.ints({shape.begin(), shape.end()})})};
}

Names diag_embed(Call& c) { return embedded(c, c.integer("offset"), c.integer("dim1"), c.integer("dim2")); }

Names windows(Call& c) {
  if (c.is_given("kernel_size")) return patches_of(c);
  return at_places(c, numbered(c).unfold(c.axis("dimension"), c.integer("size"), c.integer("step")));
}

/// The places of a part in a dense tensor's memory, which are those of its flat list.
Tensor places_in_memory(Call& c, const Shape& whole) {
  const std::vector<std::int64_t> root = c.list("root_stride"), size = c.list("size"),
                                  stride = c.list("stride");
  std::int64_t expected = 1;
  for (int d = whole.size() - 1; d >= 0; --d) {
    c.require(whole[d] == 1 || root[static_cast<std::size_t>(d)] == expected,
              "it is a part of a tensor that is not dense");
    expected *= whole[d];
  }
  Tensor places = full({}, c.integer("storage_offset"), {.dtype = kInt64});
  for (std::size_t d = 0; d < size.size(); ++d) places = places.unsqueeze(-1) + arange(size[d]) * stride[d];
  return places;
}

Names strided_view(Call& c) { return at_places(c, places_in_memory(c, c.shape())); }

Names strided_write(Call& c) {
  const Shape whole = c.shape();
  const std::string flat = c.node("Reshape", {c.in(), c.ints({-1})}),
                    part = c.node("Reshape", {c.in(1), c.ints({-1})});
  const Tensor places = places_in_memory(c, whole).reshape({-1});
  const std::string y = c.node("ScatterElements", {flat, c.constant(places), part});
  return {c.node("Reshape", {y, c.ints({whole.begin(), whole.end()})})};
}

Names diag(Call& c) {
  const std::int64_t offset = c.integer("diagonal");
  if (c.dim() == 2) return at_places(c, xtape::diagonal(numbered(c), offset));
  return embedded(c, offset, 0, 1);
}
Names trace(Call& c) {
  const std::string diagonal = at_places(c, xtape::diagonal(numbered(c)))[0];
  return {c.node("ReduceSum", {c.cast(diagonal, c.dtype(), c.out_dtype())}, {{"keepdims", std::int64_t{0}}})};
}

constexpr Form::Of kFunction = Form::Of::function, kBoth = Form::Of::both;

constexpr Form kForms[] = {
    {"narrow", "Slice", narrow, kFunction},
    {"slice", "Slice", slice, kBoth},
    {"select", "Gather", select, kBoth},
    {"split", "Split", pieces, kFunction},
    {"chunk", "Split", pieces, kFunction},
    {"unbind", "Split, Squeeze", unbind, kFunction},
    {"diagonal", "Gather", diagonal},
    {"diag_embed", "ScatterElements", diag_embed},
    {"diag", "Gather, or ScatterElements", diag, kFunction},
    {"diagflat", "ScatterElements", [](Call& c) { return embedded(c, c.integer("offset"), 0, 1); },
     kFunction},
    {"trace", "Gather, ReduceSum", trace, kFunction},
    {"unfold", "Gather", windows, kBoth},
    {"strided_view", "Gather", strided_view},
    {"strided_write", "ScatterElements", strided_write},
};

}  // namespace

std::span<const Form> part_forms() { return kForms; }

}  // namespace xtape::onnx::saving
