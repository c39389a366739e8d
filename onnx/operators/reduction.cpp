// Reductions, running sums, and what is found along an axis.
#include <algorithm>
#include <numeric>

#include "autograd/tensor/results.hpp"
#include "autograd/tensor/search_options.hpp"
#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

using Reduction = Tensor (*)(const Tensor&, const Dims&, bool);

/// f over the axes, which newer opsets have as an input; over all where none are named.
Compute reduction(Reduction f) {
  return [f](const Call& call) {
    const Tensor& x = call[0];
    const std::vector<int> axes = axes_of(call.integers(1, "axes"), x.dim());
    const bool keeps = call.integer("keepdims", 1) != 0;
    if (axes.empty() && call.integer("noop_with_empty_axes", 0) != 0) return x;
    return f(x, axes, keeps).to(x.dtype());
  };
}

Tensor sum_of_absolutes(const Tensor& x, const Dims& dims, bool keeps) { return sum(abs(x), dims, keeps); }
Tensor euclidean(const Tensor& x, const Dims& dims, bool keeps) { return norm(x, 2, dims, keeps); }
Tensor log_of_sum(const Tensor& x, const Dims& dims, bool keeps) { return log(sum(x, dims, keeps)); }
Tensor sum_of_squares(const Tensor& x, const Dims& dims, bool keeps) { return sum(square(x), dims, keeps); }

/// The place of the first extreme, or of the last.
Compute place_of(Tensor (*f)(const Tensor&, Dim, bool)) {
  return [f](const Call& call) {
    const Tensor& x = call[0];
    const int axis = axis_of(call, x, 0);
    const bool keeps = call.integer("keepdims", 1) != 0;
    if (call.integer("select_last_index", 0) == 0) return f(x, axis, keeps);
    return (x.dim() == 0 ? 1 : x.size(axis)) - 1 - f(flip(x, axis), axis, keeps);
  };
}

Results running_sum(const Call& call) {
  const Tensor& x = call[0];
  const int axis = axis_of(call.item<std::int64_t>(1), x.dim());
  const bool is_reversed = call.integer("reverse", 0) != 0;
  const Tensor ordered = is_reversed ? flip(x, axis) : x;
  Tensor y = cumsum(ordered, axis).to(x.dtype());
  if (call.integer("exclusive", 0) != 0) y = y - ordered;
  return is_reversed ? flip(y, axis) : y;
}

Results greatest(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t k = call.opset() < 10 ? call.integer("k") : call.item<std::int64_t>(1);
  const ValuesIndices found =
      topk(x, k, axis_of(call, x, -1), call.integer("largest", 1) != 0, call.integer("sorted", 1) != 0);
  return {found.values, found.indices};
}

/// Distinct values in ascending order, or with sorted = 0 in the order of their first places.
Results distinct(const Call& call) {
  const Tensor& x = call[0];
  UniqueOptions options{.return_inverse = true, .return_counts = true};
  if (call.attributes().has("axis")) options.dim = axis_of(call, x, 0);
  UniqueResult found = unique(x, options);
  const std::vector<std::int64_t> inverse = found.inverse_indices.to_vector<std::int64_t>();
  const auto count = static_cast<std::size_t>(found.counts.numel());
  std::vector<std::int64_t> first(count, -1);
  for (std::size_t i = 0; i < inverse.size(); ++i) {
    std::int64_t& place = first[static_cast<std::size_t>(inverse[i])];
    if (place < 0) place = static_cast<std::int64_t>(i);
  }
  const Shape one_dim{static_cast<std::int64_t>(count)};
  Tensor places = from_vector(first, one_dim), ranks = flatten(found.inverse_indices);
  if (call.integer("sorted", 1) == 0) {
    const Tensor order = argsort(places);
    found.output = index_select(found.output, options.dim.value_or(0), order);
    found.counts = index_select(found.counts, 0, order);
    places = index_select(places, 0, order);
    ranks = index_select(argsort(order), 0, ranks);
  }
  return {found.output, places, ranks, found.counts};
}

}  // namespace

Operators reduction_operators() {
  const std::vector<int> axes{1};
  return {{"ArgMax", 1, place_of(argmax)},
          {"ArgMin", 1, place_of(argmin)},
          {"CumSum", 11, running_sum},
          {"NonZero", 9, [](const Call& call) { return t(nonzero(call[0])); }},
          {"ReduceL1", 1, reduction(sum_of_absolutes)},
          {"ReduceL2", 1, reduction(euclidean)},
          {"ReduceLogSum", 1, reduction(log_of_sum)},
          {"ReduceLogSumExp", 1, reduction(logsumexp)},
          {"ReduceMax", 1, reduction(amax)},
          {"ReduceMean", 1, reduction(mean)},
          {"ReduceMin", 1, reduction(amin)},
          {"ReduceProd", 1, reduction(prod)},
          {"ReduceSum", 1, reduction(sum)},
          {"ReduceSumSquare", 1, reduction(sum_of_squares)},
          {"TopK", 1, greatest},
          {"Unique", 11, distinct}};
}

}  // namespace xtape::onnx::detail
