// Spread images: an image with zeros around it, its rows and columns sorted by their remainder modulo the
// step, so that each tap of a convolution reads neighbouring places from neighbouring memory. A convolution
// is then a sum of shifted copies, and no patch is ever written.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "autograd/kernels/simd/conv_table.hpp"

namespace xtape::kernels {

/// How many pieces of a size n falls into; the last may be smaller.
inline std::int64_t pieces(std::int64_t n, std::int64_t size) { return (n + size - 1) / size; }

/// One axis: place p reads position p step + t of the source through the tap at t, and zero outside of it.
class SpreadAxis {
 public:
  /// Positions with one remainder modulo the step. The entries [begin, end) of them lie in the source, the
  /// first at `position`.
  struct Entries {
    std::int64_t remainder, begin, end, position;
  };
  /// Which of the entries() a tap reads, and the distance of its first place from the first of them.
  struct Tap {
    std::int64_t entries, shift;
  };

  SpreadAxis(std::int64_t source, std::int64_t places, std::int64_t step,
             const std::vector<std::int64_t>& taps)
      : source_(source), places_(places), step_(step), length_(places) {
    if (taps.empty()) return;
    const auto [first, last] = std::minmax_element(taps.begin(), taps.end());
    length_ = places_ + (*last - *first) / step_;
    for (const std::int64_t tap : taps) {
      const std::int64_t distance = tap - *first;
      taps_.push_back({entries_of(*first, distance % step_), distance / step_});
    }
  }

  std::int64_t source() const { return source_; }
  std::int64_t places() const { return places_; }
  std::int64_t step() const { return step_; }
  /// Of the positions with one remainder.
  std::int64_t length() const { return length_; }
  const std::vector<Entries>& entries() const { return entries_; }
  const std::vector<Tap>& taps() const { return taps_; }
  /// Whether each place reads the position of its own number, and nothing else.
  bool is_identity() const {
    return taps_.size() == 1 && step_ == 1 && places_ == source_ && entries_[0].begin == 0 &&
           entries_[0].position == 0;
  }

 private:
  /// The number of a remainder's entries, which are made for the first tap.
  std::int64_t entries_of(std::int64_t first, std::int64_t remainder) {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entries& each) { return each.remainder == remainder; });
    const std::int64_t number = found - entries_.begin();
    if (found != entries_.end()) return number;
    const auto entry_from = [&](std::int64_t position) {
      const std::int64_t gap = position - first - remainder;
      return std::clamp<std::int64_t>(gap <= 0 ? 0 : pieces(gap, step_), 0, length_);
    };
    const std::int64_t begin = entry_from(0);
    entries_.push_back({remainder, begin, entry_from(source_), first + begin * step_ + remainder});
    return number;
  }

  std::int64_t source_, places_, step_, length_;
  std::vector<Entries> entries_;
  std::vector<Tap> taps_;
};

/// How images of so many channels are spread: for each channel, remainder of the rows and remainder of the
/// columns a plane of rows().length() times columns().length().
class Spread {
 public:
  static constexpr std::int64_t kSlack = 16;  // that a register may read beyond the last place
  /// How far ahead images of several channels are fetched; of one, more time goes into the asking.
  static constexpr std::int64_t kAhead = 1024;

  /// Planes may be set apart: rows of many channels a power of two from each other share few lines of a
  /// cache.
  Spread(std::int64_t channels, SpreadAxis rows, SpreadAxis columns, bool set_apart = false)
      : channels_(channels),
        rows_(std::move(rows)),
        columns_(std::move(columns)),
        plane_(rows_.length() * columns_.length()) {
    if (set_apart && plane_ % 256 == 0) plane_ += 16;
    for (std::int64_t c = 0; c < channels_; ++c) {
      for (const SpreadAxis::Tap& i : rows_.taps()) {
        for (const SpreadAxis::Tap& j : columns_.taps()) {
          offsets_.push_back(plane_at(c, i.entries, j.entries) + i.shift * columns_.length() + j.shift);
        }
      }
    }
  }

  const SpreadAxis& rows() const { return rows_; }
  const SpreadAxis& columns() const { return columns_; }
  std::int64_t terms() const { return static_cast<std::int64_t>(offsets_.size()); }
  std::int64_t places() const { return rows_.places() * columns_.places(); }
  /// Whether each place reads the position of its own number alone.
  bool is_identity() const { return rows_.is_identity() && columns_.is_identity(); }
  /// Whether an image is its own spread.
  bool is_source() const { return is_identity() && plane_ == rows_.length() * columns_.length(); }
  /// Where the first place reads each term: a channel, a tap of the rows, a tap of the columns.
  const std::int64_t* offsets() const { return offsets_.data(); }
  std::int64_t source_size() const { return channels_ * rows_.source() * columns_.source(); }
  std::int64_t size() const { return plane_at(channels_, 0, 0) + kSlack; }

  /// Copies an image to where it stands spread. What is not of the image stays: zero from the start.
  template <class T>
  void copy(const T* image, T* to) const {
    const std::int64_t width = columns_.source();
    for (std::int64_t c = 0; c < channels_; ++c, image += rows_.source() * width) {
      for (const SpreadAxis::Entries& i : rows_.entries()) {
        for (const SpreadAxis::Entries& j : columns_.entries()) {
          conv_simd<T>().copy({.rows = i.end - i.begin,
                               .columns = j.end - j.begin,
                               .from = image + i.position * width + j.position,
                               .from_row = rows_.step() * width,
                               .step = columns_.step(),
                               .to = to + i.begin * columns_.length() + j.begin,
                               .to_row = columns_.length(),
                               .ahead = channels_ > 1 ? kAhead : 0});
          to += plane_;
        }
      }
    }
  }

 private:
  std::int64_t plane_at(std::int64_t channel, std::int64_t of_rows, std::int64_t of_columns) const {
    const std::int64_t row_planes = std::ssize(rows_.entries()), planes = std::ssize(columns_.entries());
    return ((channel * row_planes + of_rows) * planes + of_columns) * plane_;
  }

  std::int64_t channels_;
  SpreadAxis rows_, columns_;
  std::int64_t plane_;  // from one to the next
  std::vector<std::int64_t> offsets_;
};

/// The places of a result in chunks of one register, and where each chunk goes.
class Chunks {
 public:
  static constexpr std::int64_t kPanel = 256;  ///< places of a buffer that chunks go to in turn

  /// Chunks that go to a buffer: along the rows, or along the planes with what stands between their rows,
  /// whichever are fewer.
  static Chunks by_panels(const SpreadAxis& rows, const SpreadAxis& columns, std::int64_t width) {
    const std::int64_t by_rows = count_by_rows(rows.places(), columns, width),
                       by_planes = count_by_planes(rows.places(), columns, width);
    Chunks result;
    result.pitch_ = by_planes <= by_rows ? columns.length() : pieces(columns.places(), width) * width;
    for (std::int64_t i = 0; i < std::min(by_rows, by_planes); ++i) {
      const std::int64_t entry = i * width;
      result.positions_.push_back(entry / result.pitch_ * columns.length() + entry % result.pitch_);
      result.destinations_.push_back(entry % kPanel);
    }
    return result;
  }
  /// How many these are.
  static std::int64_t count_by_panels(std::int64_t rows, const SpreadAxis& columns, std::int64_t width) {
    return std::min(count_by_rows(rows, columns, width), count_by_planes(rows, columns, width));
  }

  /// Chunks that go straight to a plane of the result; the last of a row overlaps the one before.
  static Chunks in_place(const Spread& spread, std::int64_t width) {
    const bool is_one_row = spread.is_identity();
    const std::int64_t rows = is_one_row ? 1 : spread.rows().places(), columns = spread.places() / rows;
    Chunks result;
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t i = 0; i < columns; i += width) {
        const std::int64_t column = std::min(i, columns - width);
        result.positions_.push_back(row * spread.columns().length() + column);
        result.destinations_.push_back(row * columns + column);
      }
    }
    return result;
  }

  std::int64_t count() const { return static_cast<std::int64_t>(positions_.size()); }
  const std::int64_t* positions() const { return positions_.data(); }
  const std::int64_t* destinations() const { return destinations_.data(); }
  std::int64_t pitch() const { return pitch_; }  ///< from one row of places to the next, among all by panels

 private:
  static std::int64_t count_by_rows(std::int64_t rows, const SpreadAxis& columns, std::int64_t width) {
    return rows * pieces(columns.places(), width);
  }
  static std::int64_t count_by_planes(std::int64_t rows, const SpreadAxis& columns, std::int64_t width) {
    return pieces((rows - 1) * columns.length() + columns.places(), width);
  }

  std::int64_t pitch_ = 0;
  std::vector<std::int64_t> positions_, destinations_;
};

}  // namespace xtape::kernels
