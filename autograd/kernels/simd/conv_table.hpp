// The loops of convolutions, a table of their own: a program without convolutions links none of them, and
// only they have loops for AVX-512 too.
#pragma once

#include <cstdint>

namespace xtape::kernels {

/// c[i][p] = bias[i] + sum over l of a[i, l] source[offsets[l] + place p], for places in chunks of one batch
/// each, which begin at `positions` of the source and at `destinations` of a row of c. Chunks may overlap in
/// c where there are at most 64 terms. A null bias is none; without terms nothing is written.
template <class T>
struct Correlation {
  std::int64_t rows, terms, chunks;
  const T* a;
  std::int64_t a_row;
  const T* source;
  const std::int64_t *offsets, *positions, *destinations;
  const T* bias;
  T* c;
  std::int64_t c_row;
};

/// sums[l][o] += sum over places of source[offsets[l] + place] g[place][o], o in whole batches. Rows of
/// places lie source_row apart in the source, and `sums` has `filters` columns. g stands by panels of two
/// batches of filters, the last perhaps of one; panels begin g_panel apart.
template <class T>
struct Outer {
  std::int64_t terms, filters, rows, columns;
  const T* source;
  const std::int64_t* offsets;
  std::int64_t source_row;
  const T* g;
  std::int64_t g_panel, g_row, g_first = 0;  // places from one row of g to the next, and before the first
  T* sums;
};

/// sums[l] += sum over places of source[offsets[l] + place] g[place]
template <class T>
struct Dots {
  std::int64_t terms, rows, columns;
  const T* source;
  const std::int64_t* offsets;
  std::int64_t source_row;
  const T* g;
  T* sums;
};

/// to[i][k] = from[i][k step], rows from_row and to_row apart. What stands `ahead` numbers further is
/// fetched.
template <class T>
struct RowCopies {
  std::int64_t rows, columns;
  const T* from;
  std::int64_t from_row, step;
  T* to;
  std::int64_t to_row, ahead = 0;
};

/// to[i] = even[i][0] odd[i][0] even[i][1] odd[i][1] ..., rows from_row and to_row apart.
template <class T>
struct Interleaving {
  std::int64_t rows, columns;  // of each
  const T *even, *odd;
  std::int64_t from_row;
  T* to;
  std::int64_t to_row;
};

/// to[k][i] = from[i][k], rows from_row and to_row apart.
template <class T>
struct Turn {
  std::int64_t rows, columns;
  const T* from;
  std::int64_t from_row;
  T* to;
  std::int64_t to_row;
};

/// Of the four rows d that a pair reads, from row first + 2 pair of the source on and zero outside of it:
/// to[0] = d[0] - d[2], to[1] = d[1] + d[2], to[2] = d[2] - d[1], to[3] = d[1] - d[3]. Planes of the result
/// lie to_plane apart.
template <class T>
struct PairSplit {
  std::int64_t pairs, columns;
  const T* from;
  std::int64_t from_row, rows, first;
  const T* zeros;  // as many as columns
  T* to;
  std::int64_t to_row, to_plane, ahead;
};

/// Two rows of a result from four of sums, which lie from_plane apart: the first is 0 + 1 + 2, the second
/// 1 - 2 - 3. The last pair may have one row.
template <class T>
struct PairJoin {
  std::int64_t pairs, columns;
  const T* from;
  std::int64_t from_row, from_plane;
  T* to;
  std::int64_t to_row, columns_of_y;  // from pair to pair, and within one
  bool last_is_single;
};

/// sum = a + b, difference = a - b
template <class T>
struct SumAndDifference {
  std::int64_t count;
  const T *a, *b;
  T *sum, *difference;
};

template <class T>
struct ConvTable {
  void (*correlate)(const Correlation<T>&);
  void (*add_outer)(const Outer<T>&);
  void (*add_dots)(const Dots<T>&);
  void (*copy)(const RowCopies<T>&);
  void (*turn)(const Turn<T>&);
  void (*interleave)(const Interleaving<T>&);
  void (*split_pairs)(const PairSplit<T>&);
  bool (*join_pairs)(const PairJoin<T>&);  // whether all that was written is finite
  void (*sum_and_difference)(const SumAndDifference<T>&);
  std::int64_t batch;  // numbers of one register
};

/// The table for this processor.
template <class T>
const ConvTable<T>& conv_simd();

namespace avx512 {
extern const ConvTable<float> conv_f32;
extern const ConvTable<double> conv_f64;
}  // namespace avx512
namespace avx2 {
extern const ConvTable<float> conv_f32;
extern const ConvTable<double> conv_f64;
}  // namespace avx2
namespace baseline {
extern const ConvTable<float> conv_f32;
extern const ConvTable<double> conv_f64;
}  // namespace baseline

}  // namespace xtape::kernels
