// Products and what else is done to matrices.
#include <algorithm>

#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

Results general_product(const Call& call) {
  const double alpha = call.number("alpha", 1), beta = call.number("beta", 1);
  const bool is_transposed_a = call.integer("transA", 0) != 0,
             is_transposed_b = call.integer("transB", 0) != 0;
  check(call[0].dim() == 2 && call[1].dim() == 2, "the factors are of shapes {} and {}; expected matrices",
        call[0].shape(), call[1].shape());
  const Tensor a = is_transposed_a ? t(call[0]) : call[0];
  const bool is_layer = is_transposed_b && alpha == 1 && beta == 1 && call.has(2) && call[2].dim() == 1 &&
                        call[2].size(0) == call[1].size(0) && a.is_floating_point();
  if (is_layer) return linear(a, call[1], call[2]);
  Tensor y = matmul(a, is_transposed_b ? t(call[1]) : call[1]);
  if (alpha != 1) y = (y * alpha).to(y.dtype());
  if (!call.has(2)) return y;
  const Tensor c = beta == 1 ? call[2] : (call[2] * beta).to(y.dtype());
  return y + c;
}

Results einstein_sum(const Call& call) {
  std::string equation = call.text("equation");
  std::erase(equation, ' ');
  return einsum(equation, call.all());
}

Results triangle(const Call& call) {
  const std::int64_t k = call.has(1) ? call.item<std::int64_t>(1) : 0;
  return call.integer("upper", 1) != 0 ? triu(call[0], k) : tril(call[0], k);
}

}  // namespace

Operators matrix_operators() {
  return {{"Det", 11, unary(det)},
          {"Einsum", 12, einstein_sum},
          {"Gemm", 1, general_product},
          {"MatMul", 1, [](const Call& call) { return matmul(call[0], call[1]); }},
          {"Trilu", 14, triangle, "", {1}}};
}

}  // namespace xtape::onnx::detail
