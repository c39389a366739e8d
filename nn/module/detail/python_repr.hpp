// Numbers as Python prints them, for the text of modules.
#pragma once

#include <string>

#include "autograd/base/per_axis.hpp"

namespace xtape::nn {

/// 1.0, 0.01, 1e-05
std::string python_repr(double value);
/// True or False
std::string python_repr(bool value);
/// (3, 4), and (3,) of one
std::string python_repr(const Shape& values);
/// 2, or (3, 2) where it was given so
std::string python_repr(const xtape::detail::PerAxis& values);

/// ", inplace=True" behind other options, or nothing.
std::string inplace_text(bool inplace);

}  // namespace xtape::nn
