// Functions of elements and rows that are composed of ops.
#include <cmath>

#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

using List = std::vector<std::int64_t>;

Names lerp(Call& c) {
  const std::string weight = c.has(2) ? c.in(2) : c.scalar(c.number("weight"));
  return {c.node("Add", {c.in(), c.node("Mul", {weight, c.node("Sub", {c.in(1), c.in()})})})};
}
Names add_scaled(Call& c, std::string_view type) {
  const std::string both = c.node(type, {c.in(1), c.in(2)});
  const double value = c.number("value");
  return {c.node("Add", {c.in(), value == 1 ? both : c.node("Mul", {both, c.scalar(value)})})};
}

Names glu(Call& c) {
  const std::int64_t axis = c.axis();
  const Size size = c.sizes()[static_cast<std::size_t>(axis)], half{size.first / 2, size.second / 2};
  const Names halves = c.nodes("Split", {c.in(), c.size_list({half, half})}, {{"axis", axis}}, 2);
  return {c.node("Mul", {halves[0], c.node("Sigmoid", {halves[1]})})};
}

/// (sum |x|^p)^(1/p) along an axis
std::string norm(Call& c, const std::string& x, double p, std::int64_t axis, bool keepdim) {
  const NodeAttributes attributes{{"axes", List{axis}}, {"keepdims", std::int64_t{keepdim}}};
  if (p == 1) return c.node("ReduceL1", {x}, attributes);
  if (p == 2) return c.node("ReduceL2", {x}, attributes);
  const std::string size = c.node("Abs", {x});
  if (std::isinf(p)) return c.node(p > 0 ? "ReduceMax" : "ReduceMin", {size}, attributes);
  c.require(p != 0, "a norm of order 0 has no form");
  const std::string sum = c.node("ReduceSum", {c.node("Pow", {size, c.scalar(p)}), c.ints({axis})},
                                 {{"keepdims", std::int64_t{keepdim}}});
  return c.node("Pow", {sum, c.scalar(1 / p)});
}
std::string normalized(Call& c, const std::string& x, double p, std::int64_t axis) {
  return c.node("Div", {x, c.node("Max", {norm(c, x, p, axis, true), c.scalar(c.number("eps"))})});
}

Names normalize(Call& c) { return {normalized(c, c.in(), c.number("p"), c.axis())}; }

Names cosine_similarity(Call& c) {
  const std::int64_t dim = c.integer("dim");
  c.require(c.sizes() == c.sizes(1), "shapes that are broadcast have no form");
  const std::int64_t axis = c.wrapped(dim, c.dim());
  const std::string product =
      c.node("Mul", {normalized(c, c.in(), 2, axis), normalized(c, c.in(1), 2, axis)});
  return {c.node("ReduceSum", {product, c.ints({axis})}, {{"keepdims", std::int64_t{0}}})};
}

Names pairwise_distance(Call& c) {
  const std::string apart = c.node("Add", {c.node("Sub", {c.in(), c.in(1)}), c.scalar(c.number("eps"))});
  return {norm(c, apart, c.number("p"), -1, c.flag("keepdim"))};
}

std::string sum_over(Call& c, const std::string& x) {
  const bool keepdim = c.is_given("keepdim") && c.flag("keepdim");
  List dims = c.list("dim");
  if (c.dim() == 0) return x;
  if (dims.empty())
    for (int d = 0; d < c.dim(); ++d) dims.push_back(d);
  return c.node("ReduceSum", {x, c.ints(dims)}, {{"keepdims", std::int64_t{keepdim}}});
}
Names count_nonzero(Call& c) {
  return {sum_over(c, c.cast(c.cast(c.in(), c.dtype(), kBool), kBool, kInt64))};
}
std::string nansum(Call& c) {
  if (!is_floating(c.dtype())) return sum_over(c, c.in());
  return sum_over(c, c.node("Where", {c.node("IsNaN", {c.in()}), c.scalar(0), c.in()}));
}
Names nanmean(Call& c) {
  const std::string counts = c.cast(c.node("Not", {c.node("IsNaN", {c.in()})}), kBool, c.dtype());
  return {c.node("Div", {nansum(c), sum_over(c, counts)})};
}

/// Of what has a truth value, in the dtype that it is written into.
Names logical_not(Call& c) {
  return {c.cast(c.node("Not", {c.cast(c.in(), c.dtype(), kBool)}), kBool, c.out_dtype())};
}

constexpr Form::Of kFunction = Form::Of::function;

constexpr Form kForms[] = {
    {"lerp", "Sub, Mul, Add", lerp, kFunction},
    {"addcmul", "Mul, Add", [](Call& c) { return add_scaled(c, "Mul"); }, kFunction},
    {"addcdiv", "Div, Mul, Add", [](Call& c) { return add_scaled(c, "Div"); }, kFunction},
    {"relu6", "Clip",
     [](Call& c) -> Names {
       return {c.node("Clip", {c.in(), c.scalar(0), c.scalar(6)})};
     },
     kFunction},
    {"glu", "Split, Sigmoid, Mul", glu, kFunction},
    {"normalize", "ReduceL2, Max, Div", normalize, kFunction},
    {"cosine_similarity", "ReduceL2, Div, Mul, ReduceSum", cosine_similarity, kFunction},
    {"pairwise_distance", "Sub, ReduceL2", pairwise_distance, kFunction},
    {"count_nonzero", "Cast, ReduceSum", count_nonzero, kFunction},
    {"nansum", "IsNaN, Where, ReduceSum", [](Call& c) -> Names { return {nansum(c)}; }, kFunction},
    {"nanmean", "IsNaN, Where, ReduceSum, Div", nanmean, kFunction},
    {"logical_not", "Not", logical_not, kFunction},
};

}  // namespace

std::span<const Form> composed_forms() { return kForms; }

}  // namespace xtape::onnx::saving
