// Shape: a short list of integers kept inline. It serves as sizes, as strides and as a list of dims.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "autograd/base/error.hpp"

namespace xtape {

/// An integer of any type but bool: a bool is neither a dim nor a size.
template <class I>
concept Integer = std::integral<I> && !std::same_as<I, bool>;

/// The number of a dim; negative ones count from the end. Numbers with a fraction and bools do not convert.
class Dim {
 public:
  template <Integer I>
  constexpr Dim(I dim)
      : dim_(static_cast<std::int64_t>(dim)) {}             // NOLINT: implicit, so that softmax(x, 1) reads
  constexpr operator std::int64_t() const { return dim_; }  // NOLINT: as in PyTorch

 private:
  std::int64_t dim_;
};

/// What a Shape is made of.
template <class I>
concept SizeLike = Integer<I> || std::same_as<I, Dim>;

class Shape {
 public:
  static constexpr int kMaxDims = 8;

  constexpr Shape() = default;

  /// Shape{2, n, m} from integers of any types, and Shape(3) from one.
  template <SizeLike... I>
  requires(sizeof...(I) > 0 && sizeof...(I) <= kMaxDims) constexpr Shape(
      I... sizes)  // NOLINT: implicit, so that zeros({2, 3}) and sum(x, 1) read as in PyTorch
      : sizes_{static_cast<std::int64_t>(sizes)...}, dim_(sizeof...(I)) {}

  template <SizeLike I>
  Shape(const std::vector<I>& sizes) : Shape(sizes.begin(), sizes.end()) {}  // NOLINT: implicit as above

  template <SizeLike I, std::size_t N>
  Shape(const std::array<I, N>& sizes) : Shape(sizes.begin(), sizes.end()) {}  // NOLINT: implicit as above

  template <std::input_iterator Iterator>
  Shape(Iterator first, Iterator last) {
    for (; first != last; ++first) push_back(static_cast<std::int64_t>(*first));
  }

  /// `count` entries of `value`.
  static Shape filled(int count, std::int64_t value) {
    Shape shape;
    for (int i = 0; i < count; ++i) shape.push_back(value);
    return shape;
  }

  constexpr int size() const { return dim_; }
  constexpr bool empty() const { return dim_ == 0; }
  constexpr std::int64_t operator[](int i) const { return sizes_[static_cast<std::size_t>(i)]; }
  constexpr std::int64_t& operator[](int i) { return sizes_[static_cast<std::size_t>(i)]; }
  constexpr std::int64_t back() const { return sizes_[static_cast<std::size_t>(dim_ - 1)]; }

  constexpr const std::int64_t* begin() const { return sizes_.data(); }
  constexpr const std::int64_t* end() const { return sizes_.data() + dim_; }
  constexpr std::int64_t* begin() { return sizes_.data(); }
  constexpr std::int64_t* end() { return sizes_.data() + dim_; }

  void push_back(std::int64_t value) {
    if (dim_ == kMaxDims) [[unlikely]]
      throw_full();
    sizes_[static_cast<std::size_t>(dim_++)] = value;
  }
  void insert(int position, std::int64_t value) {
    push_back(value);
    for (int i = dim_ - 1; i > position; --i) std::swap((*this)[i], (*this)[i - 1]);
  }
  void erase(int position) {
    for (int i = position; i + 1 < dim_; ++i) (*this)[i] = (*this)[i + 1];
    --dim_;
  }

  /// The product of the sizes; 1 for a 0-d shape, 0 where one of them is 0. Throws where it does not fit into
  /// 63 bits.
  std::int64_t numel() const {
    std::int64_t n = 1;
    for (std::int64_t size : *this) {
      if (__builtin_mul_overflow(n, size, &n)) [[unlikely]]
        return numel_of_many();
    }
    return n;
  }

  std::vector<std::int64_t> to_vector() const { return {begin(), end()}; }
  std::string to_string() const;  // {3, 4}

  friend constexpr bool operator==(const Shape& a, const Shape& b) {
    if (a.dim_ != b.dim_) return false;
    for (int i = 0; i < a.dim_; ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  }

 private:
  [[noreturn]] static void throw_full();
  std::int64_t numel_of_many() const;

  std::array<std::int64_t, kMaxDims> sizes_{};
  int dim_ = 0;
};

/// A list of dims; negative ones count from the end.
using Dims = Shape;

namespace detail {
/// Row-major strides, in elements. Beyond 63 bits, which only tensors without elements reach, they are 0.
inline Shape contiguous_strides(const Shape& shape) {
  Shape strides = shape;
  std::int64_t stride = 1;
  for (int i = shape.size() - 1; i >= 0; --i) {
    strides[i] = stride;
    if (shape[i] > 1 && __builtin_mul_overflow(stride, shape[i], &stride)) [[unlikely]]
      stride = 0;
  }
  return strides;
}
}  // namespace detail

/// `dim` counted from the front; an Error that names `op` where it is out of range for `dims` dims.
/// A 0-d tensor accepts 0 and -1, as in PyTorch.
int wrap_dim(std::int64_t dim, int dims, const char* op);

/// The NumPy broadcast of two shapes; an Error that names `op` where they do not fit.
Shape broadcast_shapes(const Shape& a, const Shape& b, const char* op);

namespace detail {
/// Whether a tensor of shape `from` broadcasts to exactly `to`.
bool broadcasts_to(const Shape& from, const Shape& to);
}  // namespace detail

std::ostream& operator<<(std::ostream& out, const Shape& shape);

}  // namespace xtape

template <>
struct fmt::formatter<xtape::Shape> : xtape::detail::TextFormatter {
  template <class Context>
  auto format(const xtape::Shape& shape, Context& context) const {
    return write(shape.to_string(), context);
  }
};
