// A weight times what places see of spread images, as convolutions and their input gradients are: which
// parts of it a thread computes, and how these come to their places. Included by conv.cpp alone.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iterator>
#include <type_traits>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/buffer.hpp"
#include "autograd/kernels/conv_spread.hpp"
#include "autograd/kernels/row_pairs.hpp"
#include "autograd/kernels/simd/conv_table.hpp"

namespace xtape::kernels {

/// What the places of a result read: the weight {groups, rows, terms}, and where its terms stand in a spread
/// image.
template <class T>
struct Terms {
  const T* weight;
  std::int64_t count;
  const std::int64_t* offsets;
};

/// The rows first, first + step, ... of a result, and for each remainder of their columns modulo the number
/// of remainders what these read.
template <class T>
struct Lines {
  std::int64_t first;
  std::vector<Terms<T>> columns;
};

/// y = bias + weight times what the places see of the images, group by group. `Source` is a Spread, or a
/// PairedSpread, whose lines are one, with u[0] to u[3] for columns.
template <class T, class Source = Spread>
struct Correlations {
  const Source& spread;
  std::int64_t images, groups, rows;
  const T *source, *bias;  // the bias may be null
  std::vector<Lines<T>> lines;
  PlaneSize size;  // of y
  T* y;
  /// Set for each image's group of which a pair has a number that is not finite.
  std::vector<std::atomic<bool>>* not_finite = nullptr;

  void run() const { run(0, images * groups); }
  /// Of the groups of all images, those from `first` on.
  void run(std::int64_t first, std::int64_t last) const {
    const std::int64_t width = conv_simd<T>().batch;
    const Chunks chunks =
        writes_y() ? in_place_chunks(width) : Chunks::by_panels(spread.rows(), spread.columns(), width);
    const std::int64_t work = rows * terms() * spread.places(), grain = conv_grain(work),
                       at_once = rows_at_once(), count = last - first;
    if (count < 8 && grain == 1) return share_images(first, last, chunks, work);
    // Buffers are made, and zeroed, for each task: some images of many share them.
    parallel_for(count, std::max(grain, count / kTasks), [&](std::int64_t begin, std::int64_t end) {
      Buffer<T> copy = image_buffer(), c = panel_buffer();
      for (std::int64_t image = first + begin; image < first + end; ++image) {
        const T* from = spread_image(image, copy);
        for (std::int64_t row = 0; row < rows; row += at_once)
          compute({image, from, row, std::min(at_once, rows - row), 0, chunks.count()}, chunks, c);
      }
    });
  }

 private:
  static constexpr bool kInPairs = std::is_same_v<Source, PairedSpread>;
  static constexpr std::int64_t kTasks = 32;                  // about so many, of many images
  static constexpr std::int64_t kBlock = kInPairs ? 12 : 16;  // rows
  static constexpr std::int64_t kMostSums = 1 << 19;          // in c, where a row of each part is less
  /// Of c; rows a power of two apart would share few lines of a cache.
  static constexpr std::int64_t kRow = Chunks::kPanel + 16;

  /// Some rows and chunks of an image's result.
  struct Part {
    std::int64_t image;
    const T* from;  // the image, spread
    std::int64_t first_row, rows, first_chunk, chunks;
  };

  /// Parts of c: one for each remainder of the columns of y, or four of pairs.
  std::int64_t parts() const { return std::ssize(lines[0].columns); }
  /// Of the columns of y: from one of a remainder to the next.
  std::int64_t column_step() const { return kInPairs ? 1 : parts(); }
  /// Of the rows of y: from those of one row of places to the next.
  std::int64_t row_step() const { return kInPairs ? 2 : std::ssize(lines); }
  /// Of the rows of a weight: all, unless c would grow too large.
  std::int64_t rows_at_once() const {
    if (kInPairs) return kBlock;
    if (writes_y()) return rows;
    const std::int64_t most = std::max<std::int64_t>(kMostSums / (parts() * kRow), 1);
    return std::min(rows, most < kBlock ? most : most / kBlock * kBlock);
  }
  /// From one part of c to the next.
  std::int64_t part_size() const { return rows_at_once() * kRow; }
  std::int64_t terms() const {
    std::int64_t sum = 0;
    for (const Lines<T>& each : lines) {
      for (const Terms<T>& some : each.columns) sum += some.count;
    }
    return sum;
  }
  /// The places of a row that chunks cover.
  std::int64_t columns() const {
    if constexpr (!kInPairs) {
      if (spread.is_identity()) return spread.places();
    }
    return spread.columns().places();
  }
  bool has_whole_chunks() const { return columns() % conv_simd<T>().batch == 0; }
  std::int64_t chunks_at_once() const { return Chunks::kPanel / conv_simd<T>().batch; }

  /// Whether sums can be written to rows of y themselves: chunks fit, and none of many terms overlap.
  bool writes_y() const {
    return !kInPairs && lines.size() == 1 && parts() == 1 && spread.terms() > 0 &&
           columns() >= conv_simd<T>().batch && (spread.terms() <= 64 || has_whole_chunks());
  }
  Chunks in_place_chunks(std::int64_t width) const {
    if constexpr (kInPairs)
      return {};
    else
      return Chunks::in_place(spread, width);
  }
  /// Whether the image is its own spread, and no chunk reads beyond its end.
  bool reads_image() const {
    if constexpr (kInPairs)
      return false;
    else
      return spread.is_source() && (writes_y() || has_whole_chunks());
  }

  Buffer<T> image_buffer() const {
    if constexpr (kInPairs)
      return spread.template buffer<T>();
    else
      return Buffer<T>(static_cast<std::size_t>(reads_image() ? 0 : spread.size()), T(0));
  }
  Buffer<T> panel_buffer() const {
    return Buffer<T>(static_cast<std::size_t>(writes_y() ? 0 : parts() * part_size()));
  }
  const T* spread_image(std::int64_t image, Buffer<T>& copy) const {
    const T* from = source + image * spread.source_size();
    if (reads_image()) return from;
    spread.copy(from, copy.data());
    return copy.data();
  }

  /// Few images one after the other, the work of each shared by all threads.
  void share_images(std::int64_t first, std::int64_t last, const Chunks& chunks, std::int64_t work) const {
    const bool may_overlap = writes_y() && !has_whole_chunks();  // what one thread writes
    const std::int64_t at_once = may_overlap ? chunks.count() : chunks_at_once();
    const std::int64_t block = std::min(kBlock, rows_at_once()), blocks = pieces(rows, block),
                       tasks = blocks * pieces(chunks.count(), at_once);
    Buffer<T> copy = image_buffer();
    for (std::int64_t image = first; image < last; ++image) {
      const T* from = spread_image(image, copy);
      parallel_for(tasks, conv_grain(work / tasks), [&](std::int64_t begin, std::int64_t end) {
        Buffer<T> c = panel_buffer();
        for (std::int64_t i = begin; i < end; ++i) {
          const std::int64_t row = i % blocks * block, chunk = i / blocks * at_once;
          compute({image, from, row, std::min(block, rows - row), chunk,
                   std::min(at_once, chunks.count() - chunk)},
                  chunks, c);
        }
      });
    }
  }

  void compute(const Part& part, const Chunks& chunks, Buffer<T>& c) const {
    const std::int64_t at_once = chunks_at_once(), end = part.first_chunk + part.chunks;
    for (const Lines<T>& each : lines) {
      for (std::int64_t chunk = part.first_chunk; chunk < end; chunk += at_once)
        compute_chunks(each, part, chunks, chunk, std::min(at_once, end - chunk), c);
    }
  }

  /// So many chunks of some lines, at first in `c` where they cannot be written to y.
  void compute_chunks(const Lines<T>& line, const Part& part, const Chunks& chunks, std::int64_t chunk,
                      std::int64_t count, Buffer<T>& c) const {
    const std::int64_t width = conv_simd<T>().batch, row = part.image % groups * rows + part.first_row,
                       plane = size[0] * size[1];
    T* planes = y + (part.image * rows + part.first_row) * plane;
    for (std::int64_t k = 0; k < parts(); ++k) {
      const Terms<T>& terms = line.columns[static_cast<std::size_t>(k)];
      T* sums = c.data() + k * part_size();
      if (terms.count == 0) std::fill_n(sums, part.rows * kRow, T(0));
      conv_simd<T>().correlate({.rows = part.rows,
                                .terms = terms.count,
                                .chunks = count,
                                .a = terms.weight + row * terms.count,
                                .a_row = terms.count,
                                .source = part.from,
                                .offsets = terms.offsets,
                                .positions = chunks.positions() + chunk,
                                .destinations = chunks.destinations() + chunk,
                                .bias = has_bias(k) ? bias + row : nullptr,
                                .c = c.empty() ? planes : sums,
                                .c_row = c.empty() ? plane : kRow});
    }
    if (c.empty()) return;
    for (std::int64_t i = 0; i < part.rows; ++i) {
      const bool is_finite = copy_out(c.data() + i * kRow, chunk * width, (chunk + count) * width, line,
                                      chunks.pitch(), planes + i * plane);
      if (!is_finite) (*not_finite)[static_cast<std::size_t>(part.image)] = true;
    }
  }
  /// Of pairs, m[1] alone goes into both rows as it is.
  bool has_bias(std::int64_t k) const { return bias != nullptr && (!kInPairs || k == 1); }

  /// Copies the entries [begin, end) of the chunks, which `c` begins with, to their places in one channel.
  /// False where a pair has a number that is not finite.
  bool copy_out(const T* c, std::int64_t begin, std::int64_t end, const Lines<T>& line, std::int64_t pitch,
                T* plane) const {
    const std::int64_t step = column_step(), rows_of_places = pieces(size[0] - line.first, row_step());
    bool is_finite = true;
    for (std::int64_t row = begin / pitch; row * pitch < end && row < rows_of_places;) {
      const std::int64_t rest = end - row * pitch, first = std::max<std::int64_t>(begin - row * pitch, 0),
                         last = std::min(rest, pitch);
      const std::int64_t together = last - first < pitch ? 1 : std::min(rest / pitch, rows_of_places - row);
      const T* from = c + row * pitch - begin + first;
      const std::int64_t columns = std::min(last * step, size[1]) - first * step;
      T* to = plane + (line.first + row * row_step()) * size[1] + first * step;
      if (kInPairs && columns > 0) {
        is_finite &=
            conv_simd<T>().join_pairs({together, columns, from, pitch, part_size(), to, 2 * size[1], size[1],
                                       row + together == rows_of_places && size[0] % 2 == 1});
      } else if (!kInPairs) {
        copy_rows(from, together, pitch, columns, to);
      }
      row += together;
    }
    return is_finite;
  }
  /// So many columns of rows of y, those of each remainder from its part of c.
  void copy_rows(const T* from, std::int64_t count, std::int64_t pitch, std::int64_t columns, T* to) const {
    const std::int64_t step = column_step(), apart = part_size(), to_row = std::ssize(lines) * size[1];
    if (step == 1) return conv_simd<T>().copy({count, columns, from, pitch, 1, to, to_row, 0});
    const std::int64_t in_pairs = step == 2 ? columns / 2 * 2 : 0;
    if (in_pairs > 0) conv_simd<T>().interleave({count, in_pairs / 2, from, from + apart, pitch, to, to_row});
    for (std::int64_t row = 0; row < count; ++row) {
      for (std::int64_t i = in_pairs; i < columns; ++i)
        to[row * to_row + i] = from[row * pitch + i % step * apart + i / step];
    }
  }
};

}  // namespace xtape::kernels
