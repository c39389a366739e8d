// The loops of products, a table of their own, since they have a set for AVX-512: unlike the loops of
// table.hpp they are bound by arithmetic.
#pragma once

#include <cstdint>

namespace xtape::kernels {

/// A matrix of any strides.
template <class T>
struct StridedMatrix {
  const T* data;
  std::int64_t row, column;
};

/// c = a b + start: a {m, k}, b {k, n}, c {m, n}. Rows of c lie c_row apart, those of `start` start_row: it
/// may be c itself, one row for all (0), or absent (null).
template <class T>
struct SmallProduct {
  std::int64_t m, n, k;
  StridedMatrix<T> a, b;
  const T* start;
  std::int64_t start_row;
  T* c;
  std::int64_t c_row;
};

template <class T>
struct ProductTable {
  void (*gemm)(const SmallProduct<T>&);
  std::int64_t tile_columns;  // of c, which gemm computes at a time
};

/// The table for this processor.
template <class T>
const ProductTable<T>& product_simd();

namespace avx512 {
extern const ProductTable<float> product_f32;
extern const ProductTable<double> product_f64;
}  // namespace avx512
namespace avx2 {
extern const ProductTable<float> product_f32;
extern const ProductTable<double> product_f64;
}  // namespace avx2
namespace baseline {
extern const ProductTable<float> product_f32;
extern const ProductTable<double> product_f64;
}  // namespace baseline

}  // namespace xtape::kernels
