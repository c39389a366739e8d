// Attributes by name and type.
#include "onnx/detail/attributes.hpp"

#include "autograd/base/error.hpp"

namespace xtape::onnx::detail {

template <class T>
const T* Attributes::find(std::string_view name, std::string_view type) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return nullptr;
  const T* value = std::get_if<T>(found->second.get());
  check(value != nullptr, "the attribute {} is of another type than {}", name, type);
  return value;
}

template <class T>
const T& Attributes::require(std::string_view name, std::string_view type) const {
  const T* value = find<T>(name, type);
  check(value != nullptr, "the attribute {} ({}) is missing", name, type);
  return *value;
}

std::int64_t Attributes::integer(std::string_view name, std::optional<std::int64_t> otherwise) const {
  const auto* value = find<std::int64_t>(name, "an integer");
  return value == nullptr && otherwise ? *otherwise : require<std::int64_t>(name, "an integer");
}

double Attributes::number(std::string_view name, std::optional<double> otherwise) const {
  const auto* value = find<double>(name, "a number");
  return value == nullptr && otherwise ? *otherwise : require<double>(name, "a number");
}

std::string Attributes::text(std::string_view name, std::optional<std::string> otherwise) const {
  const auto* value = find<std::string>(name, "a text");
  return value == nullptr && otherwise ? *otherwise : require<std::string>(name, "a text");
}

Attributes::Integers Attributes::integers(std::string_view name) const {
  const auto* value = find<Integers>(name, "a list of integers");
  return value == nullptr ? Integers() : *value;
}

Attributes::Numbers Attributes::numbers(std::string_view name) const {
  const auto* value = find<Numbers>(name, "a list of numbers");
  return value == nullptr ? Numbers() : *value;
}

Attributes::Texts Attributes::texts(std::string_view name) const {
  const auto* value = find<Texts>(name, "a list of texts");
  return value == nullptr ? Texts() : *value;
}

Tensor Attributes::tensor(std::string_view name) const { return require<Tensor>(name, "a tensor"); }

const Graph& Attributes::graph(std::string_view name) const { return *require<Subgraph>(name, "a graph"); }

}  // namespace xtape::onnx::detail
