// What numbers an optimiser takes.
#include "nn/optim/groups.hpp"

#include "autograd/base/error.hpp"

namespace xtape::optim {

void check_not_negative(double value, std::string_view option, std::string_view op) {
  check(value >= 0, "{}: {} is {}; expected 0 or more", op, option, value);
}

void check_options(const Values& options) { check_not_negative(options.at("lr"), "lr", "optim"); }

}  // namespace xtape::optim
