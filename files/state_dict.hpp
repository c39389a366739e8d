// StateDict: an ordered list of named tensors, what a module or an optimiser saves and loads.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

/// Names to tensors in the order of their insertion: `StateDict{{"0.weight", w}, {"0.bias", b}}`. Its tensors
/// are handles; a dict that a module gave shares its parameters' storage until they are replaced.
class StateDict {
 public:
  using value_type = std::pair<std::string, Tensor>;

  StateDict() = default;
  /// Throws where a name appears twice.
  StateDict(std::initializer_list<value_type> entries);

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  bool contains(std::string_view name) const { return index_.contains(std::string(name)); }

  /// The tensor of that name; an Error that lists the names there are if it is missing.
  const Tensor& at(std::string_view name) const;
  const Tensor& operator[](std::string_view name) const { return at(name); }
  /// As above, but inserts an undefined tensor for a new name: `dict["w"] = w`.
  Tensor& operator[](std::string_view name);
  /// Adds an entry; throws where the name is taken.
  void insert(std::string name, Tensor value);
  std::vector<std::string> keys() const;

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<value_type> entries_;
  std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace xtape
