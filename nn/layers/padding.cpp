// The padding layers' check and texts.
#include "nn/layers/padding.hpp"

#include <limits>

#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

PadLayer::PadLayer(const char* name, int axes, const xtape::detail::PerAxis& padding, PadMode mode,
                   Scalar value)
    : axes_(axes),
      padding_(padding.values(2 * axes, name, "padding", std::numeric_limits<std::int64_t>::min())),
      options_{.mode = mode, .value = value} {}

Tensor PadLayer::forward(const Tensor& x) {
  const char* sizes = axes_ == 1 ? "L" : "H, W";
  check(x.dim() == axes_ + 1 || x.dim() == axes_ + 2, "{}: expected {{C, {}}} or {{N, C, {}}}, got {}",
        name(), sizes, sizes, x.shape());
  return pad(x, padding_, options_);
}

std::string PadLayer::extra_repr() const { return python_repr(padding_); }

std::string ConstantPad::extra_repr() const {
  return fmt::format("padding={}, value={}", python_repr(padding()), python_repr(value_));
}

}  // namespace xtape::nn
