// Elements looked up and put by index. Negative indices count from the end.
#include <algorithm>

#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

Shape part(const Shape& shape, int first, int last) { return {shape.begin() + first, shape.begin() + last}; }

Shape joined(Shape a, const Shape& b) {
  for (const std::int64_t size : b) a.push_back(size);
  return a;
}

Results gathered(const Call& call) {
  const Tensor &x = call[0], &indices = call[1];
  const int axis = axis_of(call, x, 0);
  const Tensor rows = index_select(x, axis, flatten(wrapped(indices, x.size(axis))));
  const Shape front = part(x.shape(), 0, axis), back = part(x.shape(), axis + 1, x.shape().size());
  return reshape(rows, joined(joined(front, indices.shape()), back));
}

Results gathered_elements(const Call& call) {
  const int axis = axis_of(call, call[0], 0);
  return gather(call[0], axis, wrapped(call[1], call[0].size(axis)));
}

/// The indices {..., k} of GatherND and ScatterND as numbers of rows of x, whose dims from `batch` on to k
/// more are one.
Tensor row_numbers(const Tensor& indices, const Shape& sizes) {
  Tensor numbers = zeros(part(indices.shape(), 0, indices.shape().size() - 1), {.dtype = kInt64});
  for (int i = 0; i < sizes.size(); ++i) {
    const Tensor at = wrapped(select(indices, -1, i), sizes[i]);
    check(all(logical_and(at >= 0, at < sizes[i])).item<bool>(),
          "an index is out of range for dim {} of size {}", i, sizes[i]);
    numbers = numbers * sizes[i] + at;
  }
  return numbers;
}

int tuple_size(const Tensor& indices, const Tensor& x, std::int64_t batch) {
  check(indices.dim() > 0 && batch >= 0 && batch < indices.dim() && batch < x.dim() &&
            indices.size(-1) <= x.dim() - batch,
        "indices of shape {} do not fit x of shape {}, {} dims of which are batches", indices.shape(),
        x.shape(), batch);
  return static_cast<int>(indices.size(-1));
}

Results gathered_tuples(const Call& call) {
  const Tensor &x = call[0], &indices = call[1];
  const int batch = static_cast<int>(call.integer("batch_dims", 0)), tuple = tuple_size(indices, x, batch);
  const Shape sizes = part(x.shape(), batch, batch + tuple),
              rest = part(x.shape(), batch + tuple, x.shape().size());
  check(part(x.shape(), 0, batch) == part(indices.shape(), 0, batch), "the batches of {} and {} differ",
        x.shape(), indices.shape());
  const std::int64_t batches = numel_between(x.shape(), 0, batch), rows = sizes.numel();
  const Tensor numbers = row_numbers(indices, sizes);
  const std::int64_t each = batches == 0 ? 0 : numbers.numel() / batches;
  const Tensor of_all = reshape(numbers, {batches, each}) + unsqueeze(arange(batches) * rows, 1);
  const Tensor found =
      index_select(reshape(x, {Shape{batches, rows}.numel(), rest.numel()}), 0, flatten(of_all));
  return reshape(found, joined(numbers.shape(), rest));
}

/// The name of scatter_reduce for ONNX's.
std::string reduction_of(const Call& call) {
  const std::string name = call.text("reduction", "none");
  if (name == "mul") return "prod";
  if (name == "max" || name == "min") return "a" + name;
  check(name == "none" || name == "add", "the reduction is \"{}\"; expected none, add, mul, max or min",
        name);
  return name;
}

Tensor scattered(const Tensor& x, int axis, const Tensor& index, const Tensor& source,
                 const std::string& reduction) {
  if (reduction == "none") return scatter(x, axis, index, source);
  if (reduction == "add") return scatter_add(x, axis, index, source);
  return scatter_reduce(x, axis, index, source, reduction);
}

Results scattered_elements(const Call& call) {
  const int axis = axis_of(call, call[0], 0);
  return scattered(call[0], axis, wrapped(call[1], call[0].size(axis)), call[2], reduction_of(call));
}

Results scattered_tuples(const Call& call) {
  const Tensor &x = call[0], &indices = call[1];
  const int tuple = tuple_size(indices, x, 0);
  const Shape sizes = part(x.shape(), 0, tuple), rest = part(x.shape(), tuple, x.shape().size());
  const std::int64_t width = rest.numel();
  const Tensor rows = reshape(x, {sizes.numel(), width});
  const Tensor numbers = flatten(row_numbers(indices, sizes));
  const Tensor source = reshape(call[2], {numbers.numel(), width});
  const Tensor index = unsqueeze(numbers, 1).expand({numbers.numel(), width});
  return reshape(scattered(rows, 0, index, source, reduction_of(call)), x.shape());
}

Results compressed(const Call& call) {
  const bool is_flat = !call.attributes().has("axis");
  const Tensor x = is_flat ? flatten(call[0]) : call[0];
  const int axis = is_flat ? 0 : axis_of(call, x, 0);
  return index_select(x, axis, flatten(nonzero(call[1])));
}

Results one_hot_of(const Call& call) {
  const auto depth = call.item<std::int64_t>(1);
  check(depth >= 0 && call[2].numel() == 2, "the depth is {}, and there are {} values", depth,
        call[2].numel());
  const Tensor indices = wrapped(call[0], depth);
  const int axis = axis_of(call.integer("axis", -1), indices.dim() + 1);
  Shape classes = Shape::filled(static_cast<int>(indices.dim()) + 1, 1);
  classes[axis] = depth;
  const Tensor is_on = unsqueeze(indices, axis) == reshape(arange(depth), classes);
  return where(is_on, select(flatten(call[2]), 0, 1), select(flatten(call[2]), 0, 0));
}

}  // namespace

Operators indexing_operators() {
  return {{"Compress", 9, compressed},
          {"Gather", 1, gathered},
          {"GatherElements", 11, gathered_elements},
          {"GatherND", 11, gathered_tuples},
          {"OneHot", 9, one_hot_of, "", {1, 2}},
          {"Scatter", 9, scattered_elements},
          {"ScatterElements", 11, scattered_elements},
          {"ScatterND", 11, scattered_tuples}};
}

}  // namespace xtape::onnx::detail
