// AttributeProto to the value of an attribute.
#pragma once

#include <optional>
#include <string>

#include "onnx/detail/attributes.hpp"
#include "onnx/detail/external_data.hpp"
#include "onnx/detail/schema.hpp"

namespace xtape::onnx::detail {

bool is_graph(const proto::AttributeProto& attribute);
/// The value of an attribute that is no graph; nothing where its type serves no operator (lists of tensors
/// and graphs, sparse tensors, types). Throws where it holds another one than it says; `where` names the
/// node.
std::optional<Attributes::Value> read_attribute(const proto::AttributeProto& attribute,
                                                const std::string& where, const ExternalData& external);

}  // namespace xtape::onnx::detail
