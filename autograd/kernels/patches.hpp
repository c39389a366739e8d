// Patches: what a convolution reads of an image, as a matrix that is only ever written in small blocks. Its
// rows are terms (a channel, a tap along the height, a tap along the width), its columns places of the
// result.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace xtape::kernels {

/// Place p reads position p step + offset of the source through a tap; there is one for `first` <= p <
/// `last`.
struct PatchTap {
  std::int64_t offset, first, last;
};

/// One axis: places that read a source of so many positions through taps.
class PatchAxis {
 public:
  PatchAxis(std::int64_t source, std::int64_t places, std::int64_t step)
      : source_(source), places_(places), step_(step) {}

  void add_tap(std::int64_t offset) {
    const auto at_least = [&](std::int64_t position) {  // the first place that reads it, or beyond it
      const std::int64_t distance = position - offset;
      return distance <= 0 ? 0 : std::min(places_, (distance + step_ - 1) / step_);
    };
    taps_.push_back({offset, at_least(0), at_least(source_)});
  }

  std::int64_t source() const { return source_; }
  std::int64_t places() const { return places_; }
  std::int64_t step() const { return step_; }
  std::int64_t count() const { return static_cast<std::int64_t>(taps_.size()); }
  const PatchTap& tap(std::int64_t i) const { return taps_[static_cast<std::size_t>(i)]; }
  /// Whether each place reads the position of its own number, and nothing else.
  bool is_identity() const {
    return count() == 1 && step_ == 1 && taps_[0].offset == 0 && places_ == source_;
  }

 private:
  std::int64_t source_, places_, step_;
  std::vector<PatchTap> taps_;
};

struct Patches {
  std::int64_t channels;
  PatchAxis rows, columns;

  std::int64_t terms() const { return channels * rows.count() * columns.count(); }
  std::int64_t places() const { return rows.places() * columns.places(); }
  std::int64_t source_size() const { return rows.source() * columns.source(); }  // of one channel
  /// Whether the matrix is the source itself.
  bool is_source() const { return rows.is_identity() && columns.is_identity(); }
};

/// The places [begin, end) of one row of the result, seen through one tap: `to` is what they read of the row
/// `from`.
template <class T>
void copy_patch_row(const T* from, const PatchTap& tap, std::int64_t step, std::int64_t begin,
                    std::int64_t end, T* to) {
  const std::int64_t first = std::clamp(tap.first, begin, end), last = std::clamp(tap.last, first, end);
  for (std::int64_t p = begin; p < first; ++p) to[p - begin] = T(0);
  from += tap.offset;
  if (step == 1) {
    for (std::int64_t p = first; p < last; ++p) to[p - begin] = from[p];
  } else {
    for (std::int64_t p = first; p < last; ++p) to[p - begin] = from[p * step];
  }
  for (std::int64_t p = last; p < end; ++p) to[p - begin] = T(0);
}

/// Writes the block of `count` terms from `term` on and of the places [begin, end); rows of `to` lie `width`
/// apart.
template <class T>
void copy_patches(const Patches& of, const T* source, std::int64_t term, std::int64_t count,
                  std::int64_t begin, std::int64_t end, T* to, std::int64_t width) {
  const std::int64_t columns = of.columns.places(), top = begin / columns, left = begin % columns;
  std::int64_t column_tap = term % of.columns.count(), row_tap = term / of.columns.count() % of.rows.count();
  const T* channel = source + term / (of.columns.count() * of.rows.count()) * of.source_size();
  for (std::int64_t i = 0; i < count; ++i, to += width) {
    const PatchTap &down = of.rows.tap(row_tap), &right = of.columns.tap(column_tap);
    std::int64_t row = top, first = left;
    for (std::int64_t done = 0; done < end - begin; ++row, first = 0) {
      const std::int64_t last = std::min(columns, first + end - begin - done);
      if (row >= down.first && row < down.last) {
        const T* from = channel + (row * of.rows.step() + down.offset) * of.columns.source();
        copy_patch_row(from, right, of.columns.step(), first, last, to + done);
      } else {
        for (std::int64_t p = first; p < last; ++p) to[done + p - first] = T(0);
      }
      done += last - first;
    }
    if (++column_tap < of.columns.count()) continue;
    column_tap = 0;
    if (++row_tap < of.rows.count()) continue;
    row_tap = 0;
    channel += of.source_size();
  }
}

}  // namespace xtape::kernels
