// How elements fold into one: sums, products, extremes and logic as the policies that reduce.cpp runs.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>

#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels::folds {

inline constexpr std::int64_t kTile = 1024;  // columns that fold at once

template <class T>
typename SimdTable<T>::BinaryLoop loop(Binary kind) {
  return simd<T>().binary[static_cast<std::size_t>(kind)];
}

/// A fold of In elements into an Acc, and what becomes of it in the end. `row` folds n neighbours, `columns`
/// n rows of `width` elements that lie `stride` apart into acc[width].
template <class T, class A, class O>
struct FoldOf {
  using In = T;
  using Acc = A;
  using Out = O;
  static Out result(Acc acc) { return static_cast<Out>(acc); }
};

/// Folds one element at a time by F::step(acc, element), from F::start(). For integers and bools.
template <class F>
struct Stepwise : F {
  using typename F::Acc;
  using typename F::In;

  static Acc row(const In* x, std::int64_t n) {
    Acc acc = F::start();
    for (std::int64_t i = 0; i < n; ++i) acc = F::step(acc, static_cast<Acc>(x[i]));
    return acc;
  }
  static void columns(const In* x, std::int64_t n, std::int64_t stride, std::int64_t width, Acc* acc) {
    std::fill(acc, acc + width, F::start());
    for (std::int64_t r = 0; r < n; ++r, x += stride) {
      for (std::int64_t i = 0; i < width; ++i) acc[i] = F::step(acc[i], static_cast<Acc>(x[i]));
    }
  }
};

// Unsigned, so that an overflow wraps as PyTorch's does.
template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;
template <class T>
using Total = std::conditional_t<std::is_floating_point_v<T>, T, std::int64_t>;

template <class T>
struct SumStep : FoldOf<T, Wide<T>, Total<T>> {
  static Wide<T> start() { return 0; }
  static Wide<T> step(Wide<T> acc, Wide<T> x) { return acc + x; }
};

template <class T>
struct ProdStep : FoldOf<T, Wide<T>, Total<T>> {
  static Wide<T> start() { return 1; }
  static Wide<T> step(Wide<T> acc, Wide<T> x) { return acc * x; }
};

template <class T, bool greatest>
struct ExtremeStep : FoldOf<T, T, T> {
  static T start() { return greatest ? std::numeric_limits<T>::lowest() : std::numeric_limits<T>::max(); }
  static T step(T acc, T x) { return (greatest ? acc < x : x < acc) ? x : acc; }
};

template <class T, bool any>
struct LogicStep : FoldOf<T, bool, bool> {
  static bool start() { return !any; }
  static bool step(bool acc, bool x) { return any ? (acc || x) : (acc && x); }
};

/// Logic that stops at the first element that decides a row.
template <class T, bool any>
struct Logic : Stepwise<LogicStep<T, any>> {
  static bool row(const T* x, std::int64_t n) {
    if constexpr (std::is_same_v<T, bool>) {
      return (n > 0 && std::memchr(x, any, static_cast<std::size_t>(n)) != nullptr) == any;
    } else {
      return std::any_of(x, x + n, [](T value) { return (value != 0) == any; }) == any;
    }
  }
};

template <class T>
struct Sum : Stepwise<SumStep<T>> {};
template <class T>
struct Prod : Stepwise<ProdStep<T>> {};
template <class T, bool greatest>
struct Extreme : Stepwise<ExtremeStep<T, greatest>> {};

/// Sums of floats: blocks of 64 rows are added in T, vectorised, the blocks in double.
template <class T>
requires std::floating_point<T>
struct Sum<T> : SumStep<T> {
  static double row(const T* x, std::int64_t n) {
    return n < 16 ? Stepwise<SumStep<T>>::row(x, n) : simd<T>().sum(x, n);
  }
  static void columns(const T* x, std::int64_t n, std::int64_t stride, std::int64_t width, double* acc) {
    simd<T>().sum_columns(x, n, stride, width, acc);
  }
};

/// Sums of squares, of floats and by rows alone.
template <class T>
struct SumSquares : SumStep<T> {
  static double row(const T* x, std::int64_t n) { return simd<T>().sum_squares(x, n); }
};

template <class T, bool greatest>
requires std::floating_point<T>
struct Extreme<T, greatest> : FoldOf<T, T, T> {
  static T step(T acc, T x) {
    loop<T>(greatest ? Binary::maximum : Binary::minimum)(&acc, &x, &acc, 1);
    return acc;
  }
  static T row(const T* x, std::int64_t n) {
    return static_cast<T>(greatest ? simd<T>().max(x, n) : simd<T>().min(x, n));
  }
  static void columns(const T* x, std::int64_t n, std::int64_t stride, std::int64_t width, T* acc) {
    const auto better = loop<T>(greatest ? Binary::maximum : Binary::minimum);
    std::copy(x, x + width, acc);
    for (std::int64_t r = 1; r < n; ++r) better(acc, x + r * stride, acc, width);
  }
};

}  // namespace xtape::kernels::folds
