// Spread images: an image with zeros around it, its rows and columns sorted by their remainder modulo the
// step, so that each tap of a convolution reads neighbouring places from neighbouring memory. A convolution
// is then a sum of shifted copies, and no patch is ever written.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace xtape::kernels {

/// How many pieces of a size n falls into; the last may be smaller.
inline std::int64_t pieces(std::int64_t n, std::int64_t size) { return (n + size - 1) / size; }

/// One axis: place p reads position p step + t of the source through the tap at t, and zero outside of it.
class SpreadAxis {
 public:
  SpreadAxis(std::int64_t source, std::int64_t places, std::int64_t step, std::vector<std::int64_t> taps)
      : source_(source), places_(places), step_(step), length_(places), taps_(std::move(taps)) {
    if (taps_.empty()) return;
    const auto [first, last] = std::minmax_element(taps_.begin(), taps_.end());
    first_ = *first;
    length_ = places_ + (*last - first_) / step_;
  }

  std::int64_t source() const { return source_; }
  std::int64_t places() const { return places_; }
  std::int64_t count() const { return static_cast<std::int64_t>(taps_.size()); }
  std::int64_t step() const { return step_; }
  /// Of the positions with one remainder.
  std::int64_t length() const { return length_; }
  /// Whether each place reads the position of its own number, and nothing else.
  bool is_identity() const { return count() == 1 && step_ == 1 && first_ == 0 && places_ == source_; }
  /// The remainder that a tap reads, and the distance of its first place from the first such position.
  std::int64_t remainder(std::int64_t tap) const { return distance(tap) % step_; }
  std::int64_t shift(std::int64_t tap) const { return distance(tap) / step_; }
  /// The position of the source that entry i of a remainder is.
  std::int64_t position(std::int64_t i, std::int64_t remainder) const {
    return first_ + i * step_ + remainder;
  }
  /// The first entry that lies at a position of `at_least` or more.
  std::int64_t entry_from(std::int64_t at_least, std::int64_t remainder) const {
    const std::int64_t gap = at_least - first_ - remainder;
    return std::clamp<std::int64_t>(gap <= 0 ? 0 : pieces(gap, step_), 0, length_);
  }

 private:
  std::int64_t distance(std::int64_t tap) const { return taps_[static_cast<std::size_t>(tap)] - first_; }

  std::int64_t source_, places_, step_, length_, first_ = 0;
  std::vector<std::int64_t> taps_;
};

/// How images of so many channels are spread: for each channel, remainder of the rows and remainder of the
/// columns a plane of rows().length() times columns().length().
class Spread {
 public:
  static constexpr std::int64_t kSlack = 16;  // that a register may read beyond the last place

  Spread(std::int64_t channels, SpreadAxis rows, SpreadAxis columns)
      : channels_(channels), rows_(std::move(rows)), columns_(std::move(columns)) {
    for (std::int64_t c = 0; c < channels_; ++c) {
      for (std::int64_t i = 0; i < rows_.count(); ++i) {
        for (std::int64_t j = 0; j < columns_.count(); ++j) {
          offsets_.push_back(plane_at(c, rows_.remainder(i), columns_.remainder(j)) +
                             rows_.shift(i) * columns_.length() + columns_.shift(j));
        }
      }
    }
  }

  const SpreadAxis& rows() const { return rows_; }
  const SpreadAxis& columns() const { return columns_; }
  std::int64_t terms() const { return static_cast<std::int64_t>(offsets_.size()); }
  std::int64_t places() const { return rows_.places() * columns_.places(); }
  /// Whether an image is its own spread.
  bool is_identity() const { return rows_.is_identity() && columns_.is_identity(); }
  /// Where the first place reads each term: a channel, a tap of the rows, a tap of the columns.
  const std::int64_t* offsets() const { return offsets_.data(); }
  std::int64_t source_size() const { return channels_ * rows_.source() * columns_.source(); }
  std::int64_t size() const { return plane_at(channels_, 0, 0) + kSlack; }

  /// Copies an image to where it stands spread. What is not of the image stays: zero from the start.
  template <class T>
  void copy(const T* image, T* to) const {
    for (std::int64_t c = 0; c < channels_; ++c, image += rows_.source() * columns_.source()) {
      for (std::int64_t r = 0; r < rows_.step(); ++r) {
        for (std::int64_t i = rows_.entry_from(0, r); i < rows_.entry_from(rows_.source(), r); ++i) {
          const T* row = image + rows_.position(i, r) * columns_.source();
          for (std::int64_t s = 0; s < columns_.step(); ++s)
            copy_row(row, s, to + plane_at(c, r, s) + i * columns_.length());
        }
      }
    }
  }

 private:
  std::int64_t plane_at(std::int64_t channel, std::int64_t row_remainder,
                        std::int64_t column_remainder) const {
    return ((channel * rows_.step() + row_remainder) * columns_.step() + column_remainder) * rows_.length() *
           columns_.length();
  }
  template <class T>
  void copy_row(const T* row, std::int64_t remainder, T* to) const {
    const std::int64_t first = columns_.entry_from(0, remainder),
                       last = columns_.entry_from(columns_.source(), remainder), step = columns_.step();
    row += columns_.position(0, remainder);
    if (step == 1) {
      for (std::int64_t i = first; i < last; ++i) to[i] = row[i];
    } else {
      for (std::int64_t i = first; i < last; ++i) to[i] = row[i * step];
    }
  }

  std::int64_t channels_;
  SpreadAxis rows_, columns_;
  std::vector<std::int64_t> offsets_;
};

/// The places of a result in chunks of one register, and where each chunk goes.
class Chunks {
 public:
  static constexpr std::int64_t kPanel = 256;  ///< places of a buffer that chunks go to in turn

  /// Chunks that go to a buffer: along the rows, or along the planes with what stands between their rows,
  /// whichever are fewer.
  static Chunks by_panels(const Spread& spread, std::int64_t width) {
    const SpreadAxis &rows = spread.rows(), &columns = spread.columns();
    const std::int64_t by_rows = rows.places() * pieces(columns.places(), width);
    const std::int64_t whole = (rows.places() - 1) * columns.length() + columns.places();
    const std::int64_t by_planes = pieces(whole, width);
    Chunks result;
    result.pitch_ = by_planes <= by_rows ? columns.length() : pieces(columns.places(), width) * width;
    for (std::int64_t i = 0; i < std::min(by_rows, by_planes); ++i) {
      const std::int64_t entry = i * width;
      result.positions_.push_back(entry / result.pitch_ * columns.length() + entry % result.pitch_);
      result.destinations_.push_back(entry % kPanel);
    }
    return result;
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
  std::int64_t pitch_ = 0;
  std::vector<std::int64_t> positions_, destinations_;
};

}  // namespace xtape::kernels
