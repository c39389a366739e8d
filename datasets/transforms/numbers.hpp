// Numbers: an option that may be one number or several, as torchvision's `degrees` and `shear`.
#pragma once

#include <vector>

#include "autograd/base/scalar.hpp"

namespace xtape::datasets {

/// `10`, `{-5, 10}` or `{}`.
class Numbers {
 public:
  template <Number... T>
  Numbers(T... values) : values_{static_cast<double>(values)...} {}  // NOLINT: implicit, so that 10 may stand
  Numbers(std::vector<double> values) : values_(std::move(values)) {}  // NOLINT: implicit as above

  std::size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }
  double operator[](std::size_t i) const { return values_[i]; }
  const std::vector<double>& values() const { return values_; }

 private:
  std::vector<double> values_;
};

}  // namespace xtape::datasets
