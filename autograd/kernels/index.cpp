// Rows by index. A tensor is seen as {outer, n, inner}, where the index runs along n, whatever its strides
// are. Chunks of work write to disjoint parts of the output, so that sums have one order on any number of
// threads.
#include "autograd/kernels/index.hpp"

#include <algorithm>
#include <cstring>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/copy.hpp"
#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/rows.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr std::int64_t kBlock = 256;  // columns that are written at once

/// Some dims of a tensor, those that lie one after the other in memory as one.
struct Walk {
  Shape shape, strides;
  std::int64_t count = 1;

  Walk(const Tensor& x, int first, int last) {
    for (int d = first; d < last; ++d) {
      const std::int64_t size = x.shape()[d], stride = x.strides()[d];
      multiply(count, size);
      if (size == 1) continue;
      const int back = shape.size() - 1;
      if (back >= 0 && strides[back] == stride * size) {
        shape[back] *= size;
        strides[back] = stride;
      } else {
        shape.push_back(size);
        strides.push_back(stride);
      }
    }
  }

  std::int64_t offset(std::int64_t i) const {
    std::int64_t offset = 0;
    for (int d = shape.size() - 1; d >= 0; --d) {
      offset += i % shape[d] * strides[d];
      i /= shape[d];
    }
    return offset;
  }
};

/// The offsets in memory that the indices mean: offset(i) = wrapped index times stride, where the dims lie
/// one after the other; else these offsets are worked out at first.
class Offsets {
 public:
  Offsets(const Tensor& x, IndexedDims dims, const Tensor& index) : index_(index) {
    const Walk walk(x, dims.first, dims.first + dims.count);
    size_ = walk.count;
    if (walk.shape.size() <= 1) {
      stride_ = walk.shape.empty() ? 0 : walk.strides[0];
    } else {
      index_ = make_tensor(index.shape(), kInt64);
      const std::int64_t* from = index.data<std::int64_t>();
      std::int64_t* to = index_.data<std::int64_t>();
      for (std::int64_t i = 0; i < index.numel(); ++i)
        to[i] = walk.offset(from[i] < 0 ? from[i] + size_ : from[i]);
      size_ = 0;
      stride_ = 1;
    }
    at_ = index_.data<std::int64_t>();
  }

  std::int64_t operator[](std::int64_t i) const { return (at_[i] + (at_[i] < 0 ? size_ : 0)) * stride_; }

 private:
  Tensor index_;
  const std::int64_t* at_ = nullptr;
  std::int64_t size_ = 0, stride_ = 0;
};

/// x as {outer, n, inner}, and where each index leads.
struct Layout {
  Walk outer, inner;
  Offsets offsets;
  std::int64_t indices;
  std::int64_t run = 1, step = 1;  // the last of the inner dims; what stands before it is walked
  std::int64_t runs = 1;

  Layout(const Tensor& x, IndexedDims dims, const Tensor& index)
      : outer(x, 0, dims.first),
        inner(x, dims.first + dims.count, static_cast<int>(x.dim())),
        offsets(x, dims, index),
        indices(index.numel()) {
    if (inner.shape.empty()) return;
    run = inner.shape.back();
    step = inner.strides.back();
    inner.shape.erase(inner.shape.size() - 1);
    inner.strides.erase(inner.strides.size() - 1);
    for (const std::int64_t size : inner.shape) runs *= size;
  }
};

template <class T>
void copy_row(const T* from, std::int64_t from_step, T* to, std::int64_t to_step, std::int64_t n) {
  if (n == 1) {
    *to = *from;
  } else if (from_step == 1 && to_step == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
  } else {
    for (std::int64_t j = 0; j < n; ++j) to[j * to_step] = from[j * from_step];
  }
}

template <class T>
void add_row(const T* from, std::int64_t, T* to, std::int64_t to_step, std::int64_t n) {
  if (to_step == 1) {
    for (std::int64_t j = 0; j < n; ++j) add_to(to[j], from[j]);
  } else {
    for (std::int64_t j = 0; j < n; ++j) add_to(to[j * to_step], from[j]);
  }
}

/// Writes the rows of a contiguous v into y by `write`, in the order of the indices. A task has one index of
/// the outer dims and some of the columns to itself.
template <class T, class Write>
void write_rows(const Tensor& y, IndexedDims dims, const Tensor& index, const Tensor& v, const Write& write) {
  const Layout s(y, dims, index);
  const T* from = elements<T>(v);
  T* to = elements<T>(y);
  const std::int64_t width = s.runs == 1 ? std::min(s.run, kBlock) : s.run;
  const std::int64_t blocks = (s.run + width - 1) / width, columns = s.runs * s.run;
  const std::int64_t grain = grain_of(s.indices * s.runs * width);
  parallel_for(s.outer.count * blocks, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t o = task / blocks, first = task % blocks * width;
      const std::int64_t n = std::min(width, s.run - first);
      const T* source = from + o * s.indices * columns + first;
      T* target = to + s.outer.offset(o) + first * s.step;
      for (std::int64_t i = 0; i < s.indices; ++i, source += columns) {
        T* row = target + s.offsets[i];
        for (std::int64_t r = 0; r < s.runs; ++r)
          write(source + r * s.run, 1, row + (s.runs == 1 ? 0 : s.inner.offset(r)), s.step, n);
      }
    }
  });
}

}  // namespace

void check_indices(const Tensor& index, std::int64_t size, int dim, Negative negative, const char* op) {
  const std::int64_t* at = index.data<std::int64_t>();
  const std::int64_t least = negative == Negative::taken ? -size : 0;
  bool fits = true;
  for (std::int64_t i = 0; i < index.numel(); ++i) fits = fits & (at[i] >= least) & (at[i] < size);
  for (std::int64_t i = 0; !fits && i < index.numel(); ++i) {
    check(at[i] >= least && at[i] < size, "{}: index {} at position {} is out of range for dim {} of size {}",
          op, at[i], i, dim, size);
  }
}

Tensor joint_index(const std::vector<Tensor>& indices, const std::vector<std::int64_t>& sizes) {
  const Tensor y = make_tensor(indices.front().shape(), kInt64);
  std::int64_t* to = y.data<std::int64_t>();
  for (std::size_t k = 0; k < indices.size(); ++k) {
    const Tensor index = contiguous(indices[k]);
    const std::int64_t *at = index.data<std::int64_t>(), size = sizes[k];
    parallel_for(y.numel(), grain_of(1), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i)
        to[i] = (k == 0 ? 0 : to[i] * size) + at[i] + (at[i] < 0 ? size : 0);
    });
  }
  return y;
}

void take(const Tensor& x, IndexedDims dims, const Tensor& index, const Tensor& y) {
  if (y.numel() == 0) return;
  const Layout s(x, dims, index);
  const std::int64_t columns = s.runs * s.run;
  visit_size(x.dtype(), [&]<class T>(T) {
    const T* from = elements<T>(x);
    parallel_for(s.outer.count * s.indices, grain_of(columns), [&](std::int64_t begin, std::int64_t end) {
      T* to = elements<T>(y) + begin * columns;
      for (std::int64_t row = begin; row < end;) {
        const std::int64_t i = row % s.indices, last = std::min(s.indices, i + end - row);
        const T* source = from + s.outer.offset(row / s.indices);
        row += last - i;
        if (columns == 1) {
          for (std::int64_t k = i; k < last; ++k) *to++ = source[s.offsets[k]];
          continue;
        }
        for (std::int64_t k = i; k < last; ++k) {
          for (std::int64_t r = 0; r < s.runs; ++r, to += s.run) {
            const std::int64_t inner = s.runs == 1 ? 0 : s.inner.offset(r);
            copy_row(source + s.offsets[k] + inner, s.step, to, 1, s.run);
          }
        }
      }
    });
  });
}

void put(const Tensor& y, IndexedDims dims, const Tensor& index, const Tensor& v) {
  if (v.numel() == 0) return;
  visit_size(y.dtype(), [&]<class T>(T) { write_rows<T>(y, dims, index, v, copy_row<T>); });
}

void add_at(const Tensor& y, IndexedDims dims, const Tensor& index, const Tensor& v) {
  if (v.numel() == 0) return;
  visit(y.dtype(), [&]<class T>(T) { write_rows<T>(y, dims, index, v, add_row<T>); });
}

Tensor one_hot(const Tensor& labels, std::int64_t classes) {
  const std::int64_t* label = labels.data<std::int64_t>();
  for (std::int64_t i = 0; i < labels.numel(); ++i) {
    check(label[i] >= 0 && label[i] < classes, "one_hot: label {} at position {} is not in 0 ... {}",
          label[i], i, classes - 1);
  }
  Shape shape = labels.shape();
  shape.push_back(classes);
  const Tensor y = zeros(shape, {.dtype = kInt64});
  std::int64_t* to = y.data<std::int64_t>();
  for (std::int64_t i = 0; i < labels.numel(); ++i) to[i * classes + label[i]] = 1;
  return y;
}

}  // namespace xtape::kernels
