// Functions that put the elements of tensors elsewhere: turned, rolled, repeated, joined, cut into patches.
#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

#include "autograd/ops/create.hpp"
#include "autograd/ops/patches.hpp"
#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

using List = std::vector<std::int64_t>;

List counting(std::int64_t n) {
  List all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

Names movedim(Call& c) {
  List source = c.list("source"), destination = c.list("destination");
  for (List* list : {&source, &destination})
    for (std::int64_t& dim : *list) dim = c.wrapped(dim, c.dim());
  List order(static_cast<std::size_t>(c.dim()), -1);
  for (std::size_t i = 0; i < source.size(); ++i) order[static_cast<std::size_t>(destination[i])] = source[i];
  std::int64_t next = 0;
  for (std::int64_t& dim : order) {
    if (dim >= 0) continue;
    while (std::ranges::find(source, next) != source.end()) ++next;
    dim = next++;
  }
  return {c.transposed(c.in(), order)};
}

Names flip_one(Call& c, std::int64_t axis) {
  constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::min();
  return {c.sliced(c.in(), axis, -1, kAll, -1)};
}

/// The last elements of an axis before the first ones.
std::string rolled(Call& c, const std::string& x, std::int64_t axis, std::int64_t shift, const Size& size) {
  std::int64_t by = -shift;  // where the new first one stands
  if (size.is_fixed() && size.first > 0) by = ((by % size.first) + size.first) % size.first;
  if (by == 0 || size == Size{0, 0}) return x;
  constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
  return c.concatenated({c.sliced(x, axis, by, kAll), c.sliced(x, axis, 0, by)}, axis);
}

Names roll(Call& c) {
  const List shifts = c.list("shifts"), dims = c.list("dims");
  if (c.dim() == 0) return {c.in()};
  if (dims.empty()) {
    const std::int64_t count = c.shape().numel();
    const Sizes flat{{count, count}};
    return {
        c.reshaped(rolled(c, c.reshaped(c.in(), c.sizes(), flat), 0, shifts[0], flat[0]), flat, c.sizes())};
  }
  std::string x = c.in();
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const std::int64_t axis = c.wrapped(dims[i], c.dim());
    const Size size = c.sizes()[static_cast<std::size_t>(axis)];
    c.require(size.is_fixed() || std::abs(shifts[i]) < std::min(size.first, size.second),
              "it turns an axis that is left open by more than its size");
    x = rolled(c, x, axis, shifts[i], size);
  }
  return {x};
}

/// Each element of an axis several times; of a flat list where no dim was given, which a trace does not tell
/// from dim 0.
Names repeat_interleave(Call& c) {
  c.require(c.inputs() == 1, "repeats that are a tensor have no form");
  const bool is_flat = c.dim() != 1 && c.out_sizes().size() == 1;
  Sizes sizes = is_flat ? c.out_sizes() : c.sizes();
  const std::int64_t times = c.integer("repeats");
  if (is_flat) {
    const std::int64_t count = c.shape().numel();
    sizes = {{count, count}};
  }
  const std::int64_t axis = is_flat ? 0 : c.axis();
  const std::string x = is_flat ? c.reshaped(c.in(), c.sizes(), sizes) : c.in();
  List repeats(sizes.size() + 1, 1);
  repeats[static_cast<std::size_t>(axis) + 1] = times;
  const std::string repeated = c.node("Tile", {c.unsqueezed(x, {axis + 1}), c.ints(repeats)});
  sizes.insert(sizes.begin() + axis + 1, Size{times, times});
  return {c.reshaped(repeated, sizes, c.out_sizes())};
}

Names as_result(Call& c) { return {c.reshaped(c.in(), c.sizes(), c.out_sizes())}; }

/// The tensors with as many dims as the function wants, joined along an axis.
Names joined(Call& c, std::int64_t axis, const std::function<Sizes(Sizes)>& with_dims) {
  Names parts;
  for (std::size_t i = 0; i < c.inputs(); ++i) {
    const std::string x = c.cast(c.in(i), c.dtype(i), c.out_dtype());
    parts.push_back(c.reshaped(x, c.sizes(i), with_dims(c.sizes(i))));
  }
  return {c.concatenated(parts, axis)};
}
constexpr Size kOne{1, 1};
Sizes row(Sizes sizes) {
  while (sizes.size() < 2) sizes.insert(sizes.begin(), kOne);
  return sizes;
}
Names hstack(Call& c) {
  return joined(c, c.dim() <= 1 ? 0 : 1, [](Sizes sizes) { return sizes.empty() ? Sizes{kOne} : sizes; });
}
Names vstack(Call& c) { return joined(c, 0, row); }
Names dstack(Call& c) {
  return joined(c, 2, [](Sizes sizes) {
    sizes = row(sizes);
    if (sizes.size() < 3) sizes.push_back(kOne);
    return sizes;
  });
}
Names column_stack(Call& c) {
  return joined(c, 1, [](Sizes sizes) {
    if (sizes.empty()) sizes = {kOne};
    if (sizes.size() < 2) sizes.push_back(kOne);
    return sizes;
  });
}

Names broadcast_tensors(Call& c) {
  Names all;
  for (std::size_t i = 0; i < c.inputs(); ++i)
    all.push_back(c.sizes(i) == c.out_sizes() ? c.in(i)
                                              : c.node("Expand", {c.in(i), c.size_list(c.out_sizes())}));
  return all;
}

Names meshgrid(Call& c) {
  const bool swapped = c.word("indexing") == "xy" && c.inputs() > 1;
  Names grids;
  for (std::size_t i = 0; i < c.inputs(); ++i) {
    Sizes along(c.inputs(), kOne);
    along[swapped && i < 2 ? 1 - i : i] = c.dim(i) == 0 ? kOne : c.sizes(i)[0];
    grids.push_back(c.node("Expand", {c.reshaped(c.in(i), c.sizes(i), along), c.size_list(c.out_sizes(i))}));
  }
  return grids;
}

Names cartesian_prod(Call& c) {
  if (c.inputs() == 1) return {c.in()};
  Sizes all;
  for (std::size_t i = 0; i < c.inputs(); ++i) all.push_back(c.sizes(i)[0]);
  Names columns;
  for (std::size_t i = 0; i < c.inputs(); ++i) {
    Sizes along(c.inputs(), kOne);
    along[i] = all[i];
    const std::string grid = c.node("Expand", {c.reshaped(c.in(i), c.sizes(i), along), c.size_list(all)});
    columns.push_back(c.node("Reshape", {grid, c.ints({-1, 1})}));
  }
  return {c.concatenated(columns, 1)};
}

/// {N, C, H r, W r} as {N, C, H, r, W, r}, with both r behind C
Names pixel_unshuffle(Call& c) {
  const std::int64_t r = c.integer("downscale_factor");
  const Sizes in = c.sizes();
  const std::size_t batch = in.size() - 3;
  Sizes cut(in.begin(), in.end() - 2);
  for (std::size_t i = in.size() - 2; i < in.size(); ++i) {
    cut.push_back({in[i].first / r, in[i].second / r});
    cut.push_back({r, r});
  }
  List order = counting(std::ssize(in) - 2);
  for (const std::size_t d : {batch + 2, batch + 4, batch + 1, batch + 3})
    order.push_back(static_cast<std::int64_t>(d));
  Sizes turned;
  for (const std::int64_t d : order) turned.push_back(cut[static_cast<std::size_t>(d)]);
  return {c.reshaped(c.transposed(c.reshaped(c.in(), in, cut), order), turned, c.out_sizes())};
}

/// Where the patches of images of this shape take their elements from, by their numbers from 1 on; 0 in the
/// padding.
Tensor places_of_patches(Call& c, const Shape& images) {
  const Tensor numbers = (arange(images.numel()) + 1).to(kFloat64).reshape(images);
  const auto option = [&](std::string_view name) {
    const List values = c.list(name);
    return xtape::detail::PerAxis(Shape(values.begin(), values.end()));
  };
  const UnfoldOptions options{
      .dilation = option("dilation"), .padding = option("padding"), .stride = option("stride")};
  return xtape::unfold(numbers, option("kernel_size"), options).to(kInt64);
}

}  // namespace

Names patches_of(Call& c) {
  const std::string nothing = c.constant(zeros({1}, {.dtype = c.dtype()}));
  const std::string all = c.concatenated({nothing, c.node("Reshape", {c.in(), c.ints({-1})})}, 0);
  return {c.node("Gather", {all, c.constant(places_of_patches(c, c.shape()))}, {{"axis", std::int64_t{0}}})};
}

namespace {

/// Patches added up where they came from; what came from the padding falls into a place before the first.
Names fold(Call& c) {
  const Shape images = c.out_shape();
  const std::string sums = c.constant(zeros({images.numel() + 1}, {.dtype = c.dtype()}));
  const std::string places = c.constant(places_of_patches(c, images).reshape({-1}));
  const std::string flat = c.node("Reshape", {c.in(), c.ints({-1})});
  const std::string all =
      c.node("ScatterElements", {sums, places, flat}, {{"reduction", std::string("add")}});
  const std::string y = c.sliced(all, 0, 1, std::numeric_limits<std::int64_t>::max());
  return {c.node("Reshape", {y, c.ints({images.begin(), images.end()})})};
}

constexpr Form::Of kFunction = Form::Of::function;

constexpr Form kForms[] = {
    {"movedim", "Transpose", movedim, kFunction},
    {"moveaxis", "Transpose", movedim, kFunction},
    {"fliplr", "Slice", [](Call& c) { return flip_one(c, 1); }, kFunction},
    {"flipud", "Slice", [](Call& c) { return flip_one(c, 0); }, kFunction},
    {"roll", "Slice, Concat", roll, kFunction},
    {"repeat_interleave", "Tile, Reshape", repeat_interleave, kFunction},
    {"atleast_1d", "Reshape", as_result, kFunction},
    {"atleast_2d", "Reshape", as_result, kFunction},
    {"atleast_3d", "Reshape", as_result, kFunction},
    {"hstack", "Concat", hstack, kFunction},
    {"vstack", "Concat", vstack, kFunction},
    {"dstack", "Concat", dstack, kFunction},
    {"column_stack", "Concat", column_stack, kFunction},
    {"broadcast_tensors", "Expand", broadcast_tensors, kFunction},
    {"meshgrid", "Reshape, Expand", meshgrid, kFunction},
    {"cartesian_prod", "Expand, Concat", cartesian_prod, kFunction},
    {"pixel_unshuffle", "Reshape, Transpose", pixel_unshuffle, kFunction},
    {"fold", "ScatterElements", fold, kFunction},
};

}  // namespace

std::span<const Form> rearranging_forms() { return kForms; }

}  // namespace xtape::onnx::saving
