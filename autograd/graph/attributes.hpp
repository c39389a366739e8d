// Attributes: an op's settings by name, such as its dim, for whoever looks at a graph.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "autograd/base/dtype.hpp"
#include "autograd/base/scalar.hpp"
#include "autograd/base/shape.hpp"

namespace xtape {

namespace op {

/// The value of an attribute: a dtype is its name, sizes and dims are a list, and what is left out, as a
/// bound of clamp, is std::monostate.
using AttributeValue =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::int64_t>>;
}  // namespace op

namespace detail {
op::AttributeValue attribute_value(bool value);
op::AttributeValue attribute_value(std::int64_t value);
op::AttributeValue attribute_value(double value);
op::AttributeValue attribute_value(DType value);
op::AttributeValue attribute_value(Dim value);
op::AttributeValue attribute_value(const Shape& value);
op::AttributeValue attribute_value(Scalar value);
op::AttributeValue attribute_value(const std::optional<Scalar>& value);
op::AttributeValue attribute_value(std::string_view value);
template <Integer I>
op::AttributeValue attribute_value(I value) {
  return attribute_value(static_cast<std::int64_t>(value));
}
}  // namespace detail

namespace op {

struct Attribute {
  template <class T>
  Attribute(std::string_view attribute_name, const T& attribute_value)
      : name(attribute_name), value(detail::attribute_value(attribute_value)) {}

  std::string_view name;  ///< PyTorch's, where it has the attribute; a literal
  AttributeValue value;
};

/// What an op with data members gives: `Attributes attributes() const { return {{"dim", dim}, ...}; }`.
using Attributes = std::vector<Attribute>;

/// "true", "-1", "0.5", "float32", "{2, 3}"; "none" where it is left out.
std::string to_string(const AttributeValue& value);

}  // namespace op

}  // namespace xtape
