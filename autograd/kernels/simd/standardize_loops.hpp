// Standardization on one run of neighbours: its sums, in double, and the passes that use them. On xsimd
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

/// Adds z = x - shift and z^2.
template <class Arch, class T>
void moments(const T* x, std::int64_t n, T shift, double* sums) {
  using Sums = WideSums<Arch, 2, 4>;
  const auto from = static_cast<double>(shift);
  Sums wide;
  std::int64_t i = 0;
  for (; i + 4 * Sums::size <= n; i += 4 * Sums::size) {
    for (int k = 0; k < 4; ++k) {
      Lanes<Arch, double> z;
      load_wide<Arch>(x + i + k * Sums::size, z);
      z -= from;
      wide.parts[0][k] += z;
      wide.parts[1][k] += z * z;
    }
  }
  wide.add_to(sums);
  for (; i < n; ++i) {
    const double z = static_cast<double>(x[i]) - from;
    sums[0] += z;
    sums[1] += z * z;
  }
}

/// Adds z = x - shift, z^2, d and d z, where d = g, or g w.
template <class Arch, class T, bool is_weighted>
void add_moments_beside(const T* x, const T* g, const T* w, std::int64_t n, T shift, double* sums) {
  using Sums = WideSums<Arch, 4, 2>;
  const auto from = static_cast<double>(shift);
  Sums wide;
  std::int64_t i = 0;
  for (; i + 2 * Sums::size <= n; i += 2 * Sums::size) {
    for (int k = 0; k < 2; ++k) {
      Lanes<Arch, double> z, d, factor;
      load_wide<Arch>(x + i + k * Sums::size, z);
      load_wide<Arch>(g + i + k * Sums::size, d);
      if constexpr (is_weighted) {
        load_wide<Arch>(w + i + k * Sums::size, factor);
        d *= factor;
      }
      z -= from;
      wide.parts[0][k] += z;
      wide.parts[1][k] += z * z;
      wide.parts[2][k] += d;
      wide.parts[3][k] += d * z;
    }
  }
  wide.add_to(sums);
  for (; i < n; ++i) {
    const double z = static_cast<double>(x[i]) - from;
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
  const auto run = [&](const auto& affine) {
    for_each_batch<B>(n, [&](std::int64_t i, std::int64_t count) {
      store_up_to(affine(xsimd::fma(load_up_to<B>(x + i, count) - mean, a, c), i, count), y + i, count);
    });
  };
  if (w)
    run([=](const B& z, std::int64_t i, std::int64_t count) {
      return xsimd::fma(z, load_up_to<B>(w + i, count), load_up_to<B>(b + i, count));
    });
  else
    run([](const B& z, std::int64_t, std::int64_t) { return z; });
}

/// dx = a d + p (x - mean) + q, where d = g, or g w
template <class Arch, class T>
void standardize_backward(const T* x, const T* g, const T* w, T* dx, std::int64_t n,
                          const StandardizedBackward<T>& s) {
  using B = xsimd::batch<T, Arch>;
  const B mean(s.mean), a(s.scale), p(s.slope), q(s.offset);
  const auto run = [&](const auto& gradient) {
    for_each_batch<B>(n, [&](std::int64_t i, std::int64_t count) {
      const B rest = xsimd::fma(load_up_to<B>(x + i, count) - mean, p, q);
      store_up_to(xsimd::fma(gradient(i, count), a, rest), dx + i, count);
    });
  };
  if (w)
    run([=](std::int64_t i, std::int64_t count) {
      return load_up_to<B>(g + i, count) * load_up_to<B>(w + i, count);
    });
  else
    run([=](std::int64_t i, std::int64_t count) { return load_up_to<B>(g + i, count); });
}

/// dw += g ((x - mean) a + c), db += g
template <class Arch, class T>
void add_affine_gradients(const T* x, const T* g, T* dw, T* db, std::int64_t n, const Standardized<T>& s) {
  using B = xsimd::batch<T, Arch>;
  const B mean(s.mean), a(s.scale), c(s.offset);
  for_each_batch<B>(n, [&](std::int64_t i, std::int64_t count) {
    const B z = xsimd::fma(load_up_to<B>(x + i, count) - mean, a, c), d = load_up_to<B>(g + i, count);
    store_up_to(xsimd::fma(d, z, load_up_to<B>(dw + i, count)), dw + i, count);
    store_up_to(d + load_up_to<B>(db + i, count), db + i, count);
  });
}

}  // namespace xtape::kernels::loops
