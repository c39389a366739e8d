// TensorAccessor: a tensor's elements by plain arithmetic on a pointer, without the checks of Tensor.
#pragma once

#include <cstddef>
#include <cstdint>

namespace xtape {

/// What `x.accessor<float, 2>()` gives: `a[i][j]` is an element, to read and to write. dtype and dims were
/// checked once; indices are not checked. Valid for as long as the tensor; what it writes is not recorded.
template <class T, std::size_t N>
class TensorAccessor {
  static_assert(N > 0, "a 0-d tensor has one element: use item() or data()");

 public:
  TensorAccessor(T* data, const std::int64_t* sizes, const std::int64_t* strides)
      : data_(data), sizes_(sizes), strides_(strides) {}

  decltype(auto) operator[](std::int64_t i) const {
    T* const place = data_ + i * strides_[0];
    if constexpr (N == 1)
      return static_cast<T&>(*place);
    else
      return TensorAccessor<T, N - 1>(place, sizes_ + 1, strides_ + 1);
  }
  std::int64_t size(std::size_t dim) const { return sizes_[dim]; }
  std::int64_t stride(std::size_t dim) const { return strides_[dim]; }
  T* data() const { return data_; }

 private:
  T* data_;
  const std::int64_t* sizes_;
  const std::int64_t* strides_;
};

}  // namespace xtape
