// What stands between the brackets of x[...]: TensorIndex, and the lists of them that index() takes.
#pragma once

#include <concepts>
#include <initializer_list>
#include <variant>
#include <vector>

#include "autograd/ops/slice.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

struct EllipsisIndex {};
/// As an index: a whole slice of each dim that no other index names. "..." says the same.
inline constexpr EllipsisIndex Ellipsis;

/// One of the indices of x.index({...}): an integer, a Slice, None, Ellipsis or "...", a bool, or a tensor of
/// integers or bools.
class TensorIndex {
 public:
  using Value = std::variant<std::nullopt_t, EllipsisIndex, std::int64_t, bool, Slice, Tensor>;

  TensorIndex(std::nullopt_t);     // NOLINT: implicit, all of them: lists of indices
  TensorIndex(EllipsisIndex all);  // NOLINT
  TensorIndex(const char* text);   // NOLINT
  TensorIndex(Slice slice);        // NOLINT
  TensorIndex(Tensor tensor);      // NOLINT
  template <std::same_as<bool> B>
  TensorIndex(B all) : TensorIndex(Whole{all}) {}  // NOLINT
  template <Integer I>
  TensorIndex(I at) : TensorIndex(At{static_cast<std::int64_t>(at)}) {}  // NOLINT
  template <std::floating_point F>
  TensorIndex(F) : TensorIndex(None) {  // NOLINT: chosen only to say what is wrong
    static_assert(!std::floating_point<F>,
                  "an index is an integer, Slice, None, Ellipsis, bool or tensor; "
                  "a floating-point number is none: write static_cast<int>(x)");
  }

  // Out of line, for every user's file would compile them, which a variant makes costly.
  TensorIndex(const TensorIndex&);
  TensorIndex(TensorIndex&&) noexcept;
  TensorIndex& operator=(const TensorIndex&);
  TensorIndex& operator=(TensorIndex&&) noexcept;
  ~TensorIndex();

  const Value& value() const { return value_; }

 private:
  struct Whole {
    bool value;
  };
  struct At {
    std::int64_t value;
  };
  explicit TensorIndex(Whole all);
  explicit TensorIndex(At at);

  Value value_;
};

template <class T>
requires(std::same_as<T, bool> || std::floating_point<T>) Tensor Tensor::operator[](T index) const {
  return (*this)[TensorIndex(index)];  // which says what is wrong with 0.5
}

/// torch::indexing's names, for programs that open it.
namespace indexing {
using xtape::Ellipsis;
using xtape::None;
using xtape::Slice;
using xtape::TensorIndex;
}  // namespace indexing

namespace detail {

/// {rows, Slice(1, None), 0}, or a vector of indices or of tensors; a tensor alone needs no braces.
class IndexList {
 public:
  IndexList() = default;
  IndexList(std::initializer_list<TensorIndex> indices) : indices_(indices) {}   // NOLINT: implicit
  IndexList(std::vector<TensorIndex> indices) : indices_(std::move(indices)) {}  // NOLINT
  IndexList(const std::vector<Tensor>& tensors) : indices_(tensors.begin(), tensors.end()) {}  // NOLINT
  IndexList(const Tensor& tensor) : indices_{tensor} {}                                        // NOLINT

  const std::vector<TensorIndex>& values() const { return indices_; }

 private:
  std::vector<TensorIndex> indices_;
};

}  // namespace detail

}  // namespace xtape
