// The softmax family on one row, on xsimd batches of one architecture. Included only by loops.hpp.
#pragma once

#include <cstdint>
#include <type_traits>
#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd/fold_loops.hpp"
#include "autograd/kernels/simd/functions.hpp"
#include "autograd/kernels/simd/part.hpp"

namespace xtape::kernels::loops {

/// Calls f(begin, count) for each batch of n elements: count is the batch's size, as a constant, but for the
/// last. By value, and so should f hold its pointers: a store of a batch could change what is behind a
/// reference.
template <class B, class F>
void for_each_batch(std::int64_t n, F f) {
  constexpr auto width = static_cast<std::int64_t>(B::size);
  std::int64_t i = 0;
  for (; i + width <= n; i += width) f(i, std::integral_constant<std::int64_t, width>());
  if (i < n) f(i, n - i);
}

template <class B, class T>
B load_up_to(const T* x, std::int64_t count) {
  return count == static_cast<std::int64_t>(B::size) ? B::load_unaligned(x) : load_part<B>(x, count, T(0));
}
template <class B, class T>
void store_up_to(const B& value, T* y, std::int64_t count) {
  if (count == static_cast<std::int64_t>(B::size))
    value.store_unaligned(y);
  else
    store_part(value, y, count);
}

/// e^x of a number less the greatest: without op exp's care for large ones, and 0 where it would be
/// subnormal.
template <class B>
B exp_of(const B& x) {
  return xsimd::select(xsimd::isnan(x), x, xsimd::exp(x));
}

/// Sums of f(begin, count) of blocks of 1024 elements, added up in double. f gives 0 for what is beyond the
/// end.
template <class B, class F>
double sum_blocks(std::int64_t n, F f) {
  constexpr auto width = static_cast<std::int64_t>(B::size);
  double total = 0;
  for (std::int64_t i = 0; i < n;) {
    const std::int64_t end = n - i < 1024 ? n : i + 1024;
    B sum(0);
    for (; i + width <= end; i += width) sum += f(i, std::integral_constant<std::int64_t, width>());
    if (i < end) sum += f(i, end - i);
    i = end;
    total += static_cast<double>(xsimd::hadd(sum));
  }
  return total;
}

/// e with 0 in place of all but the first `count`.
template <class B>
B first(const B& e, std::int64_t count) {
  if (count == static_cast<std::int64_t>(B::size)) return e;
  alignas(64) typename B::value_type lanes[B::size];
  e.store_aligned(lanes);
  return load_part<B>(lanes, count, typename B::value_type(0));
}

template <class Arch, class T>
void softmax(const T* x, T* y, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  const B shift(static_cast<T>(extremum<Arch, T, Greater>(x, n)));
  const double total = sum_blocks<B>(n, [=](std::int64_t i, auto count) {
    const B e = exp_of(load_up_to<B>(x + i, count) - shift);
    store_up_to(e, y + i, count);
    return first(e, count);
  });
  const B scale(static_cast<T>(1 / total));
  for_each_batch<B>(
      n, [=](std::int64_t i, auto count) { store_up_to(load_up_to<B>(y + i, count) * scale, y + i, count); });
}

template <class Arch, class T>
void log_softmax(const T* x, T* y, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  const B shift(static_cast<T>(extremum<Arch, T, Greater>(x, n)));
  const double total = sum_blocks<B>(n, [=](std::int64_t i, auto count) {
    return first(exp_of(load_up_to<B>(x + i, count) - shift), count);
  });
  const B sum(static_cast<T>(total)), log_total = UnaryFunction<Unary::log>::run(sum, sum, sum);
  for_each_batch<B>(n, [=](std::int64_t i, auto count) {
    store_up_to(load_up_to<B>(x + i, count) - shift - log_total, y + i, count);
  });
}

/// dx = y (g - sum(g y))
template <class Arch, class T>
void softmax_backward(const T* y, const T* g, T* dx, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  const B total(static_cast<T>(sum_blocks<B>(n, [=](std::int64_t i, auto count) {
    return load_up_to<B>(y + i, count) * load_up_to<B>(g + i, count);
  })));
  for_each_batch<B>(n, [=](std::int64_t i, auto count) {
    store_up_to((load_up_to<B>(g + i, count) - total) * load_up_to<B>(y + i, count), dx + i, count);
  });
}

/// dx = g - e^y sum(g)
template <class Arch, class T>
void log_softmax_backward(const T* y, const T* g, T* dx, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  const B total(static_cast<T>(sum<Arch, T, Itself>(g, n)));
  for_each_batch<B>(n, [=](std::int64_t i, auto count) {
    store_up_to(load_up_to<B>(g + i, count) - exp_of(load_up_to<B>(y + i, count)) * total, dx + i, count);
  });
}

}  // namespace xtape::kernels::loops
