// Unary and binary elementwise kernels: vector loops for floats, plain ones for integers, cut for the pool of
// threads.
#include "autograd/kernels/elementwise.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/binary_rows.hpp"
#include "autograd/kernels/copy.hpp"
#include "autograd/kernels/memory_order.hpp"
#include "autograd/kernels/written_over.hpp"

namespace xtape::kernels {

using namespace detail;
using namespace op;

namespace {

/// With the sign carried on, so that arithmetic modulo 2^64 is that of T, which wraps as PyTorch's does.
template <class T>
std::uint64_t wide(T x) {
  return static_cast<std::uint64_t>(x);  // NOLINT(bugprone-signed-char-misuse): a number, no character
}

template <class T>
T integer_unary(Unary kind, T x) {
  switch (kind) {
    case Unary::neg: return static_cast<T>(0 - wide(x));
    case Unary::abs:
      if constexpr (std::is_signed_v<T>) return x < 0 ? integer_unary(Unary::neg, x) : x;
      return x;
    case Unary::sign:
      if constexpr (std::is_signed_v<T>) return static_cast<T>((x > 0) - (x < 0));
      return static_cast<T>(x > 0);
    case Unary::square: return static_cast<T>(wide(x) * wide(x));
    case Unary::relu: return x > 0 ? x : T(0);
    default: throw Error("a function of floating-point numbers was called with integers");
  }
}

template <class T>
T integer_power(T base, T exponent) {
  if constexpr (std::is_signed_v<T>) {
    if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
  }
  std::uint64_t result = 1, factor = wide(base);
  for (auto n = wide(exponent); n > 0; n >>= 1, factor *= factor) {
    if (n & 1) result *= factor;
  }
  return static_cast<T>(result);
}

template <Binary kind, class T>
T integer_binary(T a, T b) {
  const std::uint64_t x = wide(a), y = wide(b);
  if constexpr (kind == Binary::add) return static_cast<T>(x + y);
  if constexpr (kind == Binary::sub) return static_cast<T>(x - y);
  if constexpr (kind == Binary::mul) return static_cast<T>(x * y);
  if constexpr (kind == Binary::maximum) return a > b ? a : b;
  if constexpr (kind == Binary::minimum) return a < b ? a : b;
  if constexpr (kind == Binary::gate) return b > 0 ? a : T(0);
  return integer_power(a, b);
}

template <Binary kind, class T>
void integer_row(const T* x, bool x_moves, const T* y, bool y_moves, T* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = integer_binary<kind>(x[x_moves ? i : 0], y[y_moves ? i : 0]);
}

template <class T>
Row<T, T> integer_row_of(Binary kind) {
  switch (kind) {
    case Binary::add: return &integer_row<Binary::add, T>;
    case Binary::sub: return &integer_row<Binary::sub, T>;
    case Binary::mul: return &integer_row<Binary::mul, T>;
    case Binary::maximum: return &integer_row<Binary::maximum, T>;
    case Binary::minimum: return &integer_row<Binary::minimum, T>;
    case Binary::gate: return &integer_row<Binary::gate, T>;
    case Binary::pow: return &integer_row<Binary::pow, T>;
    default: throw Error("integers are divided as floats; the caller converts them");
  }
}

/// out = x op y for rows in which each operand moves or stands still.
template <class T>
struct RowOf {
  Binary kind;

  [[gnu::always_inline]] void operator()(const T* x, bool x_moves, const T* y, bool y_moves, T* out,
                                         std::int64_t n) const {
    if constexpr (std::is_floating_point_v<T>) {
      const auto index = static_cast<std::size_t>(kind);
      if (y_moves) {
        (x_moves ? simd<T>().binary : simd<T>().scalar_binary)[index](x, y, out, n);
      } else if (x_moves) {
        simd<T>().binary_scalar[index](x, y, out, n);
      } else {  // one value for the whole row
        T value;
        simd<T>().binary[index](x, y, &value, 1);
        std::fill_n(out, n, value);
      }
    } else {
      integer_row_of<T>(kind)(x, x_moves, y, y_moves, out, n);
    }
  }
};

void unary_into(Unary kind, const Tensor& x, const Tensor& out, double a, double b) {
  visit(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_same_v<T, bool>) {
      throw Error("arithmetic on bool tensors is not defined; convert with to() first");
    } else {
      const auto* from = reinterpret_cast<const T*>(x.raw());
      auto* to = reinterpret_cast<T*>(out.raw());
      parallel_for(x.numel(), kGrain, [&](std::int64_t i, std::int64_t end) {
        if constexpr (std::is_floating_point_v<T>) {
          simd<T>().unary[static_cast<std::size_t>(kind)](from + i, to + i, end - i, static_cast<T>(a),
                                                          static_cast<T>(b));
        } else {
          for (; i < end; ++i) to[i] = integer_unary(kind, from[i]);
        }
      });
    }
  });
}

/// Whether x and a number go through one loop; bools and strides take the longer way.
bool is_one_row(const Tensor& x) { return x.is_contiguous() && x.dtype() != kBool; }

/// A contiguous x and one number. Flattened, as below: for a small tensor calls cost more than the
/// arithmetic.
[[gnu::flatten]] Tensor with_number(Binary kind, Operand x, Scalar number, bool x_first) {
  return written_over(x, [&](const Tensor& out) {
    visit(x->dtype(), [&](auto zero) {
      using T = decltype(zero);
      if constexpr (!std::is_same_v<T, bool>) {
        const auto* from = reinterpret_cast<const T*>(x->raw());
        auto* to = reinterpret_cast<T*>(out.raw());
        const T value = number.to<T>();
        const RowOf<T> row{kind};
        parallel_for(x->numel(), kGrain, [&](std::int64_t i, std::int64_t end) {
          if (x_first)
            row(from + i, true, &value, false, to + i, end - i);
          else
            row(&value, false, from + i, true, to + i, end - i);
        });
      }
    });
  });
}

void binary_into(Binary kind, const Tensor& a, const Tensor& b, const Tensor& out) {
  visit(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_same_v<T, bool>) {
      // add is "or", mul is "and", as for PyTorch's bools
      if (kind == Binary::add || kind == Binary::maximum)
        return run_binary<T, T>(a, b, out, &row_by<std::logical_or<>, T, T>);
      if (kind == Binary::mul || kind == Binary::minimum)
        return run_binary<T, T>(a, b, out, &row_by<std::logical_and<>, T, T>);
      throw Error("this arithmetic on bool tensors is not defined; convert with to() or use logical_not");
    } else {
      run_binary<T, T>(a, b, out, RowOf<T>{kind});
    }
  });
}

}  // namespace

[[gnu::flatten]] Tensor unary(Unary kind, Operand x, double a, double b) {
  return written_over(x, [&](const Tensor& out) { unary_into(kind, x, out, a, b); });
}

Tensor binary(Binary kind, Operand x, Scalar number) {
  if (!is_one_row(x)) return binary(kind, x, scalar_tensor(number, x->dtype()));
  return with_number(kind, x, number, true);
}

Tensor binary(Binary kind, Scalar number, Operand x) {
  if (!is_one_row(x)) return binary(kind, scalar_tensor(number, x->dtype()), x);
  return with_number(kind, x, number, false);
}

Tensor binary(Binary kind, Operand a, Operand b) {
  const bool alike = a->shape() == b->shape();
  if (alike && a->is_contiguous())
    return written_over(!a.is_overwritable() && b.is_overwritable() ? b : a,
                        [&](const Tensor& out) { binary_into(kind, a, b, out); });
  const Shape shape = alike ? a->shape() : broadcast_shapes(a->shape(), b->shape(), "broadcast");
  for (const Operand& x : {a, b}) {
    if (x->shape() != shape || !x.is_overwritable()) continue;
    binary_into(kind, a, b, x);
    return x.take();
  }
  Tensor out = make_tensor(shape, a->dtype());
  binary_into(kind, a, b, out);
  return out;
}

void binary_into(Binary kind, const Tensor& out, const Tensor& b) {
  if (out.is_contiguous()) return binary_into(kind, out, b, out);
  const std::vector<int> order = memory_order(out);
  const Tensor turned = in_order(out, order);
  const Shape strides = broadcast_strides(b, out.shape());
  const Tensor other = in_order(b.alias(out.shape(), strides, b.impl().offset), order);
  if (turned.is_contiguous()) return binary_into(kind, turned, other, turned);
  copy(binary(kind, turned, other), turned);
}

void fill(const Tensor& x, Scalar value) {
  visit(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T number = value.to<T>();
    bool all_bits_zero = number == T(0);
    if constexpr (std::is_floating_point_v<T>) all_bits_zero = all_bits_zero && !std::signbit(number);
    if (all_bits_zero && x.numel() > 0) {  // the C library knows the processor
      std::memset(x.data<T>(), 0, static_cast<std::size_t>(x.numel()) * sizeof(T));
    } else {
      std::fill_n(x.data<T>(), x.numel(), number);
    }
  });
}

}  // namespace xtape::kernels
