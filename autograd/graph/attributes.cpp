// What becomes an attribute's value, and how it is written.
#include "autograd/graph/attributes.hpp"

#include <fmt/format.h>

namespace xtape {

using namespace op;

namespace detail {

AttributeValue attribute_value(bool value) { return value; }
AttributeValue attribute_value(std::int64_t value) { return value; }
AttributeValue attribute_value(double value) { return value; }
AttributeValue attribute_value(DType value) { return std::string(name_of(value)); }
AttributeValue attribute_value(Dim value) { return std::int64_t{value}; }
AttributeValue attribute_value(std::string_view value) { return std::string(value); }
AttributeValue attribute_value(const Shape& value) {
  return std::vector<std::int64_t>(value.begin(), value.end());
}
AttributeValue attribute_value(Scalar value) {
  if (value.dtype() == kBool) return value.to<bool>();
  if (value.dtype() == kInt64) return value.to<std::int64_t>();
  return value.to<double>();
}
AttributeValue attribute_value(const std::optional<Scalar>& value) {
  return value ? attribute_value(*value) : AttributeValue();
}

}  // namespace detail

namespace {

struct Text {
  std::string operator()(std::monostate) const { return "none"; }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<std::int64_t>& value) const {
    return fmt::format("{{{}}}", fmt::join(value, ", "));
  }
  template <class T>
  std::string operator()(T value) const {
    return fmt::format("{}", value);
  }
};

}  // namespace

std::string op::to_string(const AttributeValue& value) { return std::visit(Text(), value); }

}  // namespace xtape
