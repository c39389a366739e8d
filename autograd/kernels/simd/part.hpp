// The last elements of an array, fewer than a batch holds: they run through the same vector code, padded, so
// a value never depends on its position. Included only by the headers of loops.
#pragma once

#include <cstddef>
#include <cstdint>

namespace xtape::kernels::loops {

/// The `n` < size elements at p, padded with `fill`.
template <class B, class T = typename B::value_type>
B load_part(const T* p, std::int64_t n, T fill) {
  alignas(64) T padded[B::size];
  for (std::size_t i = 0; i < B::size; ++i) padded[i] = static_cast<std::int64_t>(i) < n ? p[i] : fill;
  return B::load_aligned(padded);
}

template <class B, class T = typename B::value_type>
void store_part(const B& x, T* p, std::int64_t n) {
  alignas(64) T padded[B::size];
  x.store_aligned(padded);
  for (std::size_t i = 0; i < B::size; ++i) {  // of a fixed length: no call of memcpy for three numbers
    if (static_cast<std::int64_t>(i) < n) p[i] = padded[i];
  }
}

}  // namespace xtape::kernels::loops
