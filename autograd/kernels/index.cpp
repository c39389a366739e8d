// Lookups and sums by index. Chunks of work write to disjoint parts of the output, so a sum has one order on
// any number of threads.
#include "autograd/kernels/index.hpp"

#include <algorithm>
#include <cstring>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/rows.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr std::int64_t kGrain = 1 << 16;  // elements of one chunk of work
constexpr std::int64_t kBlock = 256;      // columns that are summed at once

std::int64_t grain(std::int64_t elements_each) {
  return std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, elements_each));
}

template <class T>
T* elements(const Tensor& x) {
  return reinterpret_cast<T*>(x.raw());
}

template <class T>
void add_to(T& sum, T x) {
  if constexpr (std::is_same_v<T, bool>) {
    sum = sum || x;
  } else {
    sum = static_cast<T>(sum + x);
  }
}

Tensor zeroed(const Shape& shape, DType dtype) {
  const Tensor y = make_tensor(shape, dtype);
  if (y.numel() > 0) std::memset(y.raw(), 0, static_cast<std::size_t>(y.numel()) * size_of(dtype));
  return y;
}

void check_indices(const Tensor& index, std::int64_t size, int dim, const char* op) {
  const std::int64_t* at = index.data<std::int64_t>();
  for (std::int64_t i = 0; i < index.numel(); ++i) {
    check(at[i] >= 0 && at[i] < size, "{}: index {} at position {} is out of range for dim {} of size {}", op,
          at[i], i, dim, size);
  }
}

/// How gather and scatter_sum step through a row of `index` (its last dim): element j of the row stands in
/// the other tensor, contiguous and of `shape`, at offset + j * step + index * stride.
struct Walk {
  Shape index, strides;
  int dim;
  std::int64_t columns = 1, rows = 1, step = 0, stride = 1;

  Walk(const Shape& index_shape, const Shape& shape, int along)
      : index(index_shape), strides(contiguous_strides(shape)), dim(along) {
    if (index.empty()) return;
    columns = index.back();
    for (int d = 0; d + 1 < index.size(); ++d) rows *= index[d];
    step = dim == index.size() - 1 ? 0 : 1;
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

}  // namespace

Tensor index_select(const Tensor& x, int dim, const Tensor& index) {
  const Rows s = rows_along(x.shape(), dim);
  check_indices(index, s.n, dim, "index_select");
  const std::int64_t n = index.numel();
  Shape shape = x.shape();
  if (!shape.empty()) shape[dim] = n;
  const Tensor y = make_tensor(shape, x.dtype());
  if (y.numel() == 0) return y;
  const std::int64_t* at = index.data<std::int64_t>();
  const auto bytes = static_cast<std::int64_t>(size_of(x.dtype())) * s.inner;
  parallel_for(s.outer * n, grain(s.inner), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      std::memcpy(y.raw() + row * bytes, x.raw() + (row / n * s.n + at[row % n]) * bytes,
                  static_cast<std::size_t>(bytes));
    }
  });
  return y;
}

Tensor index_sum(const Tensor& x, int dim, const Tensor& index, const Shape& shape) {
  const Rows s = rows_along(shape, dim);
  check_indices(index, s.n, dim, "index_add");
  const Tensor y = zeroed(shape, x.dtype());
  if (x.numel() == 0) return y;
  const std::int64_t n = index.numel(), blocks = (s.inner + kBlock - 1) / kBlock;
  const std::int64_t* at = index.data<std::int64_t>();
  visit(x.dtype(), [&]<class T>(T) {
    const T* from = elements<T>(x);
    T* to = elements<T>(y);
    parallel_for(s.outer * blocks, grain(n * std::min(s.inner, kBlock)),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t task = begin; task < end; ++task) {
                     const std::int64_t o = task / blocks, first = task % blocks * kBlock;
                     const std::int64_t width = std::min(kBlock, s.inner - first);
                     for (std::int64_t i = 0; i < n; ++i) {
                       const T* source = from + (o * n + i) * s.inner + first;
                       T* target = to + (o * s.n + at[i]) * s.inner + first;
                       for (std::int64_t j = 0; j < width; ++j) add_to(target[j], source[j]);
                     }
                   }
                 });
  });
  return y;
}

Tensor gather(const Tensor& x, int dim, const Tensor& index) {
  check_indices(index, rows_along(x.shape(), dim).n, dim, "gather");
  const Tensor y = make_tensor(index.shape(), x.dtype());
  const Walk walk(index.shape(), x.shape(), dim);
  const std::int64_t* at = index.data<std::int64_t>();
  visit(x.dtype(), [&]<class T>(T) {
    const T* from = elements<T>(x);
    T* to = elements<T>(y);
    parallel_for(walk.rows, grain(walk.columns), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const T* source = from + walk.offset(row);
        const std::int64_t first = row * walk.columns;
        for (std::int64_t j = 0; j < walk.columns; ++j) {
          to[first + j] = source[j * walk.step + at[first + j] * walk.stride];
        }
      }
    });
  });
  return y;
}

Tensor scatter_sum(const Tensor& x, int dim, const Tensor& index, const Shape& shape) {
  check_indices(index, rows_along(shape, dim).n, dim, "scatter_add");
  const Tensor y = zeroed(shape, x.dtype());
  const Walk walk(index.shape(), shape, dim);
  const std::int64_t* at = index.data<std::int64_t>();
  // Rows write to rows of their own only where the indices run along the last dim.
  const std::int64_t rows_at_once =
      walk.step == 0 ? grain(walk.columns) : std::max<std::int64_t>(walk.rows, 1);
  visit(x.dtype(), [&]<class T>(T) {
    const T* from = elements<T>(x);
    T* to = elements<T>(y);
    parallel_for(walk.rows, rows_at_once, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        T* target = to + walk.offset(row);
        const std::int64_t first = row * walk.columns;
        for (std::int64_t j = 0; j < walk.columns; ++j) {
          add_to(target[j * walk.step + at[first + j] * walk.stride], from[first + j]);
        }
      }
    });
  });
  return y;
}

Tensor one_hot(const Tensor& labels, std::int64_t classes) {
  const std::int64_t* label = labels.data<std::int64_t>();
  for (std::int64_t i = 0; i < labels.numel(); ++i) {
    check(label[i] >= 0 && label[i] < classes, "one_hot: label {} at position {} is not in 0 ... {}",
          label[i], i, classes - 1);
  }
  Shape shape = labels.shape();
  shape.push_back(classes);
  const Tensor y = zeroed(shape, kInt64);
  std::int64_t* to = y.data<std::int64_t>();
  for (std::int64_t i = 0; i < labels.numel(); ++i) to[i * classes + label[i]] = 1;
  return y;
}

}  // namespace xtape::kernels
