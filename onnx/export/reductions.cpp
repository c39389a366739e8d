// Sums, means and extremes along dims, and what is sorted.
#include <algorithm>

#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

/// The dims that are reduced, from the front; all where none is given.
std::vector<std::int64_t> dims_of(Call& c) {
  std::vector<std::int64_t> dims = c.is_given("dim") ? c.list("dim") : std::vector<std::int64_t>{};
  for (std::int64_t& dim : dims) dim = c.wrapped(dim, c.dim());
  if (dims.empty())
    for (int d = 0; d < c.dim(); ++d) dims.push_back(d);
  return dims;
}
std::int64_t keeps_dims(Call& c) { return c.is_given("keepdim") && c.flag("keepdim") ? 1 : 0; }

/// Nothing is reduced of a number.
std::string sum_of(Call& c, const std::string& x) {
  if (c.dim() == 0) return x;
  return c.node("ReduceSum", {x, c.ints(dims_of(c))}, {{"keepdims", keeps_dims(c)}});
}
std::string reduced(Call& c, std::string_view type, const std::string& x) {
  if (c.dim() == 0) return x;
  return c.node(type, {x}, {{"axes", dims_of(c)}, {"keepdims", keeps_dims(c)}});
}

/// Sums and products of small integers and of bool are int64.
std::string summand(Call& c) { return c.cast(c.in(), c.dtype(), c.out_dtype()); }

/// Of bool by way of numbers, which is false of nothing.
std::string any(Call& c, const std::string& x) {
  return c.cast(reduced(c, "ReduceMax", c.cast(x, kBool, kInt32)), kInt32, kBool);
}
std::string truth(Call& c) { return c.cast(c.in(), c.dtype(), kBool); }
Names all(Call& c) { return {c.node("Not", {any(c, c.node("Not", {truth(c)}))})}; }

std::string extreme(Call& c, std::string_view type) {
  if (c.dtype() != kBool) return reduced(c, type, c.in());
  return c.cast(reduced(c, type, c.cast(c.in(), kBool, kInt32)), kInt32, kBool);
}

Names place_of_extreme(Call& c, std::string_view type) {
  if (c.dim() == 0) return {c.constant(full({}, 0, {.dtype = kInt64}))};
  std::string x = c.dtype() == kBool ? c.cast(c.in(), kBool, kInt32) : c.in();
  if (!c.is_given("dim")) {  // of all elements
    x = c.node("Reshape", {x, c.ints({-1})});
    return {c.node(type, {x}, {{"axis", std::int64_t{0}}, {"keepdims", std::int64_t{0}}})};
  }
  return {c.node(type, {x}, {{"axis", c.axis()}, {"keepdims", keeps_dims(c)}})};
}

/// {values, places} along one dim
Names extreme_along(Call& c, std::string_view value, std::string_view place) {
  return {extreme(c, value), place_of_extreme(c, place)[0]};
}

/// {values, places} of the k smallest or largest along an axis, in order
Names sorted(Call& c, const std::string& x, std::int64_t axis, const std::string& count, bool largest) {
  return c.nodes("TopK", {x, count}, {{"axis", axis}, {"largest", std::int64_t{largest}}}, 2);
}

Names sort(Call& c) {
  if (c.dim() == 0) return {c.in(), c.constant(full({}, 0, {.dtype = kInt64}))};
  const std::int64_t axis = c.axis();
  return sorted(c, c.in(), axis, c.size_list({c.out_sizes()[static_cast<std::size_t>(axis)]}),
                c.flag("descending"));
}

/// {values, places} of the element that is number k along the dim, from the smallest on
Names ranked(Call& c, std::int64_t k) {
  if (c.dim() == 0) return {c.in(), c.constant(full({}, 0, {.dtype = kInt64}))};
  const std::int64_t axis = c.axis();
  Names all = sorted(c, c.in(), axis, c.ints({k}), false);
  for (std::string& part : all) {
    part = c.sliced(part, axis, k - 1, k);
    if (!keeps_dims(c)) part = c.squeezed(part, {axis});
  }
  return all;
}

/// The lower of the two in the middle.
Names median(Call& c) {
  return ranked(c, c.dim() == 0 ? 1 : (c.shape()[static_cast<int>(c.axis())] + 1) / 2);
}

Names median_of_all(Call& c) {
  const std::int64_t n = c.shape().numel(), k = (n + 1) / 2;
  const Names all = sorted(c, c.node("Reshape", {c.in(), c.ints({-1})}), 0, c.ints({k}), false);
  return {c.squeezed(c.sliced(all[0], 0, k - 1, k), {0})};
}

Names cumsum(Call& c) {
  if (c.dim() == 0) return {c.in()};
  return {c.node("CumSum", {c.cast(c.in(), c.dtype(), c.out_dtype()),
                            c.constant(full({}, c.axis(), {.dtype = kInt64}))})};
}

/// The greatest element aside, so that no power is infinite.
Names logcumsumexp(Call& c) {
  if (c.dim() == 0) return {c.in()};
  const std::string greatest =
      c.node("ReduceMax", {c.in()}, {{"axes", std::vector{c.axis()}}, {"keepdims", std::int64_t{1}}});
  const std::string powers = c.node("Exp", {c.node("Sub", {c.in(), greatest})});
  const std::string sums = c.node("CumSum", {powers, c.constant(full({}, c.axis(), {.dtype = kInt64}))});
  return {c.node("Add", {c.node("Log", {sums}), greatest})};
}

constexpr Form kForms[] = {
    {"sum", "ReduceSum", [](Call& c) -> Names { return {sum_of(c, summand(c))}; }},
    {"sum_squares", "Mul, ReduceSum",
     [](Call& c) -> Names {
       return {sum_of(c, c.node("Mul", {c.in(), c.in()}))};
     }},
    {"mean", "ReduceMean", [](Call& c) -> Names { return {reduced(c, "ReduceMean", c.in())}; }},
    {"prod", "ReduceProd", [](Call& c) -> Names { return {reduced(c, "ReduceProd", summand(c))}; }},
    {"amax", "ReduceMax", [](Call& c) -> Names { return {extreme(c, "ReduceMax")}; }},
    {"amin", "ReduceMin", [](Call& c) -> Names { return {extreme(c, "ReduceMin")}; }},
    {"logsumexp", "ReduceLogSumExp",
     [](Call& c) -> Names { return {reduced(c, "ReduceLogSumExp", c.in())}; }},
    {"any", "ReduceMax, Cast", [](Call& c) -> Names { return {any(c, truth(c))}; }},
    {"all", "Not, ReduceMax, Cast", all},
    {"argmax", "ArgMax", [](Call& c) { return place_of_extreme(c, "ArgMax"); }},
    {"argmin", "ArgMin", [](Call& c) { return place_of_extreme(c, "ArgMin"); }},
    {"max", "ReduceMax, ArgMax", [](Call& c) { return extreme_along(c, "ReduceMax", "ArgMax"); }},
    {"min", "ReduceMin, ArgMin", [](Call& c) { return extreme_along(c, "ReduceMin", "ArgMin"); }},
    {"sort", "TopK", sort},
    {"kthvalue", "TopK, Slice", [](Call& c) { return ranked(c, c.integer("k")); }},
    {"median", "TopK, Slice", median},
    {"median_of_all", "TopK, Slice", median_of_all},
    {"cumsum", "CumSum", cumsum},
    {"logcumsumexp", "Exp, CumSum, Log", logcumsumexp},
};

}  // namespace

std::span<const Form> reduction_forms() { return kForms; }

}  // namespace xtape::onnx::saving
