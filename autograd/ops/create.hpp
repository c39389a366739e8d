// Tensors from nothing: constants, ranges, random numbers, and values of the caller.
#pragma once

#include <concepts>
#include <initializer_list>
#include <vector>

#include "autograd/tensor/fwd.hpp"
#include "autograd/tensor/options.hpp"

namespace xtape {

/// A number, or a brace list of lists of numbers: what tensor({{1.0, 2.0}, {3.0, 4.0}}) is called with.
class TensorData {
 public:
  template <Number T>
  TensorData(T value)
      : values_{Scalar(value)}, dtype_(Scalar(value).dtype()) {}  // NOLINT: implicit, lists nest
  TensorData(std::initializer_list<TensorData> rows);
  template <Number T>
  TensorData(const std::vector<T>& values)
      : shape_{values.size()}, dtype_(Scalar(T{}).dtype()) {  // NOLINT: implicit
    for (const auto& value : values) values_.push_back(Scalar(static_cast<T>(value)));
  }

  const Shape& shape() const { return shape_; }
  const std::vector<Scalar>& values() const { return values_; }
  DType dtype() const { return dtype_; }

 private:
  Shape shape_;
  std::vector<Scalar> values_;
  DType dtype_;
};

/// float32 from floating-point values, int64 from integers, bool from bools; `dtype` in the options
/// overrides.
Tensor tensor(const TensorData& data, const TensorOptions& options = {});
/// Copies `values` (of any number type) into a tensor of `shape`; keeps float, double, int64, uint8 and bool.
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
