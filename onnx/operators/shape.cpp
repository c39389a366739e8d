// Other shapes and orders of the same elements, joined and cut tensors, and shapes as values.
#include <algorithm>
#include <limits>

#include "autograd/ops/padding.hpp"
#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

Results reshaped(const Call& call) {
  const Tensor& x = call[0];
  Shape shape = call.integers(1, "shape");
  for (int i = 0; i < shape.size(); ++i) {
    if (shape[i] != 0 || call.integer("allowzero", 0) != 0) continue;
    check(i < x.dim(), "keeps the size of dim {} of shape {}", i, x.shape());
    shape[i] = x.size(i);
  }
  return reshape(x, shape);
}

Results flattened(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t given = call.integer("axis", 1);
  const int dims = static_cast<int>(x.dim()), axis = given == dims ? dims : axis_of(given, dims);
  return reshape(x, {numel_between(x.shape(), 0, axis), numel_between(x.shape(), axis, dims)});
}

Results squeezed(const Call& call) {
  const Tensor& x = call[0];
  std::vector<int> axes = axes_of(call.integers(1, "axes"), x.dim());
  if (axes.empty()) return squeeze(x);
  std::ranges::sort(axes, std::greater());
  Tensor y = x;
  for (const int axis : axes) {
    check(x.size(axis) == 1, "dim {} of shape {} is not of size 1", axis, x.shape());
    y = squeeze(y, axis);
  }
  return y;
}

Results unsqueezed(const Call& call) {
  const std::vector<std::int64_t> given = call.integers(1, "axes");
  std::vector<int> axes = axes_of(given, call[0].dim() + static_cast<std::int64_t>(given.size()));
  std::ranges::sort(axes);
  Tensor y = call[0];
  for (const int axis : axes) y = unsqueeze(y, axis);
  return y;
}

Results transposed(const Call& call) {
  const Tensor& x = call[0];
  std::vector<std::int64_t> order = call.attributes().integers("perm");
  if (order.empty())
    for (std::int64_t dim = x.dim(); dim-- > 0;) order.push_back(dim);
  return permute(x, order);
}

Results expanded(const Call& call) {
  return broadcast_to(call[0], broadcast_shapes(call[0].shape(), call.shape(1), "Expand"));
}

Results shape_of(const Call& call) {
  const std::vector<std::int64_t> sizes = call[0].shape().to_vector();
  const auto dims = static_cast<std::int64_t>(sizes.size());
  const auto bound = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + dims : at, 0, dims);
  };
  const std::int64_t start = bound(call.integer("start", 0));
  const std::int64_t end = std::max(start, bound(call.integer("end", dims)));
  const std::vector<std::int64_t> part(sizes.begin() + start, sizes.begin() + end);
  return from_vector(part, {end - start});
}

Results joined(const Call& call) {
  return cat(call.all(),
             axis_of(call, call[0], call.opset() < 4 ? std::optional<std::int64_t>(1) : std::nullopt));
}

Results split_up(const Call& call) {
  const Tensor& x = call[0];
  const int axis = axis_of(call, x, 0);
  const std::vector<std::int64_t> sizes = call.integers(1, "split");
  if (!sizes.empty()) return split(x, sizes, axis);
  const std::int64_t parts = call.integer("num_outputs", call.outputs());
  check(parts > 0 && parts <= 1 << 20, "is split into {} parts", parts);
  const std::int64_t size = std::max<std::int64_t>(x.size(axis) / parts + (x.size(axis) % parts != 0), 1);
  const auto bound = [&](std::int64_t part) {
    return part > x.size(axis) / size ? x.size(axis) : part * size;
  };
  std::vector<Tensor> pieces;
  for (std::int64_t i = 0; i < parts; ++i) pieces.push_back(slice(x, axis, bound(i), bound(i + 1)));
  return pieces;
}

/// x[start:end:step] along a dim as NumPy has it, with negative steps.
Tensor sliced(const Tensor& x, int axis, std::int64_t start, std::int64_t end, std::int64_t step) {
  const std::int64_t size = x.size(axis);
  check(step != 0, "the step of a slice is 0");
  constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max() / 4;
  step = std::clamp(step, -far, far);
  if (step > 0) return slice(x, axis, start, end, step);
  const auto bound = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + size : at, -1, size - 1);
  };
  const std::int64_t first = bound(start), last = end < -size ? -1 : bound(end);  // `last` is not taken
  if (first <= last) return slice(x, axis, 0, 0);
  const std::int64_t steps = (first - last - 1) / -step;
  return flip(slice(x, axis, first + steps * step, first + 1, -step), axis);
}

Results slices(const Call& call) {
  const std::vector<std::int64_t> starts = call.integers(1, "starts"), ends = call.integers(2, "ends");
  std::vector<std::int64_t> given = call.integers(3, "axes");
  if (given.empty())
    for (std::size_t i = 0; i < starts.size(); ++i) given.push_back(static_cast<std::int64_t>(i));
  const std::vector<std::int64_t> steps =
      call.has(4) ? call.integers(4) : std::vector<std::int64_t>(starts.size(), 1);
  check(starts.size() == ends.size() && starts.size() == given.size() && starts.size() == steps.size(),
        "has {} starts, {} ends, {} axes and {} steps", starts.size(), ends.size(), given.size(),
        steps.size());
  const std::vector<int> axes = axes_of(given, call[0].dim());
  Tensor y = call[0];
  for (std::size_t i = 0; i < axes.size(); ++i) y = sliced(y, axes[i], starts[i], ends[i], steps[i]);
  return y;
}

/// What stands around x: ONNX names all beginnings and then all ends, in the order of the dims.
Results padded(const Call& call) {
  const Tensor& x = call[0];
  const std::vector<std::int64_t> amounts = call.integers(1, "pads");
  std::vector<std::int64_t> given = call.has(3) ? call.integers(3) : std::vector<std::int64_t>();
  if (!call.has(3))
    for (std::int64_t dim = 0; dim < x.dim(); ++dim) given.push_back(dim);
  const std::vector<int> axes = axes_of(given, x.dim());
  check(amounts.size() == 2 * axes.size(), "has {} amounts for {} axes", amounts.size(), axes.size());
  std::vector<std::int64_t> sides(2 * static_cast<std::size_t>(x.dim()), 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto from_last = static_cast<std::size_t>(x.dim() - 1 - axes[i]);
    sides[2 * from_last] = amounts[i];
    sides[2 * from_last + 1] = amounts[i + axes.size()];
  }
  const std::string mode = call.text("mode", "constant");
  const double value = call.has(2) ? call.item<double>(2) : call.number("value", 0);
  Tensor y = x;  // a dim at a time, as there may be more sides than a shape holds
  for (std::size_t i = 0; i < static_cast<std::size_t>(x.dim()); ++i) {
    if (sides[2 * i] == 0 && sides[2 * i + 1] == 0) continue;
    const int dim = static_cast<int>(x.dim()) - 1 - static_cast<int>(i), last = static_cast<int>(x.dim()) - 1;
    const Shape both{sides[2 * i], sides[2 * i + 1]};
    const Tensor moved = transpose(y, dim, last);
    const Tensor wider = mode == "constant" ? pad(moved, both, value)
                         : mode == "edge"   ? pad(moved, both, PadMode::replicate)
                                            : pad(moved, both, PadOptions{.mode = std::string_view(mode)});
    y = transpose(wider, dim, last);
  }
  return y;
}

std::int64_t block_of(const Call& call) {
  const std::int64_t block = call.integer("blocksize");
  const Tensor& x = call[0];
  check(block > 0 && block < 1 << 20 && x.dim() == 4 && x.size(2) < 1LL << 32 && x.size(3) < 1LL << 32,
        "the block is of size {} and x of shape {}", block, x.shape());
  return block;
}

Results depth_to_space(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t b = block_of(call), n = x.size(0), c = x.size(1) / (b * b), h = x.size(2), w = x.size(3);
  const std::string mode = call.text("mode", "DCR");
  check(mode == "DCR" || mode == "CRD", "the mode is \"{}\"; expected DCR or CRD", mode);
  const Tensor parts = mode == "DCR" ? permute(reshape(x, {n, b, b, c, h, w}), {0, 3, 4, 1, 5, 2})
                                     : permute(reshape(x, {n, c, b, b, h, w}), {0, 1, 4, 2, 5, 3});
  return reshape(parts, {n, c, h * b, w * b});
}

Results space_to_depth(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t b = block_of(call), n = x.size(0), c = x.size(1), h = x.size(2) / b, w = x.size(3) / b;
  return reshape(permute(reshape(x, {n, c, h, b, w, b}), {0, 3, 5, 1, 2, 4}),
                 {n, Shape{c, b, b}.numel(), h, w});
}

/// The first `lengths[i]` steps of sequence i in reverse order.
Results reversed(const Call& call) {
  const int batch = axis_of(call.integer("batch_axis", 1), call[0].dim());
  const int time = axis_of(call.integer("time_axis", 0), call[0].dim());
  check(batch != time && batch < 2 && time < 2, "batch_axis is {} and time_axis {}; expected 0 and 1", batch,
        time);
  const Tensor x = time == 0 ? call[0] : transpose(call[0], 0, 1);
  const Tensor steps = unsqueeze(arange(x.size(0)), 1), lengths = unsqueeze(call[1].to(kInt64), 0);
  Tensor order = where(steps < lengths, lengths - 1 - steps, steps);
  while (order.dim() < x.dim()) order = unsqueeze(order, -1);
  const Tensor y = gather(x, 0, order.expand(x.shape()));
  return time == 0 ? y : transpose(y, 0, 1);
}

Results centred(const Call& call) {
  const std::vector<std::int64_t> sizes = call.integers(1);
  std::vector<std::int64_t> given = call.attributes().integers("axes");
  if (given.empty())
    for (std::int64_t dim = 0; dim < call[0].dim(); ++dim) given.push_back(dim);
  const std::vector<int> axes = axes_of(given, call[0].dim());
  check(axes.size() == sizes.size(), "has {} sizes for {} axes", sizes.size(), axes.size());
  Tensor y = call[0];
  for (std::size_t i = 0; i < axes.size(); ++i) {
    check(sizes[i] >= 0, "the size of axis {} is {}", axes[i], sizes[i]);
    const std::int64_t more = sizes[i] - y.size(axes[i]), before = more > 0 ? more / 2 : -(-more / 2);
    const int last = static_cast<int>(y.dim()) - 1;
    y = transpose(pad(transpose(y, axes[i], last), {before, more - before}), axes[i], last);
  }
  return y;
}

}  // namespace

Operators shape_operators() {
  return {{"CenterCropPad", 18, centred},
          {"Concat", 1, joined},
          {"DepthToSpace", 1, depth_to_space},
          {"Expand", 8, expanded},
          {"Flatten", 1, flattened},
          {"Identity", 1, [](const Call& call) { return call[0]; }},
          {"Pad", 2, padded, "modes constant, reflect and edge", {2}},
          {"Reshape", 1, reshaped},
          {"ReverseSequence", 10, reversed},
          {"Shape", 1, shape_of},
          {"Size", 1, [](const Call& call) { return tensor(call[0].numel()); }},
          {"Slice", 1, slices},
          {"SpaceToDepth", 1, space_to_depth},
          {"Split", 2, split_up},
          {"Squeeze", 1, squeezed},
          {"Tile", 6, [](const Call& call) { return repeat(call[0], call.shape(1)); }},
          {"Transpose", 1, transposed},
          {"Unsqueeze", 1, unsqueezed}};
}

}  // namespace xtape::onnx::detail
