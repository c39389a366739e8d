// Numbers: an option that may be one number or several, as torchvision's `degrees` and `shear`.
#pragma once

#include "autograd/base/lists.hpp"
#include "autograd/base/scalar.hpp"

namespace xtape::datasets {

/// `10`, `{-5, 10}` or `{}`.
using Numbers = xtape::detail::OneOrMore<double>;

}  // namespace xtape::datasets
