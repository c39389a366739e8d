// Comparisons, logic and choices, whose conditions are tensors of bools.
#include "autograd/kernels/comparison.hpp"

#include <cmath>
#include <functional>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/binary_rows.hpp"
#include "autograd/kernels/elements.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// Greater is less with its operands swapped.
bool is_swapped(Comparison kind) { return kind == Comparison::gt || kind == Comparison::ge; }

template <class T>
Row<T, bool> comparison_row(Comparison kind) {
  switch (kind) {
    case Comparison::eq: return &row_by<std::equal_to<>, T, bool>;
    case Comparison::ne: return &row_by<std::not_equal_to<>, T, bool>;
    case Comparison::lt:
    case Comparison::gt: return &row_by<std::less<>, T, bool>;
    default: return &row_by<std::less_equal<>, T, bool>;
  }
}

}  // namespace

Tensor compare(Comparison kind, const Tensor& a, const Tensor& b) {
  const Tensor out = make_tensor(broadcast_shapes(a.shape(), b.shape(), "compare"), kBool);
  visit(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if (is_swapped(kind))
      run_binary<T, bool>(b, a, out, comparison_row<T>(kind));
    else
      run_binary<T, bool>(a, b, out, comparison_row<T>(kind));
  });
  return out;
}

namespace {

/// to = c ? x : y for n elements, with steps that the compiler knows. It makes vectors of this because both
/// are read before the choice, into variables that are not const, and the condition is a byte.
template <int dx, int dy, class T>
void choose_along(const std::uint8_t* c, const T* x, const T* y, T* to, std::int64_t n) {
  for (std::int64_t k = 0; k < n; ++k) {
    T a = x[k * dx], b = y[k * dy];
    to[k] = c[k] != 0 ? a : b;
  }
}

/// The same, each operand at its step of 0 or 1.
template <class T>
void choose(const bool* c, std::int64_t dc, const T* x, std::int64_t dx, const T* y, std::int64_t dy, T* to,
            std::int64_t n) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(c);
  if (dc == 1 && dx == 1 && dy == 1) return choose_along<1, 1>(bytes, x, y, to, n);
  if (dc == 1 && dx == 1) return choose_along<1, 0>(bytes, x, y, to, n);
  if (dc == 1 && dy == 1) return choose_along<0, 1>(bytes, x, y, to, n);
  for (std::int64_t k = 0; k < n; ++k) {
    const T a = x[k * dx], b = y[k * dy];
    to[k] = c[k * dc] ? a : b;
  }
}

template <class T>
void choose_narrow(const Broadcast<3>& plan, const bool* test, const T* x, const T* y, T* z) {
  const std::int64_t block = block_rows(plan), blocks = (plan.rows + block - 1) / block;
  parallel_for(blocks, kGrain / kBlock, [&](std::int64_t b, std::int64_t end) {
    Piece<bool, 3> of_test(plan, 0, test);
    Piece<T, 3> of_x(plan, 1, x), of_y(plan, 2, y);
    for (; b < end; ++b) {
      const std::int64_t begin = b * block, count = std::min(block, plan.rows - begin);
      const bool* c = of_test.rows(begin, count);
      const T *from_x = of_x.rows(begin, count), *from_y = of_y.rows(begin, count);
      T* to = z + begin * plan.row;
      choose(c, 1, from_x, 1, from_y, 1, to, count * plan.row);
    }
  });
}

}  // namespace

Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b) {
  const Shape shape =
      broadcast_shapes(broadcast_shapes(condition.shape(), a.shape(), "where"), b.shape(), "where");
  const Tensor out = make_tensor(shape, a.dtype());
  if (out.numel() == 0) return out;
  std::array<Tensor, 3> operands{condition, a, b};
  const auto plan = broadcast(operands, shape);
  visit_size(a.dtype(), [&](auto zero) {  // a choice moves bits alone
    using T = decltype(zero);
    const auto* test = reinterpret_cast<const bool*>(operands[0].raw());
    const auto* x = reinterpret_cast<const T*>(operands[1].raw());
    const auto* y = reinterpret_cast<const T*>(operands[2].raw());
    auto* z = reinterpret_cast<T*>(out.raw());
    if (plan.rows > 1 && plan.row < kNarrow) return choose_narrow(plan, test, x, y, z);
    const std::int64_t dc = plan.moves[0], dx = plan.moves[1], dy = plan.moves[2];
    parallel_for(plan.rows, std::max<std::int64_t>(1, kGrain / plan.row),
                 [&](std::int64_t r, std::int64_t end) {
                   for (; r < end; ++r) {
                     const auto [c, i, j] = plan.offsets(r);
                     T* row = z + r * plan.row;
                     choose(test + c, dc, x + i, dx, y + j, dy, row, plan.row);
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
