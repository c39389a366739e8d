// Attributes: what a node says beside its inputs, by name and already converted.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::onnx::detail {

struct Graph;

/// Asking for an attribute by another type than it has is an Error that names it. Defaults stand with those
/// who ask, as they are part of what an operator means.
class Attributes {
 public:
  using Integers = std::vector<std::int64_t>;
  using Numbers = std::vector<double>;
  using Texts = std::vector<std::string>;
  using Subgraph = std::shared_ptr<const Graph>;
  using Value = std::variant<std::int64_t, double, std::string, Integers, Numbers, Texts, Tensor, Subgraph>;

  /// Shared by all nodes that a function's body became.
  using Held = std::shared_ptr<const Value>;

  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  std::int64_t integer(std::string_view name, std::optional<std::int64_t> otherwise = {}) const;
  double number(std::string_view name, std::optional<double> otherwise = {}) const;
  std::string text(std::string_view name, std::optional<std::string> otherwise = {}) const;
  /// Empty lists where they are left out.
  Integers integers(std::string_view name) const;
  Numbers numbers(std::string_view name) const;
  Texts texts(std::string_view name) const;
  Tensor tensor(std::string_view name) const;
  const Graph& graph(std::string_view name) const;

  void set(std::string name, Held value) { values_.insert_or_assign(std::move(name), std::move(value)); }

 private:
  template <class T>
  const T* find(std::string_view name, std::string_view type) const;
  template <class T>
  const T& require(std::string_view name, std::string_view type) const;

  std::map<std::string, Held, std::less<>> values_;
};

}  // namespace xtape::onnx::detail
