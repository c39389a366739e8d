// An index for each element: gather, and the writes that are its kind.
#include "autograd/kernels/scatter.hpp"

#include <algorithm>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/elements.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// How to step through a row of `index` (its last dim): element j of the row stands in the other tensor at
/// offset + j * step + index * stride.
struct Walk {
  Shape index, strides;
  int dim;
  std::int64_t columns = 1, rows = 1, step = 0, stride = 1;

  Walk(const Shape& index_shape, const Tensor& other, int along)
      : index(index_shape), strides(other.strides()), dim(along) {
    if (index.numel() == 0) rows = 0;  // the product of the other sizes may be beyond 63 bits
    if (index.empty() || rows == 0) return;
    columns = index.back();
    for (int d = 0; d + 1 < index.size(); ++d) rows *= index[d];
    step = dim == index.size() - 1 ? 0 : strides.back();
    stride = strides[dim];
  }

  std::int64_t offset(std::int64_t row) const {
    std::int64_t offset = 0;
    for (int d = index.size() - 2; d >= 0; --d) {
      if (d != dim) offset += row % index[d] * strides[d];
      row /= index[d];
    }
    return offset;
  }
};

template <Scatter kind, class T>
void combine(T& y, T v) {
  if constexpr (kind == Scatter::replace) y = v;
  if constexpr (kind == Scatter::add) add_to(y, v);
  if constexpr (kind == Scatter::multiply) y = static_cast<T>(y * v);
  if constexpr (kind == Scatter::amax) y = y < v || is_nan(v) ? v : y;
  if constexpr (kind == Scatter::amin) y = v < y || is_nan(v) ? v : y;
}

template <Scatter kind, class T>
void scatter_elements(const Tensor& y, int dim, const Tensor& index, const Tensor& v) {
  const Walk walk(index.shape(), y, dim);
  const std::int64_t* at = index.data<std::int64_t>();
  const T* from = elements<T>(v);
  T* to = elements<T>(y);
  // Rows write to rows of their own only where the indices run along the last dim.
  const std::int64_t rows_at_once =
      walk.step == 0 ? grain_of(walk.columns) : std::max<std::int64_t>(walk.rows, 1);
  parallel_for(walk.rows, rows_at_once, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      T* target = to + walk.offset(row);
      const std::int64_t first = row * walk.columns;
      for (std::int64_t j = 0; j < walk.columns; ++j)
        combine<kind>(target[j * walk.step + at[first + j] * walk.stride], from[first + j]);
    }
  });
}

}  // namespace

Tensor gather(const Tensor& x, int dim, const Tensor& index) {
  const Tensor y = make_tensor(index.shape(), x.dtype());
  const Walk walk(index.shape(), x, dim);
  const std::int64_t* at = index.data<std::int64_t>();
  visit_size(x.dtype(), [&]<class T>(T) {
    const T* from = elements<T>(x);
    T* to = elements<T>(y);
    parallel_for(walk.rows, grain_of(walk.columns), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const T* source = from + walk.offset(row);
        const std::int64_t first = row * walk.columns;
        for (std::int64_t j = 0; j < walk.columns; ++j)
          to[first + j] = source[j * walk.step + at[first + j] * walk.stride];
      }
    });
  });
  return y;
}

void scatter(Scatter kind, const Tensor& y, int dim, const Tensor& index, const Tensor& v) {
  visit(y.dtype(), [&]<class T>(T) {
    switch (kind) {
      case Scatter::replace: return scatter_elements<Scatter::replace, T>(y, dim, index, v);
      case Scatter::add: return scatter_elements<Scatter::add, T>(y, dim, index, v);
      case Scatter::multiply: return scatter_elements<Scatter::multiply, T>(y, dim, index, v);
      case Scatter::amax: return scatter_elements<Scatter::amax, T>(y, dim, index, v);
      case Scatter::amin: return scatter_elements<Scatter::amin, T>(y, dim, index, v);
    }
  });
}

}  // namespace xtape::kernels
