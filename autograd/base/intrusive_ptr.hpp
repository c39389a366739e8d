// IntrusivePtr<T>: a shared pointer of one word to an object that counts its own references.
// RefCount: the count inside that object.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace xtape::detail {

/// A count of references. It begins at one: the creator's, which IntrusivePtr::adopt takes over.
class RefCount {
 public:
  void increment() { count_.fetch_add(1, std::memory_order_relaxed); }
  /// Takes one reference back; true where it was the last.
  bool decrement() {
    // A sole holder needs no locked instruction, the dearest part of a small op: nobody else can raise the
    // count.
    return is_one() || count_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  bool is_one() const { return count_.load(std::memory_order_acquire) == 1; }
  /// Right only while nobody else takes or gives back references.
  std::int32_t count() const { return count_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::int32_t> count_{1};
};

/// T has functions `acquire(T*)` and `release(T*)` (which destroys it at zero) beside it; T may be
/// incomplete.
template <class T>
class IntrusivePtr {
 public:
  IntrusivePtr() = default;
  /// Adds a reference.
  explicit IntrusivePtr(T* pointer) : pointer_(pointer) {
    if (pointer_) acquire(pointer_);
  }
  /// Takes over a reference that is counted already, as the first one of a new object.
  static IntrusivePtr adopt(T* pointer) {
    IntrusivePtr adopted;
    adopted.pointer_ = pointer;
    return adopted;
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

}  // namespace xtape::detail
