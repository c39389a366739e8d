// PerAxis: a parameter or an option that takes one integer for all spatial axes, or one for each.
#pragma once

#include <string_view>

#include "autograd/base/range.hpp"
#include "autograd/base/shape.hpp"

namespace xtape::detail {

/// Integers of any types: 2, {2, n}, or a vector or array of them. Default-made it holds none: an option that
/// was left out.
class PerAxis {
 public:
  PerAxis() = default;
  template <SizeLike... I>
  requires(sizeof...(I) > 0 && sizeof...(I) <= Shape::kMaxDims) PerAxis(I... values)  // NOLINT: implicit
      : values_(values...) {}
  template <Range R>
  requires(Integer<RangeValue<R>> && !std::convertible_to<const R&, std::string_view>)
      PerAxis(const R& values)  // NOLINT: implicit
      : values_(std::begin(values), std::end(values)) {}

  bool empty() const { return values_.empty(); }
  const Shape& given() const { return values_; }

  /// One value for each of `axes` axes, all from `least` to kMost, so that products of two do not overflow:
  /// `conv2d: stride has 3 values, {1, 1, 2}; expected 1 or 2`.
  Shape values(int axes, std::string_view op, std::string_view option, std::int64_t least) const;

 private:
  static constexpr std::int64_t kMost = 0x7fffffff;

  Shape values_;
};

}  // namespace xtape::detail
