// Kernels of three rows by four products in place of six: two rows of a result at a time, from sums and
// differences of the four rows that they see (S. Winograd, "Arithmetic complexity of computations", 1980; A.
// Lavin and S. Gray, "Fast algorithms for convolutional neural networks", 2016: F(2, 3), along the rows
// alone, where everything that is added lies side by side). Included by the sources of convolutions alone.
//
//   y[0] = m[0] + m[1] + m[2],  y[1] = m[1] - m[2] - m[3],  m[i] = u[i] t[i]
//   t = (d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3])
//   u = (w[0], (w[0] + w[1] + w[2]) / 2, (w[0] - w[1] + w[2]) / 2, w[2])
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "autograd/kernels/buffer.hpp"
#include "autograd/kernels/conv_spread.hpp"

namespace xtape::kernels {

/// Whether kernels of `geometry` whose places see `spread` can go by pairs, and so many places read a weight
/// that adding up the weight is little beside them: measured, in benchmarks/NOTES.md. Numbers are float32;
/// those in float64 keep the form that rounds least.
inline bool can_go_in_pairs(const ConvGeometry& geometry, const Spread& spread, std::int64_t filters) {
  const std::int64_t taps = std::ssize(spread.rows().taps()) * std::ssize(spread.columns().taps()),
                     channels = taps == 0 ? 0 : spread.terms() / taps,
                     least = std::max<std::int64_t>(8, conv_simd<float>().batch);
  return std::ssize(spread.rows().taps()) == 3 && geometry.dilation[0] == 1 &&
         geometry.stride == std::array<std::int64_t, 2>{1, 1} && channels >= least && filters >= least &&
         spread.rows().places() >= 6 && spread.places() >= 48;
}

/// Whether so few of the nine products are left that it pays: of so many pieces of a result by single rows
/// and by pairs.
constexpr bool pays_in_pairs(std::int64_t single, std::int64_t paired) {
  return 4 * 3 * paired <= 7 * single;
}

/// Images as their t: for each channel four planes, with a row for each pair of the result's.
class PairedSpread {
 public:
  /// The first row of the result reads rows first, first + 1 and first + 2 of the source.
  PairedSpread(std::int64_t channels, std::int64_t first, std::int64_t source_rows, std::int64_t rows_of_y,
               SpreadAxis columns)
      : channels_(channels),
        first_(first),
        rows_(source_rows, pieces(rows_of_y, 2), 2, {first}),
        columns_(std::move(columns)),
        plane_(rows_.places() * columns_.length()) {
    if (plane_ % 256 == 0) plane_ += 16;
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::int64_t c = 0; c < channels; ++c) {
        for (const SpreadAxis::Tap& tap : columns_.taps())
          offsets_[i].push_back((4 * c + static_cast<std::int64_t>(i)) * plane_ + tap.shift);
      }
    }
  }

  const SpreadAxis& rows() const { return rows_; }  ///< places are pairs
  const SpreadAxis& columns() const { return columns_; }
  std::int64_t places() const { return rows_.places() * columns_.places(); }
  /// Of one of the four products.
  std::int64_t terms() const { return std::ssize(offsets_[0]); }
  const std::int64_t* offsets(std::size_t i) const { return offsets_[i].data(); }
  std::int64_t source_size() const { return channels_ * rows_.source() * columns_.source(); }

  /// For the t of an image, with zeros where none of its numbers will stand.
  template <class T>
  Buffer<T> buffer() const {
    Buffer<T> result(static_cast<std::size_t>(planes_size() + columns_.source()));
    const SpreadAxis::Entries& inside = columns_.entries()[0];
    const std::int64_t pitch = columns_.length();
    for (std::int64_t plane = 0; plane < 4 * channels_; ++plane) {
      T* row = result.data() + plane * plane_;
      for (std::int64_t i = 0; i < rows_.places(); ++i, row += pitch) {
        std::fill_n(row, inside.begin, T(0));
        std::fill_n(row + inside.end, pitch - inside.end, T(0));
      }
      std::fill_n(row, (plane + 1) * plane_ - (row - result.data()), T(0));
    }
    std::fill(result.begin() + 4 * channels_ * plane_, result.end(), T(0));
    return result;
  }
  /// Writes t of an image into its buffer.
  template <class T>
  void copy(const T* image, T* to) const {
    const SpreadAxis::Entries& inside = columns_.entries()[0];
    const T* zeros = to + planes_size();
    for (std::int64_t c = 0; c < channels_;
         ++c, image += rows_.source() * columns_.source(), to += 4 * plane_) {
      conv_simd<T>().split_pairs({.pairs = rows_.places(),
                                  .columns = inside.end - inside.begin,
                                  .from = image + inside.position,
                                  .from_row = columns_.source(),
                                  .rows = rows_.source(),
                                  .first = first_,
                                  .zeros = zeros,
                                  .to = to + inside.begin,
                                  .to_row = columns_.length(),
                                  .to_plane = plane_,
                                  .ahead = Spread::kAhead});
    }
  }

 private:
  std::int64_t planes_size() const { return 4 * channels_ * plane_ + Spread::kSlack; }

  std::int64_t channels_, first_;
  SpreadAxis rows_, columns_;
  std::int64_t plane_;
  std::array<std::vector<std::int64_t>, 4> offsets_;
};

/// Planes of a weight, {3, columns} each, for a group's row of the result and a channel that it reads.
template <class T>
struct WeightPlanes {
  const T* numbers;
  std::int64_t groups, rows, channels, columns;
  std::int64_t row_step, channel_step;  // in numbers; a group follows the other
  bool are_upside_down = false;

  std::int64_t count() const { return groups * rows * channels; }

  /// u {4, groups, rows, channels, columns}
  Buffer<T> paired() const {
    Buffer<T> u(static_cast<std::size_t>(4 * count() * columns));
    T *to = u.data(), *last = to + (count() - 1) * columns;
    for (std::int64_t group = 0; group < groups; ++group) {
      const T* planes = numbers + group * rows * channels * 3 * columns;
      for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t channel = 0; channel < channels; ++channel, to += columns)
          pair(planes + row * row_step + channel * channel_step, to == last, to);
      }
    }
    return u;
  }

 private:
  /// Four numbers at a time.
  using V [[gnu::vector_size(4 * sizeof(T))]] = T;

  static V load(const T* from) {
    V v;
    std::memcpy(&v, from, sizeof v);
    return v;
  }

  /// u of a plane, of V or T at `j`.
  template <class N, class Load, class Store>
  void pair(const T* plane, std::int64_t j, const Load& load, const Store& store) const {
    const N above = load(plane + j), middle = load(plane + columns + j),
            below = load(plane + 2 * columns + j), ends = above + below;
    store(are_upside_down ? below : above, 0);
    store((ends + middle) / 2, 1);
    store((ends - middle) / 2, 2);
    store(are_upside_down ? above : below, 3);
  }

  void pair(const T* plane, bool is_last, T* to) const {
    const std::int64_t size = count() * columns;
    if (columns == 3 && !is_last) {  // the fourth numbers are of the next plane, which is yet to come
      return pair<V>(
          plane, 0, [](const T* from) { return load(from); },
          [&](const V& u, std::int64_t i) { std::memcpy(to + i * size, &u, sizeof u); });
    }
    for (std::int64_t j = 0; j < columns; ++j)
      pair<T>(
          plane, j, [](const T* from) { return *from; }, [&](T u, std::int64_t i) { to[i * size + j] = u; });
  }
};

}  // namespace xtape::kernels
