// Comparisons, logic and choices, whose conditions are tensors of bools.
#include <cmath>
#include <functional>

#include "autograd/kernels/binary_rows.hpp"
#include "autograd/kernels/kernels.hpp"
#include "autograd/parallel.hpp"

namespace xtape::kernels {

namespace {

template <class T>
Row<T, bool> comparison_row(Comparison kind) {
  switch (kind) {
    case Comparison::eq: return &row_by<std::equal_to<>, T, bool>;
    case Comparison::ne: return &row_by<std::not_equal_to<>, T, bool>;
    case Comparison::lt: return &row_by<std::less<>, T, bool>;
    case Comparison::le: return &row_by<std::less_equal<>, T, bool>;
    case Comparison::gt: return &row_by<std::greater<>, T, bool>;
    default: return &row_by<std::greater_equal<>, T, bool>;
  }
}

}  // namespace

Tensor compare(Comparison kind, const Tensor& a, const Tensor& b) {
  const Tensor out = make_tensor(broadcast_shapes(a.shape(), b.shape(), "compare"), kBool);
  visit(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    run_binary<T, bool>(a, b, out, comparison_row<T>(kind));
  });
  return out;
}

Tensor logic(Logic kind, const Tensor& a, const Tensor& b) {
  return binary(kind == Logic::and_ ? Binary::mul : Binary::add, a, b);
}

Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b) {
  const Shape shape =
      broadcast_shapes(broadcast_shapes(condition.shape(), a.shape(), "where"), b.shape(), "where");
  const Tensor out = make_tensor(shape, a.dtype());
  if (out.numel() == 0) return out;
  std::array<Tensor, 3> operands{condition, a, b};
  const auto plan = broadcast(operands, shape);
  visit(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const auto* test = reinterpret_cast<const bool*>(operands[0].raw());
    const auto* x = reinterpret_cast<const T*>(operands[1].raw());
    const auto* y = reinterpret_cast<const T*>(operands[2].raw());
    T* z = out.data<T>();
    const std::int64_t dc = plan.moves[0], dx = plan.moves[1], dy = plan.moves[2];
    parallel_for(plan.rows, std::max<std::int64_t>(1, kGrain / plan.row),
                 [&](std::int64_t r, std::int64_t end) {
                   for (; r < end; ++r) {
                     const auto [c, i, j] = plan.offsets(r);
                     T* row = z + r * plan.row;
                     for (std::int64_t k = 0; k < plan.row; ++k)
                       row[k] = test[c + k * dc] ? x[i + k * dx] : y[j + k * dy];
                   }
                 });
  });
  return out;
}

Tensor classify(Classify kind, const Tensor& x) {
  const Tensor out = make_tensor(x.shape(), kBool);
  visit_floating(x.dtype(), "isnan", [&](auto zero) {
    using T = decltype(zero);
    const T* from = x.data<T>();
    bool* to = out.data<bool>();
    for (std::int64_t i = 0; i < x.numel(); ++i) {
      to[i] = kind == Classify::nan   ? std::isnan(from[i])
              : kind == Classify::inf ? std::isinf(from[i])
                                      : std::isfinite(from[i]);
    }
  });
  return out;
}

}  // namespace xtape::kernels
