// Numbers that a type does not hold.
#include "autograd/base/scalar.hpp"

namespace xtape {

void Scalar::refuse(std::string_view op, bool to_integer, int bytes) const {
  const std::string number = is_floating(dtype_) ? fmt::format("{}", real_) : fmt::format("{}", integer_);
  throw Error(fmt::format("{}: the number {} does not fit in {} of {} bits", op, number,
                          to_integer ? "an integer" : "a float", 8 * bytes));
}

void Scalar::refuse_unsigned(std::uint64_t value) {
  throw Error(fmt::format("Scalar: the number {} does not fit in an integer of 64 bits with a sign", value));
}

void detail::check_holds(DType dtype, Scalar value, std::string_view op) {
  visit(dtype, [&](auto zero) { static_cast<void>(value.checked<decltype(zero)>(op)); });
}

}  // namespace xtape
