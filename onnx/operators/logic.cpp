// Comparisons, logic and bits.
#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

Results is_infinite(const Call& call) {
  const Tensor& x = call[0];
  const double infinity = std::numeric_limits<double>::infinity();
  Tensor found = zeros(x.shape(), {.dtype = kBool});
  if (call.integer("detect_positive", 1) != 0) found = logical_or(found, x == infinity);
  if (call.integer("detect_negative", 1) != 0) found = logical_or(found, x == -infinity);
  return found;
}

Results shifted(const Call& call) {
  const std::string direction = call.text("direction");
  check(direction == "LEFT" || direction == "RIGHT", "the direction is \"{}\"; expected LEFT or RIGHT",
        direction);
  const std::vector<Tensor> both = broadcast_tensors({call[0], call[1]});
  std::vector<std::int64_t> values = both[0].to_vector<std::int64_t>();
  const std::vector<std::int64_t> places = both[1].to_vector<std::int64_t>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    check(places[i] >= 0 && places[i] < 64, "shifts by {} places; expected 0 to 63", places[i]);
    const auto bits = static_cast<std::uint64_t>(values[i]);
    values[i] = static_cast<std::int64_t>(direction == "LEFT" ? bits << places[i] : bits >> places[i]);
  }
  const std::int64_t mask = call[0].dtype() == kUInt8 ? 0xff : -1;
  return (from_vector(values, both[0].shape()) & mask).to(call[0].dtype());
}

}  // namespace

Operators logic_operators() {
  return {{"And", 1, binary(logical_and)},
          {"BitShift", 11, shifted, "of uint8, and of the others as int64"},
          {"BitwiseAnd", 18, binary(bitwise_and)},
          {"BitwiseNot", 18, unary(bitwise_not)},
          {"BitwiseOr", 18, binary(bitwise_or)},
          {"BitwiseXor", 18, binary(bitwise_xor)},
          {"Equal", 1, binary(eq)},
          {"Greater", 1, binary(gt)},
          {"GreaterOrEqual", 12, binary(ge)},
          {"IsInf", 10, is_infinite},
          {"IsNaN", 9, unary(isnan)},
          {"Less", 1, binary(lt)},
          {"LessOrEqual", 12, binary(le)},
          {"Not", 1, unary(logical_not)},
          {"Or", 1, binary(logical_or)},
          {"Where", 9, [](const Call& call) { return where(call[0], call[1], call[2]); }},
          {"Xor", 1, binary(logical_xor)}};
}

}  // namespace xtape::onnx::detail
