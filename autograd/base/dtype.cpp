// Printing and checks of element types.
#include "autograd/base/dtype.hpp"

#include <ostream>

namespace xtape {

std::ostream& operator<<(std::ostream& out, DType dtype) { return out << name_of(dtype); }

void check_floating(DType dtype, std::string_view op) {
  if (!is_floating(dtype)) detail::throw_not_floating(dtype, op);
}

void detail::throw_not_floating(DType dtype, std::string_view op) {
  throw Error(fmt::format("{}: expected float32 or float64, got {}", op, name_of(dtype)));
}

}  // namespace xtape
