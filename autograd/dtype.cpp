// Checks of element types.
#include "autograd/dtype.hpp"

namespace xtape {

void check_floating(DType dtype, std::string_view op) {
  check(is_floating(dtype), "{}: expected float32 or float64, got {}", op, name_of(dtype));
}

}  // namespace xtape
