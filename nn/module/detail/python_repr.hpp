// Numbers as Python prints them, for the text of modules.
#pragma once

#include <string>

namespace xtape::nn {

/// 1.0, 0.01, 1e-05
std::string python_repr(double value);
/// True or False
std::string python_repr(bool value);

}  // namespace xtape::nn
