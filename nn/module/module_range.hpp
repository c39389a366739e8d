// ModuleRange: modules to go through by reference, what modules() and children() give.
#pragma once

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "autograd/base/error.hpp"

namespace xtape::nn {

class ModuleBase;

/// `for (M& module : range)`. It holds no module alive.
template <class M = ModuleBase>
class ModuleRange {
 public:
  class Iterator {
   public:
    using value_type = M;
    using reference = M&;
    using pointer = M*;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;

    Iterator() = default;
    explicit Iterator(M* const* at) : at_(at) {}
    M& operator*() const { return **at_; }
    M* operator->() const { return *at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(at_++); }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    M* const* at_ = nullptr;
  };

  explicit ModuleRange(std::vector<M*> modules) : modules_(std::move(modules)) {}

  std::size_t size() const { return modules_.size(); }
  bool empty() const { return modules_.empty(); }
  M& operator[](std::size_t index) const {
    check(index < size(), "index {} is out of range for {} modules", index, size());
    return *modules_[index];
  }
  Iterator begin() const { return Iterator(modules_.data()); }
  Iterator end() const { return Iterator(modules_.data() + modules_.size()); }

 private:
  std::vector<M*> modules_;
};

}  // namespace xtape::nn
