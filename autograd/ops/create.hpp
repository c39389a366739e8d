// Tensors from nothing: constants, ranges, random numbers, and values of the caller.
#pragma once

#include <concepts>
#include <initializer_list>
#include <vector>

#include "autograd/base/range.hpp"
#include "autograd/tensor/fwd.hpp"
#include "autograd/tensor/options.hpp"

namespace xtape {

namespace detail {
template <class T>
inline constexpr bool holds_numbers = Number<T>;
template <Range R>
inline constexpr bool holds_numbers<R> = holds_numbers<RangeValue<R>>;
}  // namespace detail

/// A number, or a brace list of lists of numbers: what tensor({{1.0, 2.0}, {3.0, 4.0}}) is called with.
/// Vectors, arrays and other ranges of numbers, and ranges of ranges, serve as lists do.
class TensorData {
 public:
  template <Number T>
  TensorData(T value)
      : values_{Scalar(value)}, dtype_(Scalar(value).dtype()) {}  // NOLINT: implicit, lists nest
  TensorData(std::initializer_list<TensorData> rows);
  template <detail::Range R>
  requires detail::holds_numbers<R> TensorData(const R& values)  // NOLINT: implicit
      : TensorData(no_rows<detail::RangeValue<R>>()) {
    for (const auto& value : values) add_row(static_cast<detail::RangeValue<R>>(value));
  }

  const Shape& shape() const { return shape_; }
  const std::vector<Scalar>& values() const { return values_; }
  DType dtype() const { return dtype_; }

 private:
  TensorData(const Shape& shape, DType dtype) : shape_(shape), dtype_(dtype) {}
  template <class Row>
  static TensorData no_rows() {
    if constexpr (Number<Row>)
      return TensorData(Shape{0}, Scalar(Row{}).dtype());
    else
      return TensorData(Shape{0}, no_rows<detail::RangeValue<Row>>().dtype_);
  }
  /// Appends a row, whose shape is that of the rows before it.
  void add_row(const TensorData& row);

  Shape shape_;
  std::vector<Scalar> values_;
  DType dtype_;
};

/// float32 from floating-point values, int64 from integers, bool from bools; `dtype` in the options
/// overrides.
Tensor tensor(const TensorData& data, const TensorOptions& options = {});
/// Copies `values` (of any number type) into a tensor of `shape`. float, double, int64, uint8, int8, int16
/// and bool keep their type, other floats become float64 and other integers, int too, int64, unless the
/// options name a dtype.
template <Number T>
Tensor from_vector(const std::vector<T>& values, const Shape& shape, const TensorOptions& options = {});

Tensor empty(const Shape& shape, const TensorOptions& options = {});  ///< contents undefined
/// For `using namespace std`, whose own empty({2, 3}) is a bool: this one is more constrained, and so
/// preferred.
template <std::integral I>
Tensor empty(std::initializer_list<I> shape);
Tensor zeros(const Shape& shape, const TensorOptions& options = {});
Tensor ones(const Shape& shape, const TensorOptions& options = {});
Tensor full(const Shape& shape, Scalar value, const TensorOptions& options = {});

namespace detail {
template <class... T>
inline constexpr bool several_sizes = sizeof...(T) > 1 && (std::integral<T> && ...);
template <class... T>
void refuse_sizes() {
  static_assert(sizeof...(T) == 0, "a shape stands in braces: write zeros({2, 3}) for zeros(2, 3)");
}
}  // namespace detail
// PyTorch's spelling in Python, for an error that says what to write.
template <class... T>
requires detail::several_sizes<T...>
void empty(T...) { detail::refuse_sizes<T...>(); }
template <class... T>
requires detail::several_sizes<T...>
void zeros(T...) { detail::refuse_sizes<T...>(); }
template <class... T>
requires detail::several_sizes<T...>
void ones(T...) { detail::refuse_sizes<T...>(); }
template <class... T>
requires detail::several_sizes<T...>
void rand(T...) { detail::refuse_sizes<T...>(); }
template <class... T>
requires detail::several_sizes<T...>
void randn(T...) { detail::refuse_sizes<T...>(); }

Tensor eye(std::int64_t n, const TensorOptions& options = {});
Tensor eye(std::int64_t n, std::int64_t m, const TensorOptions& options = {});

/// start, start + step, ... below end. int64 where all three are integers.
Tensor arange(Scalar end, const TensorOptions& options = {});
Tensor arange(Scalar start, Scalar end, const TensorOptions& options = {});
Tensor arange(Scalar start, Scalar end, Scalar step, const TensorOptions& options = {});
/// `steps` numbers from start to end, both included.
Tensor linspace(Scalar start, Scalar end, std::int64_t steps, const TensorOptions& options = {});

/// base^y for the y of linspace(start, end, steps).
Tensor logspace(Scalar start, Scalar end, std::int64_t steps, double base = 10,
                const TensorOptions& options = {});

/// The rows and columns, {2, count}, of the elements on and below (above) a diagonal of a {row, col} matrix.
Tensor tril_indices(std::int64_t row, std::int64_t col, std::int64_t offset = 0,
                    const TensorOptions& options = {});
Tensor triu_indices(std::int64_t row, std::int64_t col, std::int64_t offset = 0,
                    const TensorOptions& options = {});

Tensor rand(const Shape& shape, const TensorOptions& options = {});   ///< uniform in [0, 1)
Tensor randn(const Shape& shape, const TensorOptions& options = {});  ///< normal, mean 0, variance 1
/// Uniform integers in [low, high); int64 by default.
Tensor randint(std::int64_t low, std::int64_t high, const Shape& shape, const TensorOptions& options = {});
Tensor randint(std::int64_t high, const Shape& shape, const TensorOptions& options = {});
Tensor randperm(std::int64_t n, const TensorOptions& options = {});  ///< 0 ... n-1, shuffled; int64

/// The shape and dtype of x, unless the options name a dtype.
Tensor empty_like(const Tensor& x, const TensorOptions& options = {});
Tensor zeros_like(const Tensor& x, const TensorOptions& options = {});
Tensor ones_like(const Tensor& x, const TensorOptions& options = {});
Tensor full_like(const Tensor& x, Scalar value, const TensorOptions& options = {});
Tensor rand_like(const Tensor& x, const TensorOptions& options = {});
Tensor randn_like(const Tensor& x, const TensorOptions& options = {});

}  // namespace xtape
