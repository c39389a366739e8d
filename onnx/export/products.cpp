// Products of matrices, layers that are one, and attention.
#include <algorithm>
#include <limits>
#include <map>

#include "autograd/ops/diagonal.hpp"
#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

constexpr std::int64_t kYes = 1;

/// The last two dims the other way round.
std::string turned(Call& c, const std::string& x, int dims) {
  std::vector<std::int64_t> order;
  for (int d = 0; d < dims; ++d) order.push_back(d);
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return c.transposed(x, order);
}

Names matmul(Call& c) {
  const auto operand = [&](std::size_t i, std::string_view flag) {
    const bool is_turned = c.is_given(flag) && c.flag(flag);
    return is_turned ? turned(c, c.in(i), c.dim(i)) : c.in(i);
  };
  return {c.node("MatMul", {operand(0, "a_transposed"), operand(1, "b_transposed")})};
}

/// x W^T + b: Gemm multiplies matrices.
Names linear(Call& c) {
  if (c.dim() == 2 && c.dim(1) == 2) return {c.node("Gemm", {c.in(), c.in(1), c.in(2)}, {{"transB", kYes}})};
  const std::string weight = c.dim(1) == 2 ? turned(c, c.in(1), 2) : c.in(1);
  const std::string y = c.node("MatMul", {c.in(), weight});
  return {c.has(2) ? c.node("Add", {y, c.in(2)}) : y};
}

/// The equation with letters in the place of "...", and with what it gives: ONNX's ellipsis has fewer
/// meanings.
std::string spelt_out(Call& c, std::string equation) {
  std::erase(equation, ' ');
  const std::size_t arrow = equation.find("->");
  const bool is_given = arrow != std::string::npos;
  std::string left = equation.substr(0, arrow), right = is_given ? equation.substr(arrow + 2) : "", result,
              dots;
  for (char letter = 'A'; letter <= 'Z' && dots.size() < 8; ++letter)
    if (equation.find(letter) == std::string::npos) dots += letter;
  std::map<char, Size> sizes;
  std::size_t most = 0, operand = 0, begin = 0;
  while (begin <= left.size()) {
    const std::size_t end = std::min(left.find(',', begin), left.size());
    std::string labels = left.substr(begin, end - begin);
    if (const std::size_t at = labels.find("..."); at != std::string::npos) {
      const std::size_t count = static_cast<std::size_t>(c.dim(operand)) - (labels.size() - 3);
      c.require(count <= dots.size(), "its ellipsis stands for too many dims");
      labels.replace(at, 3, dots.substr(dots.size() - count));
      most = std::max(most, count);
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto [known, is_new] = sizes.try_emplace(labels[i], c.sizes(operand)[i]);
      c.require(is_new || known->second == c.sizes(operand)[i], "dims that are broadcast have no form");
    }
    result += (operand == 0 ? "" : ",") + labels;
    ++operand;
    begin = end + 1;
  }
  const std::string all = dots.substr(dots.size() - most);
  if (!is_given) {
    right = all;
    for (const auto& [letter, size] : sizes)
      if (all.find(letter) == std::string::npos && std::ranges::count(result, letter) == 1) right += letter;
  } else if (const std::size_t at = right.find("..."); at != std::string::npos) {
    right.replace(at, 3, all);
  }
  return result + "->" + right;
}

Names einsum(Call& c) {
  Names inputs;
  for (std::size_t i = 0; i < c.inputs(); ++i) inputs.push_back(c.in(i));
  return {c.node("Einsum", inputs, {{"equation", spelt_out(c, c.word("equation"))}})};
}

/// True where a query must not see a key: above the diagonal.
std::string causal_mask(Call& c) {
  const Size queries = c.sizes()[static_cast<std::size_t>(c.dim() - 2)],
             keys = c.sizes(1)[static_cast<std::size_t>(c.dim(1) - 2)];
  const std::int64_t first = c.integer("causal_offset") + 1;
  if (queries.is_fixed() && keys.is_fixed())
    return c.constant(triu(ones({queries.first, keys.first}, {.dtype = kBool}), first));
  const std::string one = c.constant(full({}, 1, {.dtype = kInt64}));
  const std::string all = c.node("Expand", {one, c.size_list({queries, keys})});
  const std::string above =
      c.node("Trilu", {all, c.constant(full({}, first, {.dtype = kInt64}))}, {{"upper", kYes}});
  return c.cast(above, kInt64, kBool);
}

/// {y, weights}: y = weights v, weights = softmax(scale q k^T + mask), some dropped where `keep` or dropout_p
/// says so
Names attention(Call& c, std::size_t mask, std::size_t keep) {
  const std::string scaled = c.node("Mul", {c.in(), c.scalar(c.number("scale"))});
  std::string scores = c.node("MatMul", {scaled, turned(c, c.in(1), c.dim(1))});
  const std::string never = c.scalar(-std::numeric_limits<double>::infinity());
  if (c.has(mask)) {
    const bool is_bool = c.dtype(mask) == kBool;
    scores = is_bool ? c.node("Where", {c.in(mask), scores, never}) : c.node("Add", {scores, c.in(mask)});
  }
  if (c.flag("is_causal")) scores = c.node("Where", {causal_mask(c), never, scores});
  const std::string weights = c.node("Softmax", {scores}, {{"axis", std::int64_t{-1}}});
  std::string kept = weights;
  const double p = c.number("dropout_p");
  if (c.has(keep)) {
    const std::string factors = c.cast(c.in(keep), c.dtype(keep), c.dtype());
    kept = c.node("Mul", {weights, c.node("Mul", {factors, c.scalar(p < 1 ? 1 / (1 - p) : 0)})});
  } else if (p > 0) {
    kept = c.node("Dropout", {weights, c.scalar(p, kFloat32), c.constant(full({}, true, {.dtype = kBool}))});
  }
  return {c.node("MatMul", {kept, c.in(2)}), weights};
}

/// The op has flags for what stands in its list, and an empty second result where the weights are not kept.
Names attention_op(Call& c) {
  constexpr std::size_t kNone = 100;
  const bool masked = c.flag("masked"), dropped = c.flag("dropped");
  Names results = attention(c, masked ? 3 : kNone, dropped ? (masked ? 4 : 3) : kNone);
  if (!c.flag("kept")) results[1] = c.constant(zeros({0}, {.dtype = c.dtype()}));
  return results;
}

/// q, k and v {N, H, L, D} of {N, L, 3 H D}, or of {L, N, 3 H D}
Names split_heads(Call& c) {
  const bool batch_first = c.flag("batch_first");
  const Sizes sizes = c.sizes(), one = c.out_sizes();
  const Sizes apart{sizes[0], sizes[1], {3, 3}, one[1], one[3]};
  const std::vector<std::int64_t> order{2, batch_first ? 0 : 1, 3, batch_first ? 1 : 0, 4};
  const std::string all = c.transposed(c.reshaped(c.in(), sizes, apart), order);
  Names parts = c.nodes("Split", {all, c.ints({1, 1, 1})}, {{"axis", std::int64_t{0}}}, 3);
  for (std::string& part : parts) part = c.squeezed(part, {0});
  return parts;
}

Names det(Call& c) { return {c.node("Det", {c.in()})}; }

/// The distance of each row of a from each of b.
Names cdist(Call& c) {
  const std::string a = c.unsqueezed(c.in(), {c.dim() - 1}), b = c.unsqueezed(c.in(1), {c.dim(1) - 2});
  return {c.node("ReduceL2", {c.node("Sub", {a, b})},
                 {{"axes", std::vector<std::int64_t>{-1}}, {"keepdims", std::int64_t{0}}})};
}

constexpr Form::Of kFunction = Form::Of::function, kBoth = Form::Of::both;

constexpr Form kForms[] = {
    {"matmul", "MatMul", matmul, kBoth},
    {"bmm", "MatMul", matmul},
    {"linear", "Gemm of matrices, or MatMul and Add", linear, kBoth},
    {"einsum", "Einsum", einsum, kFunction},
    {"scaled_dot_product_attention", "MatMul, Softmax, MatMul", [](Call& c) { return attention(c, 3, 4); },
     kFunction},
    {"attention", "MatMul, Softmax, MatMul", attention_op},
    {"split_heads", "Reshape, Transpose, Split", split_heads},
    {"linalg_det", "Det", det},
    {"cdist", "Sub, ReduceL2", cdist},
};

}  // namespace

std::span<const Form> product_forms() { return kForms; }

}  // namespace xtape::onnx::saving
