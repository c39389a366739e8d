// What attributes say of windows.
#include "onnx/detail/windows.hpp"

#include <algorithm>

#include "autograd/base/error.hpp"

namespace xtape::onnx::detail {

namespace {

constexpr std::int64_t kMost = 0x7fffffff;

std::vector<std::int64_t> values(const Call& call, std::string_view name, std::size_t count,
                                 std::int64_t otherwise, std::int64_t least) {
  std::vector<std::int64_t> given = call.attributes().integers(name);
  if (given.empty()) given.assign(count, otherwise);
  check(given.size() == count, "{} has {} numbers; expected {}", name, given.size(), count);
  for (const std::int64_t value : given)
    check(value >= least && value <= kMost, "{} is {}; expected {} or more", name, value, least);
  return given;
}

}  // namespace

Windows::Windows(const Call& call, const Shape& kernel_size)
    : kernel(kernel_size.begin(), kernel_size.end()) {
  const std::size_t axes = kernel.size();
  check(axes >= 1 && axes <= 3 && call[0].dim() == static_cast<std::int64_t>(axes) + 2,
        "x is of shape {}; expected batch, channels and 1 to 3 spatial dims, as the kernel {} has them",
        call[0].shape(), kernel_size);
  for (const std::int64_t size : kernel) check(size >= 1 && size <= kMost, "the kernel is {}", kernel_size);
  for (int dim = 2; dim < call[0].dim(); ++dim)
    check(call[0].size(dim) <= kMost, "x is of shape {}", call[0].shape());
  stride = values(call, "strides", axes, 1, 1);
  dilation = values(call, "dilations", axes, 1, 1);
  const std::vector<std::int64_t> pads = values(call, "pads", 2 * axes, 0, 0);
  begin.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(axes));
  end.assign(pads.begin() + static_cast<std::ptrdiff_t>(axes), pads.end());

  const std::string automatic = call.text("auto_pad", "NOTSET");
  if (automatic == "NOTSET" || automatic.empty()) return;
  check(automatic == "VALID" || automatic == "SAME_UPPER" || automatic == "SAME_LOWER",
        "auto_pad is \"{}\"; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER", automatic);
  for (std::size_t i = 0; i < axes; ++i) {
    const std::int64_t size = call[0].size(static_cast<int>(i) + 2),
                       count = (size + stride[i] - 1) / stride[i];
    const std::int64_t total =
        automatic == "VALID" ? 0 : std::max<std::int64_t>((count - 1) * stride[i] + reach(i) - size, 0);
    begin[i] = automatic == "SAME_LOWER" ? total - total / 2 : total / 2;
    end[i] = total - begin[i];
  }
}

bool Windows::is_padded() const {
  const auto is_some = [](std::int64_t amount) { return amount != 0; };
  return std::ranges::any_of(begin, is_some) || std::ranges::any_of(end, is_some);
}

Shape Windows::padding() const {
  Shape sides;
  for (std::size_t i = kernel.size(); i-- > 0;) {
    sides.push_back(begin[i]);
    sides.push_back(end[i]);
  }
  return sides;
}

}  // namespace xtape::onnx::detail
