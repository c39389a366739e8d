// Borders made of what stands beside them; those of one value alone are in join.hpp.
#pragma once

#include <array>
#include <string_view>

#include "autograd/base/choice.hpp"
#include "autograd/tensor/fwd.hpp"

namespace xtape {

enum class PadMode { constant, reflect, replicate, circular };
constexpr std::array<std::string_view, 4> words(PadMode) {
  return {"constant", "reflect", "replicate", "circular"};
}

struct PadOptions {
  detail::Choice<PadMode> mode = PadMode::constant;  ///< also as "reflect"
  Scalar value = 0;                                  ///< of the constant borders
};
/// PyTorch's order: {left, right, top, bottom, ...} from the last dim on; negative amounts crop. `reflect`
/// mirrors at the first and the last element, so it takes amounts below the size; `replicate` repeats these
/// two; `circular` begins at the other end again, and takes amounts up to the size.
Tensor pad(const Tensor& x, const Shape& padding, const PadOptions& options);
Tensor pad(const Tensor& x, const Shape& padding, const detail::Choice<PadMode>& mode, Scalar value = 0);

}  // namespace xtape
