// Parameter and Buffer: a module's tensors as members that follow the module, when it is cloned or when
// another tensor takes the place of theirs.
#pragma once

#include <memory>
#include <utility>

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

/// What register_parameter and register_buffer give: the tensor, and the slot in the state that all handles
/// of the module share, for a Parameter or Buffer to read.
class Registered : public Tensor {
 public:
  explicit Registered(std::shared_ptr<Tensor> slot) : Tensor(*slot), slot_(std::move(slot)) {}
  const std::shared_ptr<Tensor>& slot() const { return slot_; }

 private:
  std::shared_ptr<Tensor> slot_;
};

namespace detail {
/// The slot that stands for `slot` in the copy, while a module is being cloned; else the slot itself.
std::shared_ptr<Tensor> slot_in_copy(const std::shared_ptr<Tensor>& slot);
}  // namespace detail

/// Reads a slot each time it is used: `nn::Parameter scale = register_parameter("scale", ones({3}))`. Goes
/// where a Tensor goes; methods are called by an arrow, `scale->grad()`. A template so that the functions
/// beside Tensor, its argument, are found without naming their namespace: relu(scale).
template <class T>
class Member {
 public:
  Member(const Registered& registered) : slot_(registered.slot()) {}  // NOLINT: implicit
  Member(const Member& other) : slot_(detail::slot_in_copy(other.slot_)) {}
  Member& operator=(const Member& other) {
    slot_ = detail::slot_in_copy(other.slot_);
    return *this;
  }
  ~Member() = default;

  operator const T&() const { return *slot_; }                  // NOLINT: implicit
  operator op::Operand() const { return op::Operand(*slot_); }  // NOLINT: implicit, what arithmetic takes
  const T& operator*() const { return *slot_; }
  const T* operator->() const { return slot_.get(); }

 private:
  std::shared_ptr<T> slot_;
};

using Parameter = Member<Tensor>;
using Buffer = Member<Tensor>;

}  // namespace xtape::nn
