// Standardization on one run of neighbours: its sums, and the passes that use them. On xsimd
// batches of one architecture; included only by loops.hpp.
#pragma once

#include <cstdint>
#include <cstring>
#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd/softmax_loops.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels::loops {

/// As many doubles as a register holds, and as many T: xsimd has no conversion from float to double.
template <class Arch, class T>
using Lanes [[gnu::vector_size(xsimd::batch<double, Arch>::size * sizeof(T))]] = T;

template <class Arch, class T>
[[gnu::always_inline]] inline void load_wide(const T* x, Lanes<Arch, double>& wide) {
  Lanes<Arch, T> narrow;
  std::memcpy(&narrow, x, sizeof narrow);
  wide = __builtin_convertvector(narrow, Lanes<Arch, double>);
}

/// Sums of several terms, `together` registers of each at once, since an addition waits for the one before.
template <class Arch, int count, int together>
struct WideSums {
  static constexpr auto size = static_cast<std::int64_t>(xsimd::batch<double, Arch>::size);
  Lanes<Arch, double> parts[count][together] = {};

  void add_to(double* sums) const {
    for (int k = 0; k < count; ++k) {
      Lanes<Arch, double> total = parts[k][0];
      for (int i = 1; i < together; ++i) total += parts[k][i];
      for (int lane = 0; lane < size; ++lane) sums[k] += total[lane];
    }
  }
};

/// Sums of several terms in T over kBlock elements, which are then added up in double: of float as many terms
/// as a register holds are added at once, and few of them one after the other.
template <class Arch, class T, int count>
struct BlockSums {
  using B = xsimd::batch<T, Arch>;
  static constexpr auto size = static_cast<std::int64_t>(B::size);
  static constexpr std::int64_t kBlock = 32 * size;

  WideSums<Arch, count, 2> wide;

  /// Adds the terms that add(parts, i) adds to parts for the elements from i on, for whole registers of n.
  template <class F>
  std::int64_t run(std::int64_t n, const F& add) {
    std::int64_t i = 0;
    while (i + 2 * size <= n) {
      B parts[count][2];
      for (auto& part : parts) part[0] = part[1] = B(0);
      const std::int64_t end = n - i < kBlock ? n : i + kBlock;
      for (; i + 2 * size <= end; i += 2 * size) {
        add(parts, 0, i);
        add(parts, 1, i + size);
      }
      for (int k = 0; k < count; ++k) add_wide(parts[k][0] + parts[k][1], k);
    }
    return i;
  }

 private:
  void add_wide(const B& part, int k) {
    T lanes[B::size];
    part.store_unaligned(lanes);
    for (int half = 0; half < static_cast<int>(size / WideSums<Arch, 1, 1>::size); ++half) {
      Lanes<Arch, double> values;
      load_wide<Arch>(lanes + half * WideSums<Arch, 1, 1>::size, values);
      wide.parts[k][half % 2] += values;
    }
  }
};

/// Adds z = x - shift and z^2.
template <class Arch, class T>
void moments(const T* x, std::int64_t n, T shift, double* sums) {
  using B = xsimd::batch<T, Arch>;
  const B from(shift);
  BlockSums<Arch, T, 2> blocks;
  std::int64_t i = blocks.run(n, [&](auto& parts, int k, std::int64_t at) {
    const B z = B::load_unaligned(x + at) - from;
    parts[0][k] += z;
    parts[1][k] = xsimd::fma(z, z, parts[1][k]);
  });
  blocks.wide.add_to(sums);
  for (; i < n; ++i) {
    const double z = static_cast<double>(x[i]) - static_cast<double>(shift);
    sums[0] += z;
    sums[1] += z * z;
  }
}

/// Adds z = x - shift, z^2, d and d z, where d = g, or g w.
template <class Arch, class T, bool is_weighted>
void add_moments_beside(const T* x, const T* g, const T* w, std::int64_t n, T shift, double* sums) {
  using B = xsimd::batch<T, Arch>;
  const B from(shift);
  BlockSums<Arch, T, 4> blocks;
  std::int64_t i = blocks.run(n, [&](auto& parts, int k, std::int64_t at) {
    const B z = B::load_unaligned(x + at) - from;
    B d = B::load_unaligned(g + at);
    if constexpr (is_weighted) d *= B::load_unaligned(w + at);
    parts[0][k] += z;
    parts[1][k] = xsimd::fma(z, z, parts[1][k]);
    parts[2][k] += d;
    parts[3][k] = xsimd::fma(d, z, parts[3][k]);
  });
  blocks.wide.add_to(sums);
  for (; i < n; ++i) {
    const double z = static_cast<double>(x[i]) - static_cast<double>(shift);
    const double d = static_cast<double>(g[i]) * (is_weighted ? static_cast<double>(w[i]) : 1);
    sums[0] += z;
    sums[1] += z * z;
    sums[2] += d;
    sums[3] += d * z;
  }
}
template <class Arch, class T>
void moments_beside(const T* x, const T* g, const T* w, std::int64_t n, T shift, double* sums) {
  const auto run = w ? add_moments_beside<Arch, T, true> : add_moments_beside<Arch, T, false>;
  run(x, g, w, n, shift, sums);
}

/// y = (x - mean) a + c, or, where w and b are given, ((x - mean) a + c) w + b
template <class Arch, class T>
void standardize(const T* x, const T* w, const T* b, T* y, std::int64_t n, const Standardized<T>& s) {
  using B = xsimd::batch<T, Arch>;
  const B mean(s.mean), a(s.scale), c(s.offset);
  const auto run = [=](const auto& affine) {
    for_each_batch<B>(n, [=](std::int64_t i, auto count) {
      store_up_to(affine(xsimd::fma(load_up_to<B>(x + i, count) - mean, a, c), i, count), y + i, count);
    });
  };
  if (w)
    run([=](const B& z, std::int64_t i, auto count) {
      return xsimd::fma(z, load_up_to<B>(w + i, count), load_up_to<B>(b + i, count));
    });
  else
    run([](const B& z, std::int64_t, auto) { return z; });
}

/// dx = a g + p (x - mean) + q
template <class Arch, class T>
void standardize_backward(const T* x, const T* g, T* dx, std::int64_t n, const StandardizedBackward<T>& s) {
  using B = xsimd::batch<T, Arch>;
  const B mean(s.mean), a(s.scale), p(s.slope), q(s.offset);
  for_each_batch<B>(n, [=](std::int64_t i, auto count) {
    const B rest = xsimd::fma(load_up_to<B>(x + i, count) - mean, p, q);
    store_up_to(xsimd::fma(load_up_to<B>(g + i, count), a, rest), dx + i, count);
  });
}

/// dx = a g w + p (x - mean) + q, dw += g ((x - mean) b + c), db += g: one pass over a row.
template <class Arch, class T>
void standardize_backward_row(const StandardizedRow<T>& row, std::int64_t n, const StandardizedBackward<T>& s,
                              const Standardized<T>& forward) {
  using B = xsimd::batch<T, Arch>;
  const B mean(s.mean), a(s.scale), p(s.slope), q(s.offset), b(forward.scale), c(forward.offset);
  for_each_batch<B>(n, [=](std::int64_t i, auto count) {
    const B apart = load_up_to<B>(row.x + i, count) - mean, g = load_up_to<B>(row.g + i, count);
    store_up_to(xsimd::fma(g * load_up_to<B>(row.w + i, count), a, xsimd::fma(apart, p, q)), row.dx + i,
                count);
    store_up_to(xsimd::fma(g, xsimd::fma(apart, b, c), load_up_to<B>(row.dw + i, count)), row.dw + i, count);
    store_up_to(g + load_up_to<B>(row.db + i, count), row.db + i, count);
  });
}

}  // namespace xtape::kernels::loops
