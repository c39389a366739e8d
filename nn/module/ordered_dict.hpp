// OrderedDict: values by name in the order of their insertion, what named_parameters() and the like give.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/error.hpp"

namespace xtape::nn {

/// `dict["fc.weight"]`, `dict[0].value()`, `for (const auto& [name, value] : dict)`. T may be a reference.
template <class T>
class OrderedDict {
 public:
  /// A pair, so that it unpacks.
  struct Item : std::pair<std::string, T> {
    using std::pair<std::string, T>::pair;
    const std::string& key() const { return this->first; }
    const T& value() const { return this->second; }
  };

  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  /// The value of that name; an Error that lists the names there are if it is missing. By value, since a dict
  /// is a temporary as a rule.
  T operator[](std::string_view name) const {
    const Item* item = find(name);
    check(item != nullptr, "there is no \"{}\"; there are {}", name, joined_keys());
    return item->second;
  }
  /// The item at that place.
  Item operator[](std::size_t index) const {
    check(index < size(), "index {} is out of range for {} names", index, size());
    return items_[index];
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> names;
    for (const Item& item : items_) names.push_back(item.first);
    return names;
  }
  /// Adds an item; whoever calls sees to it that the name is new.
  void insert(std::string name, T value) { items_.emplace_back(std::move(name), std::forward<T>(value)); }

  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  const Item* find(std::string_view name) const {
    for (const Item& item : items_) {
      if (item.first == name) return &item;
    }
    return nullptr;
  }

  std::string joined_keys() const {
    std::string text;
    for (const Item& item : items_) text += (text.empty() ? "" : ", ") + item.first;
    return text;
  }

  std::vector<Item> items_;
};

}  // namespace xtape::nn
