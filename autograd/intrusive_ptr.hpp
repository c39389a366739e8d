// IntrusivePtr<T>: a shared pointer of one word to an object that counts its own references.
#pragma once

#include <utility>

namespace xtape {

/// T has functions `acquire(T*)` and `release(T*)` (which destroys it at zero) beside it; T may be
/// incomplete.
template <class T>
class IntrusivePtr {
 public:
  IntrusivePtr() = default;
  explicit IntrusivePtr(T* pointer) : pointer_(pointer) {
    if (pointer_) acquire(pointer_);
  }
  IntrusivePtr(const IntrusivePtr& other) : IntrusivePtr(other.pointer_) {}
  IntrusivePtr(IntrusivePtr&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
  IntrusivePtr& operator=(IntrusivePtr other) noexcept {
    std::swap(pointer_, other.pointer_);
    return *this;
  }
  ~IntrusivePtr() {
    if (pointer_) release(pointer_);
  }

  T* get() const { return pointer_; }
  T* operator->() const { return pointer_; }
  T& operator*() const { return *pointer_; }
  explicit operator bool() const { return pointer_ != nullptr; }
  friend bool operator==(const IntrusivePtr&, const IntrusivePtr&) = default;

 private:
  T* pointer_ = nullptr;
};

}  // namespace xtape
