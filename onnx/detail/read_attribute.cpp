// What an attribute holds, by its type; files before IR version 2 do not name it.
#include "onnx/detail/read_attribute.hpp"

#include "io/utf8.hpp"
#include "onnx/detail/tensor_proto.hpp"

namespace xtape::onnx::detail {

using proto::AttributeProto;

namespace {

AttributeProto::AttributeType type_of(const AttributeProto& attribute) {
  if (attribute.has_type() && attribute.type() != AttributeProto::UNDEFINED) return attribute.type();
  if (attribute.has_f()) return AttributeProto::FLOAT;
  if (attribute.has_i()) return AttributeProto::INT;
  if (attribute.has_s()) return AttributeProto::STRING;
  if (attribute.has_t()) return AttributeProto::TENSOR;
  if (attribute.has_g()) return AttributeProto::GRAPH;
  if (attribute.floats_size() > 0) return AttributeProto::FLOATS;
  if (attribute.ints_size() > 0) return AttributeProto::INTS;
  if (attribute.strings_size() > 0) return AttributeProto::STRINGS;
  return AttributeProto::UNDEFINED;
}

}  // namespace

bool is_graph(const AttributeProto& attribute) { return type_of(attribute) == AttributeProto::GRAPH; }

std::optional<Attributes::Value> read_attribute(const AttributeProto& attribute, const std::string& where,
                                                const ExternalData& external) {
  switch (type_of(attribute)) {
    case AttributeProto::FLOAT: return static_cast<double>(attribute.f());
    case AttributeProto::INT: return static_cast<std::int64_t>(attribute.i());
    case AttributeProto::STRING: return attribute.s();
    case AttributeProto::FLOATS:
      return Attributes::Numbers(attribute.floats().begin(), attribute.floats().end());
    case AttributeProto::INTS: return Attributes::Integers(attribute.ints().begin(), attribute.ints().end());
    case AttributeProto::STRINGS:
      return Attributes::Texts(attribute.strings().begin(), attribute.strings().end());
    case AttributeProto::TENSOR:
      if (!dtype_of(attribute.t().data_type())) return std::nullopt;
      return to_tensor(attribute.t(), where + ": attribute " + io::printable(attribute.name()), external);
    default: return std::nullopt;
  }
}

}  // namespace xtape::onnx::detail
