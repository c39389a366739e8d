// Numbers as Python prints them, for the text of modules.
#pragma once

#include <string>

#include "autograd/base/shape.hpp"

namespace xtape::nn {

/// 1.0, 0.01, 1e-05
std::string python_repr(double value);
/// True or False
std::string python_repr(bool value);
/// (3, 4), and (3,) of one
std::string python_repr(const Shape& values);

}  // namespace xtape::nn
