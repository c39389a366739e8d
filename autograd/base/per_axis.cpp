// The checks of values for spatial axes.
#include "autograd/base/per_axis.hpp"

#include <string>

#include "autograd/base/error.hpp"

namespace xtape::detail {

Shape PerAxis::values(int axes, std::string_view op, std::string_view option, std::int64_t least) const {
  check(values_.size() == 1 || values_.size() == axes, "{}: {} has {} values, {}; expected 1{}", op, option,
        values_.size(), values_, axes == 1 ? std::string() : " or " + std::to_string(axes));
  for (const std::int64_t value : values_) {
    check(value >= least, "{}: {} is {}; expected {} or more", op, option, value, least);
    check(value <= kMost, "{}: {} is {}; expected {} or less", op, option, value, kMost);
  }
  return values_.size() == 1 ? Shape::filled(axes, values_[0]) : values_;
}

}  // namespace xtape::detail
