// Making tensors: constants, ranges, random numbers, brace lists.
#include "autograd/ops/create.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include "autograd/base/random.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

using namespace detail;

namespace {

Generator& generator_of(const TensorOptions& options) {
  return options.generator ? *options.generator : default_generator();
}

TensorOptions like(const Tensor& x, TensorOptions options) {
  if (!options.dtype) options.dtype = x.dtype();
  return options;
}

/// The number of integers start, start + step, ... before end; exact beyond 2^53. The step leads to the end.
std::int64_t integer_steps(Scalar start, Scalar end, Scalar step) {
  const auto from = start.to<std::int64_t>(), to = end.to<std::int64_t>(), by = step.to<std::int64_t>();
  check(by > 0 ? from <= to : from >= to, "arange: a step of {} does not lead from {} to {}", by, from, to);
  const std::uint64_t distance = by > 0 ? static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from)
                                        : static_cast<std::uint64_t>(from) - static_cast<std::uint64_t>(to);
  const std::uint64_t stride = by > 0 ? static_cast<std::uint64_t>(by) : 0 - static_cast<std::uint64_t>(by);
  const std::uint64_t count = distance / stride + (distance % stride != 0);
  check(count <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()),
        "arange: the range from {} to {} is too long", from, to);
  return static_cast<std::int64_t>(count);
}

/// start + i step, which fits although i step alone may not.
std::int64_t wrapped_sum(std::int64_t start, std::int64_t i, std::int64_t step) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(start) +
                                   static_cast<std::uint64_t>(i) * static_cast<std::uint64_t>(step));
}

/// The number of numbers start, start + step, ... before end.
std::int64_t real_steps(double from, double to, double by) {
  const double steps = (to - from) / by;
  const double count =
      std::ceil(std::isfinite(steps) ? steps : to / by - from / by);  // to - from may overflow
  check(count <= 0x1p62, "arange: from {} to {} in steps of {} there are more numbers than a tensor holds",
        from, to, by);
  return static_cast<std::int64_t>(count);
}

/// Where `holds(i, j)` in a matrix, row by row: {2, count}.
template <class F>
Tensor triangle_indices(std::int64_t row, std::int64_t col, const F& holds, const TensorOptions& options) {
  check(row >= 0 && col >= 0, "triangle_indices: a matrix of {} by {}; expected no negative size", row, col);
  std::vector<std::int64_t> rows, columns;
  for (std::int64_t i = 0; i < row; ++i) {
    for (std::int64_t j = 0; j < col; ++j) {
      if (!holds(i, j)) continue;
      rows.push_back(i);
      columns.push_back(j);
    }
  }
  const std::size_t count = rows.size();
  rows.insert(rows.end(), columns.begin(), columns.end());
  return finished(from_vector(rows, {2, count}).to(options.dtype.value_or(kInt64)), options);
}

}  // namespace

TensorData::TensorData(std::initializer_list<TensorData> rows) : dtype_(rows.size() ? kBool : kFloat32) {
  shape_ = {0};
  for (const TensorData& row : rows) add_row(row);
}

void TensorData::add_row(const TensorData& row) {
  if (shape_ == Shape{0}) {
    shape_ = row.shape_;
    shape_.insert(0, 0);
  }
  Shape of_rows = shape_;
  of_rows.erase(0);
  check(row.shape_ == of_rows, "tensor: rows of shapes {} and {} stand side by side; expected one shape",
        of_rows, row.shape_);
  ++shape_[0];
  dtype_ = promote(dtype_, row.dtype_);
  values_.insert(values_.end(), row.values_.begin(), row.values_.end());
}

Tensor tensor(const TensorData& data, const TensorOptions& options) {
  const Tensor x = make_tensor(data.shape(), options.dtype.value_or(data.dtype()));
  visit(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* out = x.data<T>();
    for (const Scalar& value : data.values()) *out++ = value.checked<T>("tensor");
  });
  return finished(x, options);
}

Tensor empty(const Shape& shape, const TensorOptions& options) {
  return finished(make_tensor(shape, options.dtype.value_or(kFloat32)), options);
}

Tensor full(const Shape& shape, Scalar value, const TensorOptions& options) {
  const DType dtype = options.dtype.value_or(value.dtype());
  check_holds(dtype, value, "full");
  const Tensor x = make_tensor(shape, dtype);
  kernels::fill(x, value);
  return finished(x, options);
}

Tensor zeros(const Shape& shape, const TensorOptions& options) { return full(shape, 0.0, options); }
Tensor ones(const Shape& shape, const TensorOptions& options) { return full(shape, 1.0, options); }

Tensor eye(std::int64_t n, const TensorOptions& options) { return eye(n, n, options); }
Tensor eye(std::int64_t n, std::int64_t m, const TensorOptions& options) {
  const Tensor x = zeros({n, m}, {.dtype = options.dtype});
  visit(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (std::int64_t i = 0; i < std::min(n, m); ++i) x.data<T>()[i * m + i] = T(1);
  });
  return finished(x, options);
}

Tensor arange(Scalar end, const TensorOptions& options) { return arange(0, end, 1, options); }
Tensor arange(Scalar start, Scalar end, const TensorOptions& options) {
  return arange(start, end, 1, options);
}
Tensor arange(Scalar start, Scalar end, Scalar step, const TensorOptions& options) {
  const double from = start.to<double>(), to = end.to<double>(), by = step.to<double>();
  check(by != 0 && std::isfinite(from) && std::isfinite(to) && std::isfinite(by) &&
            (by > 0 ? from <= to : from >= to),  // the sign of a product may be lost in an underflow
        "arange: a step of {} does not lead from {} to {}", by, from, to);
  const DType numbers = promote(promote(start.dtype(), end.dtype()), step.dtype());
  const std::int64_t count =
      is_floating(numbers) ? real_steps(from, to, by) : integer_steps(start, end, step);
  const Tensor x = make_tensor({count}, options.dtype.value_or(promote(numbers, kInt64)));
  visit(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* out = x.data<T>();
    if (is_floating(numbers)) {
      for (std::int64_t i = 0; i < count; ++i) out[i] = convert<T>(from + static_cast<double>(i) * by);
    } else {
      const auto first = start.to<std::int64_t>(), stride = step.to<std::int64_t>();
      for (std::int64_t i = 0; i < count; ++i) out[i] = convert<T>(wrapped_sum(first, i, stride));
    }
  });
  return finished(x, options);
}

Tensor linspace(Scalar start, Scalar end, std::int64_t steps, const TensorOptions& options) {
  check(steps >= 0, "linspace: expected at least 0 steps, got {}", steps);
  const double from = start.to<double>(), to = end.to<double>();
  const double by = steps > 1 ? (to - from) / static_cast<double>(steps - 1) : 0;
  const Tensor x = make_tensor({steps}, options.dtype.value_or(kFloat32));
  for (const Scalar& number : {start, end}) check_holds(x.dtype(), number, "linspace");
  visit(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* out = x.data<T>();
    for (std::int64_t i = 0; i < steps; ++i) {  // from both ends, so that the last is `end` exactly
      out[i] = convert<T>(i < steps / 2 || steps == 1 ? from + static_cast<double>(i) * by
                                                      : to - static_cast<double>(steps - 1 - i) * by);
    }
  });
  return finished(x, options);
}

Tensor logspace(Scalar start, Scalar end, std::int64_t steps, double base, const TensorOptions& options) {
  check(steps >= 0, "logspace: expected at least 0 steps, got {}", steps);
  const Tensor y = linspace(start, end, steps, {.dtype = kFloat64});
  for (std::int64_t i = 0; i < steps; ++i) y.data<double>()[i] = std::pow(base, y.data<double>()[i]);
  return finished(y.to(options.dtype.value_or(kFloat32)), options);
}

Tensor tril_indices(std::int64_t row, std::int64_t col, std::int64_t offset, const TensorOptions& options) {
  return triangle_indices(
      row, col, [=](std::int64_t i, std::int64_t j) { return j - i <= offset; }, options);
}
Tensor triu_indices(std::int64_t row, std::int64_t col, std::int64_t offset, const TensorOptions& options) {
  return triangle_indices(
      row, col, [=](std::int64_t i, std::int64_t j) { return j - i >= offset; }, options);
}

Tensor rand(const Shape& shape, const TensorOptions& options) {
  const Tensor x = make_tensor(shape, options.dtype.value_or(kFloat32));
  visit_floating(x.dtype(), "rand",
                 [&](auto zero) { generator_of(options).fill_uniform(x.data<decltype(zero)>(), x.numel()); });
  return finished(x, options);
}

Tensor randn(const Shape& shape, const TensorOptions& options) {
  const Tensor x = make_tensor(shape, options.dtype.value_or(kFloat32));
  visit_floating(x.dtype(), "randn",
                 [&](auto zero) { generator_of(options).fill_normal(x.data<decltype(zero)>(), x.numel()); });
  return finished(x, options);
}

Tensor randint(std::int64_t low, std::int64_t high, const Shape& shape, const TensorOptions& options) {
  check(low < high, "randint: expected low < high, got {} and {}", low, high);
  const DType dtype = options.dtype.value_or(kInt64);
  const bool fits = visit(dtype, [&]<class T>(T) {
    if constexpr (std::is_floating_point_v<T>) return true;
    return low >= static_cast<std::int64_t>(std::numeric_limits<T>::min()) &&
           high - 1 <= static_cast<std::int64_t>(std::numeric_limits<T>::max());
  });
  check(fits, "randint: numbers from {} up to {} do not fit {}", low, high - 1, dtype);
  const Tensor x = make_tensor(shape, dtype);
  Generator& generator = generator_of(options);
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  visit(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (std::int64_t i = 0; i < x.numel(); ++i) {
      const std::uint64_t value = static_cast<std::uint64_t>(low) + generator.below(range);
      x.data<T>()[i] = static_cast<T>(static_cast<std::int64_t>(value));
    }
  });
  return finished(x, options);
}
Tensor randint(std::int64_t high, const Shape& shape, const TensorOptions& options) {
  return randint(0, high, shape, options);
}

Tensor randperm(std::int64_t n, const TensorOptions& options) {
  check(n >= 0, "randperm: expected at least 0, got {}", n);
  const Tensor order = make_tensor({n}, kInt64);
  auto* const places = order.data<std::int64_t>();
  std::iota(places, places + n, 0);
  Generator& generator = generator_of(options);
  for (std::int64_t i = n; i > 1; --i) {  // Fisher-Yates
    std::swap(places[i - 1], places[generator.below(static_cast<std::uint64_t>(i))]);
  }
  return finished(order.to(options.dtype.value_or(kInt64)), options);
}

Tensor empty_like(const Tensor& x, const TensorOptions& options) {
  return empty(x.shape(), like(x, options));
}
Tensor zeros_like(const Tensor& x, const TensorOptions& options) {
  return zeros(x.shape(), like(x, options));
}
Tensor ones_like(const Tensor& x, const TensorOptions& options) { return ones(x.shape(), like(x, options)); }
Tensor full_like(const Tensor& x, Scalar value, const TensorOptions& options) {
  return full(x.shape(), value, like(x, options));
}
Tensor rand_like(const Tensor& x, const TensorOptions& options) { return rand(x.shape(), like(x, options)); }
Tensor randn_like(const Tensor& x, const TensorOptions& options) {
  return randn(x.shape(), like(x, options));
}

Tensor Tensor::new_empty(const Shape& shape, const TensorOptions& options) const {
  return empty(shape, like(*this, options));
}
Tensor Tensor::new_zeros(const Shape& shape, const TensorOptions& options) const {
  return zeros(shape, like(*this, options));
}
Tensor Tensor::new_ones(const Shape& shape, const TensorOptions& options) const {
  return ones(shape, like(*this, options));
}
Tensor Tensor::new_full(const Shape& shape, Scalar value, const TensorOptions& options) const {
  return full(shape, value, like(*this, options));
}
Tensor Tensor::new_tensor(const TensorData& data, const TensorOptions& options) const {
  return tensor(data, like(*this, options));
}

}  // namespace xtape
