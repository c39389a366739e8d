// What kernels share: pointers to elements, types by size, NaN of any type, the adding of bools, chunks of
// work.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "autograd/base/parallel.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

template <class T>
T* elements(const Tensor& x) {
  return reinterpret_cast<T*>(x.raw());
}

/// Integers and bools are never NaN.
template <class T>
bool is_nan(T x) {
  if constexpr (std::is_floating_point_v<T>) return x != x;
  return false;
}

/// Calls f with a zero of an integer as large as an element: for copies, which see bytes.
template <class F>
void visit_size(DType dtype, F&& f) {
  switch (size_of(dtype)) {
    case 1: return f(std::uint8_t{});
    case 2: return f(std::uint16_t{});
    case 4: return f(std::uint32_t{});
    default: return f(std::uint64_t{});
  }
}

template <class T>
void add_to(T& sum, T x) {
  if constexpr (std::is_same_v<T, bool>) {
    sum = sum || x;
  } else {
    sum = static_cast<T>(sum + x);
  }
}

/// How many things of so many elements are one chunk of work.
inline std::int64_t grain_of(std::int64_t elements_each) {
  constexpr std::int64_t kGrain = 1 << 16;
  return std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, elements_each));
}

/// f(i) for each of [0, n), which threads share in chunks of `grain`.
template <class F>
void for_each(std::int64_t n, std::int64_t grain, const F& f) {
  parallel_for(n, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) f(i);
  });
}

}  // namespace xtape::kernels
