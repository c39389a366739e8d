// Images and signals of another size.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "autograd/base/choice.hpp"
#include "autograd/base/lists.hpp"
#include "autograd/base/per_axis.hpp"
#include "autograd/tensor/fwd.hpp"

namespace xtape {

enum class InterpolateMode { nearest, linear, bilinear };
constexpr std::array<std::string_view, 3> words(InterpolateMode) { return {"nearest", "linear", "bilinear"}; }

struct InterpolateOptions {
  detail::PerAxis size = {};                    ///< of the result; one number for all axes, or one for each
  detail::OneOrMore<double> scale_factor = {};  ///< in place of the size, which is rounded down
  detail::Choice<InterpolateMode> mode = InterpolateMode::nearest;  ///< also as "bilinear"
  std::optional<bool> align_corners = std::nullopt;  ///< of the linear modes: the corners keep their places
};
/// x {N, C, L} ("nearest", "linear") or {N, C, H, W} ("nearest", "bilinear"), of floats, in another size.
/// Either the size or the factor is given.
Tensor interpolate(const Tensor& x, const InterpolateOptions& options);

}  // namespace xtape
