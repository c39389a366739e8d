// Other shapes of the same elements, and tensors put together.
#include <algorithm>
#include <numeric>

#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

Names reshape(Call& c) { return {c.reshaped(c.in(), c.sizes(), c.out_sizes())}; }

/// One dim for all from start_dim on: Flatten gives a matrix.
Names flatten(Call& c) {
  const bool is_matrix = c.dim() > 1 && c.axis("start_dim") == 1 && c.axis("end_dim") == c.dim() - 1;
  return is_matrix ? Names{c.node("Flatten", {c.in()}, {{"axis", std::int64_t{1}}})} : reshape(c);
}

Names squeeze(Call& c) {
  if (c.dim() == static_cast<int>(c.out_sizes().size())) return {c.in()};
  if (!c.is_given("dim")) return reshape(c);
  return {c.squeezed(c.in(), {c.axis()})};
}
Names unsqueeze(Call& c) { return {c.unsqueezed(c.in(), {c.wrapped(c.integer("dim"), c.dim() + 1)})}; }

Names transpose(Call& c) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(c.dim()));
  std::iota(order.begin(), order.end(), 0);
  if (c.dim() > 0)
    std::swap(order[static_cast<std::size_t>(c.axis("dim0"))],
              order[static_cast<std::size_t>(c.axis("dim1"))]);
  return {c.transposed(c.in(), order)};
}
Names t(Call& c) { return {c.dim() == 2 ? c.transposed(c.in(), {1, 0}) : c.in()}; }

Names permute(Call& c) {
  std::vector<std::int64_t> order = c.list("dims");
  for (std::int64_t& dim : order) dim = c.wrapped(dim, c.dim());
  return {c.transposed(c.in(), order)};
}

Names expand(Call& c) {
  if (c.sizes() == c.out_sizes()) return {c.in()};
  return {c.node("Expand", {c.in(), c.size_list(c.out_sizes())})};
}

Names repeated(Call& c, std::vector<std::int64_t> times) {
  const auto dims = static_cast<std::size_t>(c.dim());
  if (times.size() < dims) times.insert(times.begin(), dims - times.size(), 1);
  std::vector<std::int64_t> added(times.size() - dims);
  std::iota(added.begin(), added.end(), 0);
  const std::string x = added.empty() ? c.in() : c.unsqueezed(c.in(), added);
  return {c.node("Tile", {x, c.ints(times)})};
}

Names cat(Call& c) {
  Names parts;
  std::int64_t axis = c.integer("dim");
  for (std::size_t i = 0; i < c.inputs(); ++i) {
    const bool is_nothing = c.dim(i) == 1 && c.sizes(i)[0] == Size{0, 0};  // fits tensors of any dims
    if (!is_nothing || c.inputs() == 1) {
      parts.push_back(c.in(i));
      if (axis < 0) axis += c.dim(i);
    }
  }
  if (parts.empty()) return {c.in()};
  return {c.concatenated(parts, axis)};
}

Names stack(Call& c) {
  const std::int64_t axis = c.wrapped(c.integer("dim"), c.dim() + 1);
  Names parts;
  for (std::size_t i = 0; i < c.inputs(); ++i)
    parts.push_back(c.unsqueezed(c.cast(c.in(i), c.dtype(i), c.out_dtype()), {axis}));
  return {c.concatenated(parts, axis)};
}

/// Trilu, which runtimes have for numbers.
Names triangle(Call& c, bool upper) {
  const std::string x = c.cast(c.in(), c.dtype(), c.dtype() == kBool ? kInt64 : c.dtype());
  const std::string diagonal = c.constant(full({}, c.integer("diagonal"), {.dtype = kInt64}));
  const std::string y = c.node("Trilu", {x, diagonal}, {{"upper", std::int64_t{upper}}});
  return {c.cast(y, c.dtype() == kBool ? kInt64 : c.dtype(), c.dtype())};
}

Names flip(Call& c) {
  std::vector<std::int64_t> axes = c.list("dims");
  if (axes.empty() || c.dim() == 0) return {c.in()};
  const std::vector<std::int64_t> back(axes.size(), -1),
      all(axes.size(), std::numeric_limits<std::int64_t>::min());
  return {c.node("Slice", {c.in(), c.ints(back), c.ints(all), c.ints(axes), c.ints(back)})};
}

/// ONNX lists what comes before each dim, then what comes behind, from the first dim on; the library pairs of
/// both, from the last dim on.
std::vector<std::int64_t> pads_of(Call& c) {
  const std::vector<std::int64_t> pairs = c.list("pad");
  const auto dims = static_cast<std::size_t>(c.dim());
  std::vector<std::int64_t> pads(2 * dims);
  for (std::size_t i = 0; i < pairs.size() / 2; ++i) {
    pads[dims - 1 - i] = pairs[2 * i];
    pads[2 * dims - 1 - i] = pairs[2 * i + 1];
  }
  return pads;
}

/// Both ends of each dim joined with what stands at the other one.
Names pad_in_a_circle(Call& c) {
  const std::vector<std::int64_t> pads = pads_of(c);
  std::string x = c.in();
  for (std::int64_t axis = 0; axis < c.dim(); ++axis) {
    const std::int64_t before = pads[static_cast<std::size_t>(axis)],
                       behind = pads[static_cast<std::size_t>(axis + c.dim())];
    c.require(before >= 0 && behind >= 0, "a circular padding below 0 has no form");
    Names parts;
    if (before > 0) parts.push_back(c.sliced(x, axis, -before, std::numeric_limits<std::int64_t>::max()));
    parts.push_back(x);
    if (behind > 0) parts.push_back(c.sliced(x, axis, 0, behind));
    x = c.concatenated(parts, axis);
  }
  return {x};
}

Names pad(Call& c) {
  if (c.dim() == 0) return {c.in()};
  const std::string mode = c.is_given("mode") ? c.word("mode") : "constant";
  if (mode == "circular") return pad_in_a_circle(c);
  Names inputs{c.in(), c.ints(pads_of(c))};
  if (mode == "constant") inputs.push_back(c.scalar(c.number("value")));
  return {c.node("Pad", inputs, {{"mode", mode == "replicate" ? "edge" : mode}})};
}

constexpr Form::Of kFunction = Form::Of::function, kBoth = Form::Of::both;

constexpr Form kForms[] = {
    {"view", "Reshape", reshape, kBoth},
    {"reshape", "Reshape", reshape, kFunction},
    {"unflatten", "Reshape", reshape, kFunction},
    {"flatten", "Flatten, or Reshape", flatten, kFunction},
    {"squeeze", "Squeeze", squeeze, kFunction},
    {"unsqueeze", "Unsqueeze", unsqueeze, kFunction},
    {"transpose", "Transpose", transpose, kFunction},
    {"t", "Transpose", t, kFunction},
    {"permute", "Transpose", permute},
    {"expand", "Expand", expand},
    {"repeat", "Tile", [](Call& c) { return repeated(c, c.list("sizes")); }, kFunction},
    {"tile", "Tile", [](Call& c) { return repeated(c, c.list("dims")); }, kFunction},
    {"cat", "Concat", cat},
    {"stack", "Unsqueeze, Concat", stack, kFunction},
    {"tril", "Trilu", [](Call& c) { return triangle(c, false); }},
    {"triu", "Trilu", [](Call& c) { return triangle(c, true); }},
    {"flip", "Slice", flip},
    {"pad", "Pad", pad, kBoth},
};

}  // namespace

std::span<const Form> shape_forms() { return kForms; }

}  // namespace xtape::onnx::saving
