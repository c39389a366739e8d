// Branch: what the option `key` of load takes of a file's names.
#pragma once

#include <string>
#include <string_view>

#include "autograd/base/error.hpp"
#include "files/state_dict.hpp"
#include "io/utf8.hpp"

namespace xtape::detail {

/// The names that begin with `key` and a dot, or are `key`; all where it is empty.
class Branch {
 public:
  explicit Branch(std::string_view key) : key_(key) {}

  /// Whether `name`, or one that goes on behind it, belongs to the branch.
  bool may_hold(std::string_view name) const {
    return holds(name) || (key_.starts_with(name) && key_[name.size()] == '.');
  }
  bool holds(std::string_view name) const {
    return key_.empty() || name == key_ || (name.starts_with(key_) && name[key_.size()] == '.');
  }
  /// The name without the key; a tensor that is the branch keeps its own.
  std::string name_within(std::string_view name) const {
    return std::string(key_.empty() || name == key_ ? name : name.substr(key_.size() + 1));
  }
  /// Throws, with the names that there are, where a file holds nothing of the branch.
  void check_found(const StateDict& found, const std::vector<std::string>& names,
                   const std::string& file) const {
    check(key_.empty() || !found.empty(), "{}: holds no tensors below \"{}\"; there are {}", file,
          io::printable(key_), io::printable_list(names, 20));
  }

 private:
  std::string_view key_;
};

}  // namespace xtape::detail
