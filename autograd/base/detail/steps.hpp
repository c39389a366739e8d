// Steps: how the rows of a packed batch of sequences lie.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace xtape::detail {

/// The rows of a packed batch: those of the first step, those of the second and so on. The longest
/// sequences come first, so that step t has the first `size(t)` rows of the batch.
class Steps {
 public:
  /// Sizes of 1 or more that never rise.
  explicit Steps(std::vector<std::int64_t> sizes, bool reverse = false)
      : sizes_(std::move(sizes)), reverse_(reverse) {
    begins_.reserve(sizes_.size());
    for (const std::int64_t size : sizes_) {
      begins_.push_back(rows_);
      rows_ += size;
    }
  }

  std::int64_t count() const { return static_cast<std::int64_t>(sizes_.size()); }
  std::int64_t rows() const { return rows_; }
  std::int64_t batch() const { return sizes_.empty() ? 0 : sizes_[0]; }
  std::int64_t size(std::int64_t t) const { return sizes_[static_cast<std::size_t>(t)]; }
  std::int64_t begin(std::int64_t t) const { return begins_[static_cast<std::size_t>(t)]; }
  bool is_reverse() const { return reverse_; }
  /// The step that runs as number i.
  std::int64_t step(std::int64_t i) const { return reverse_ ? count() - 1 - i : i; }

  static constexpr std::int64_t kInitial = -1;
  /// Where the states before step t are, for the rows [begin, end) of the batch: calls f(begin, end, row) for
  /// parts of them, whose first one is `row` of all rows, or kInitial where no step of theirs ran before.
  template <class F>
  void before(std::int64_t t, std::int64_t begin, std::int64_t end, const F& f) const {
    const std::int64_t last = reverse_ ? t + 1 : t - 1;
    const bool is_first = last < 0 || last == count();
    const std::int64_t middle = is_first ? begin : std::clamp(size(last), begin, end);
    if (begin < middle) f(begin, middle, this->begin(last) + begin);
    if (middle < end) f(middle, end, kInitial);
  }

 private:
  std::vector<std::int64_t> sizes_, begins_;
  std::int64_t rows_ = 0;
  bool reverse_;
};

}  // namespace xtape::detail
