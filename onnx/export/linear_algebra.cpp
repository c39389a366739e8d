// Functions of matrices and vectors that are composed of products.
#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

using List = std::vector<std::int64_t>;

std::string times(Call& c, const std::string& x, std::string_view factor) {
  const double by = c.number(factor);
  return by == 1 ? x : c.node("Mul", {x, c.scalar(by)});
}

/// beta input + alpha product
Names add_product(Call& c, const std::string& product) {
  const std::string y = times(c, product, "alpha");
  return {c.number("beta") == 0 ? y : c.node("Add", {y, times(c, c.in(), "beta")})};
}
Names add_matmul(Call& c) { return add_product(c, c.node("MatMul", {c.in(1), c.in(2)})); }
Names addmm(Call& c) {
  if (c.number("beta") == 0 || !is_floating(c.dtype())) return add_matmul(c);
  return {
      c.node("Gemm", {c.in(1), c.in(2), c.in()}, {{"alpha", c.number("alpha")}, {"beta", c.number("beta")}})};
}
Names addr(Call& c) {
  return add_product(c, c.node("Mul", {c.unsqueezed(c.in(1), {1}), c.unsqueezed(c.in(2), {0})}));
}
Names addbmm(Call& c) {
  return add_product(c, c.node("ReduceSum", {c.node("MatMul", {c.in(1), c.in(2)}), c.ints({0})},
                               {{"keepdims", std::int64_t{0}}}));
}

/// Products summed over dims of both, the others side by side.
Names contracted(Call& c, const List& dims_a, const List& dims_b) {
  std::string a, b, y;
  char next = 'a';
  for (int d = 0; d < c.dim(); ++d) a += next++;
  for (int d = 0; d < c.dim(1); ++d) b += next++;
  for (std::size_t i = 0; i < dims_a.size(); ++i)
    b[static_cast<std::size_t>(c.wrapped(dims_b[i], c.dim(1)))] =
        a[static_cast<std::size_t>(c.wrapped(dims_a[i], c.dim()))];
  for (const char letter : a + b)
    if (a.find(letter) == std::string::npos || b.find(letter) == std::string::npos) y += letter;
  return {c.node("Einsum", {c.in(), c.in(1)}, {{"equation", fmt::format("{},{}->{}", a, b, y)}})};
}

Names inner(Call& c) {
  if (c.dim() == 0 || c.dim(1) == 0) return {c.node("Mul", {c.in(), c.in(1)})};
  return contracted(c, {-1}, {-1});
}
Names tensordot(Call& c) { return contracted(c, c.list("dims_a"), c.list("dims_b")); }

/// Each dim of a beside that of b, both as one.
Names kron(Call& c) {
  const auto beside = [&](std::size_t i, bool first) {
    Sizes sizes = c.sizes(i), spread;
    while (sizes.size() < c.out_sizes().size()) sizes.insert(sizes.begin(), Size{1, 1});
    for (const Size& size : sizes) {
      spread.push_back(first ? size : Size{1, 1});
      spread.push_back(first ? Size{1, 1} : size);
    }
    return c.reshaped(c.in(i), c.sizes(i), spread);
  };
  return {
      c.node("Reshape", {c.node("Mul", {beside(0, true), beside(1, false)}), c.size_list(c.out_sizes())})};
}

Names chain_matmul(Call& c) {
  std::string y = c.in();
  for (std::size_t i = 1; i < c.inputs(); ++i) y = c.node("MatMul", {y, c.in(i)});
  return {y};
}

Names matrix_power(Call& c) {
  const std::int64_t n = c.integer("n");
  c.require(n > 0 && n <= 64, "powers of 1 to 64 have a form");
  std::string y = c.in();
  for (std::int64_t i = 1; i < n; ++i) y = c.node("MatMul", {y, c.in()});
  return {y};
}

Names logdet(Call& c) { return {c.node("Log", {c.node("Det", {c.in()})})}; }

constexpr Form::Of kFunction = Form::Of::function;

constexpr Form kForms[] = {
    {"addmm", "Gemm", addmm, kFunction},
    {"addmv", "MatMul, Mul, Add", add_matmul, kFunction},
    {"baddbmm", "MatMul, Mul, Add", add_matmul, kFunction},
    {"addbmm", "MatMul, ReduceSum, Mul, Add", addbmm, kFunction},
    {"addr", "Mul, Add", addr, kFunction},
    {"inner", "Einsum", inner, kFunction},
    {"tensordot", "Einsum", tensordot, kFunction},
    {"kron", "Reshape, Mul", kron, kFunction},
    {"chain_matmul", "MatMul", chain_matmul, kFunction},
    {"matrix_power", "MatMul", matrix_power, kFunction},
    {"logdet", "Det, Log", logdet, kFunction},
};

}  // namespace

std::span<const Form> linear_algebra_forms() { return kForms; }

}  // namespace xtape::onnx::saving
