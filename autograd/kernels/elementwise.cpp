// Unary and binary elementwise kernels: vector loops for floats, plain ones for integers, cut for the pool of
// threads.
#include <cmath>
#include <cstring>

#include "autograd/kernels/broadcast.hpp"
#include "autograd/kernels/kernels.hpp"
#include "autograd/parallel.hpp"

namespace xtape::kernels {

namespace {

constexpr std::int64_t kGrain = 1 << 16;  // elements a thread takes at a time; fewer are not worth waking one

template <class T>
T integer_unary(Unary kind, T x) {
  switch (kind) {
    case Unary::neg: return static_cast<T>(0 - static_cast<std::uint64_t>(x));  // wraps, as PyTorch's
    case Unary::abs:
      if constexpr (std::is_signed_v<T>) return x < 0 ? integer_unary(Unary::neg, x) : x;
      return x;
    case Unary::sign:
      if constexpr (std::is_signed_v<T>) return static_cast<T>((x > 0) - (x < 0));
      return static_cast<T>(x > 0);
    case Unary::square: return static_cast<T>(static_cast<std::uint64_t>(x) * static_cast<std::uint64_t>(x));
    case Unary::relu: return x > 0 ? x : T(0);
    default: throw Error("a function of floating-point numbers was called with integers");
  }
}

template <class T>
T integer_power(T base, T exponent) {
  if constexpr (std::is_signed_v<T>) {
    if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
  }
  std::uint64_t result = 1, factor = static_cast<std::uint64_t>(base);
  for (auto n = static_cast<std::uint64_t>(exponent); n > 0; n >>= 1, factor *= factor) {
    if (n & 1) result *= factor;
  }
  return static_cast<T>(result);
}

template <Binary kind, class T>
T integer_binary(T a, T b) {
  const auto x = static_cast<std::uint64_t>(a),
             y = static_cast<std::uint64_t>(b);  // unsigned: overflow wraps
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
using Row = void (*)(const T*, bool, const T*, bool, T*, std::int64_t);

template <class T>
Row<T> integer_row_of(Binary kind) {
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

/// Runs `row(x, x_moves, y, y_moves, out, n)` over the broadcast of a and b.
template <class T, class Out, class RowFunction>
void run_binary(const Tensor& a, const Tensor& b, const Tensor& out, const RowFunction& row) {
  auto* z = reinterpret_cast<Out*>(out.raw());
  const auto* x = reinterpret_cast<const T*>(a.raw());
  const auto* y = reinterpret_cast<const T*>(b.raw());
  if (a.shape() == b.shape() && a.is_contiguous() && b.is_contiguous()) {
    parallel_for(out.numel(), kGrain,
                 [&](std::int64_t i, std::int64_t end) { row(x + i, true, y + i, true, z + i, end - i); });
    return;
  }
  if (out.numel() == 0) return;
  // One element beside a tensor, as a mean: small enough that a plan would cost more.
  const bool a_spans = a.is_contiguous() && a.numel() == out.numel();
  const bool b_spans = b.is_contiguous() && b.numel() == out.numel();
  if ((a_spans && b.numel() == 1) || (b_spans && a.numel() == 1)) {
    parallel_for(out.numel(), kGrain, [&](std::int64_t i, std::int64_t end) {
      row(x + (a_spans ? i : 0), a_spans, y + (b_spans ? i : 0), b_spans, z + i, end - i);
    });
    return;
  }
  std::array<Tensor, 2> operands{a, b};
  const auto plan = broadcast(operands, out.shape());
  x = reinterpret_cast<const T*>(operands[0].raw());
  y = reinterpret_cast<const T*>(operands[1].raw());
  const bool x_moves = plan.moves[0], y_moves = plan.moves[1];
  if (plan.rows == 1) {
    parallel_for(plan.row, kGrain, [&](std::int64_t i, std::int64_t end) {
      row(x + (x_moves ? i : 0), x_moves, y + (y_moves ? i : 0), y_moves, z + i, end - i);
    });
    return;
  }
  parallel_for(plan.rows, std::max<std::int64_t>(1, kGrain / plan.row),
               [&](std::int64_t r, std::int64_t end) {
                 for (; r < end; ++r) {
                   const auto [i, j] = plan.offsets(r);
                   row(x + i, x_moves, y + j, y_moves, z + r * plan.row, plan.row);
                 }
               });
}

template <Comparison kind, class T>
bool holds(T a, T b) {
  if constexpr (kind == Comparison::eq) return a == b;
  if constexpr (kind == Comparison::ne) return a != b;
  if constexpr (kind == Comparison::lt) return a < b;
  if constexpr (kind == Comparison::le) return a <= b;
  if constexpr (kind == Comparison::gt) return a > b;
  return a >= b;
}

/// A plain loop for a function of two elements; compilers vectorise its three forms.
template <class T, class Out, class F>
auto row_by(F f) {
  return [f](const T* x, bool x_moves, const T* y, bool y_moves, Out* out, std::int64_t n) {
    if (x_moves && y_moves) {
      for (std::int64_t i = 0; i < n; ++i) out[i] = f(x[i], y[i]);
    } else if (x_moves) {
      for (std::int64_t i = 0; i < n; ++i) out[i] = f(x[i], *y);
    } else {
      for (std::int64_t i = 0; i < n; ++i) out[i] = f(*x, y[y_moves ? i : 0]);
    }
  };
}

template <Comparison kind>
Tensor compare_by(const Tensor& a, const Tensor& b) {
  const Tensor out = make_tensor(broadcast_shapes(a.shape(), b.shape(), "compare"), kBool);
  visit(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    run_binary<T, bool>(a, b, out, row_by<T, bool>([](T x, T y) { return holds<kind>(x, y); }));
  });
  return out;
}

/// What `write(out)` makes of x, in x's own buffer where that may be.
template <class Write>
Tensor written_over(Operand x, const Write& write) {
  if (x.is_overwritable()) {
    write(static_cast<const Tensor&>(x));
    return x.take();
  }
  Tensor out = make_tensor_like(x);
  write(out);
  return out;
}

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
        return run_binary<T, T>(a, b, out, row_by<T, T>(std::logical_or<>()));
      if (kind == Binary::mul || kind == Binary::minimum)
        return run_binary<T, T>(a, b, out, row_by<T, T>(std::logical_and<>()));
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

void binary_into(Binary kind, const Tensor& out, const Tensor& b) { binary_into(kind, out, b, out); }

Tensor compare(Comparison kind, const Tensor& a, const Tensor& b) {
  switch (kind) {
    case Comparison::eq: return compare_by<Comparison::eq>(a, b);
    case Comparison::ne: return compare_by<Comparison::ne>(a, b);
    case Comparison::lt: return compare_by<Comparison::lt>(a, b);
    case Comparison::le: return compare_by<Comparison::le>(a, b);
    case Comparison::gt: return compare_by<Comparison::gt>(a, b);
    default: return compare_by<Comparison::ge>(a, b);
  }
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

void fill(const Tensor& x, Scalar value) {
  visit(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    std::fill_n(x.data<T>(), x.numel(), value.to<T>());
  });
}

}  // namespace xtape::kernels
