// What kernels write beside their results: vectors in blocks of the pool, so that a step takes no fresh
// memory, whose pages would have to be cleared by the system. Buffer<T>(n) has undefined contents.
#pragma once

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

#include "autograd/base/storage.hpp"

namespace xtape::kernels {

template <class T>
struct FromPool {
  using value_type = T;

  FromPool() = default;
  template <class Other>
  FromPool(const FromPool<Other>&) {}  // NOLINT(google-explicit-constructor): as the standard asks

  T* allocate(std::size_t n) { return static_cast<T*>(detail::pool::allocate(n * sizeof(T))); }
  void deallocate(T* block, std::size_t n) { detail::pool::deallocate(block, n * sizeof(T)); }
  template <class Number>
  void construct(Number* at) {
    ::new (static_cast<void*>(at)) Number;
  }
  template <class Number, class... Arguments>
  void construct(Number* at, Arguments&&... arguments) {
    ::new (static_cast<void*>(at)) Number(std::forward<Arguments>(arguments)...);
  }
  bool operator==(const FromPool&) const = default;
};

template <class T>
using Buffer = std::vector<T, FromPool<T>>;

}  // namespace xtape::kernels
