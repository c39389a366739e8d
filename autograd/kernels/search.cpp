// Grouping, counting, searching.
#include "autograd/kernels/search.hpp"

#include <algorithm>
#include <numeric>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/sort.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// The rows of x in ascending order, equal ones in theirs.
template <class T>
Tensor order_of(const Tensor& x, std::int64_t rows, std::int64_t columns) {
  if (columns == 1) return sort(x.alias({rows}, {1}, x.impl().offset), 0, false, rows)[1];
  const Tensor order = make_tensor({rows}, kInt64);
  std::int64_t* begin = order.data<std::int64_t>();
  std::iota(begin, begin + rows, 0);
  const T* from = elements<T>(x);
  std::stable_sort(begin, begin + rows, [=](std::int64_t a, std::int64_t b) {
    const T *p = from + a * columns, *q = from + b * columns;
    return std::lexicographical_compare(p, p + columns, q, q + columns);
  });
  return order;
}

}  // namespace

Groups group_rows(const Tensor& x, bool runs_only) {
  const std::int64_t rows = x.shape()[0], columns = x.shape()[1];
  Groups groups{make_tensor({rows}, kInt64), make_tensor({rows}, kInt64), zeros({rows}, {.dtype = kInt64})};
  std::int64_t count = 0;
  visit(x.dtype(), [&]<class T>(T) {
    const Tensor order = runs_only ? arange(rows) : order_of<T>(x, rows, columns);
    const std::int64_t* at = order.template data<std::int64_t>();
    const T* from = elements<T>(x);
    for (std::int64_t i = 0; i < rows; ++i) {
      const T *row = from + at[i] * columns, *before = i == 0 ? nullptr : from + at[i - 1] * columns;
      if (!before || !std::equal(row, row + columns, before))
        elements<std::int64_t>(groups.first)[count++] = at[i];
      elements<std::int64_t>(groups.group_of)[at[i]] = count - 1;
      ++elements<std::int64_t>(groups.counts)[count - 1];
    }
  });
  groups.first = groups.first.alias({count}, {1}, 0).clone();
  groups.counts = groups.counts.alias({count}, {1}, 0).clone();
  return groups;
}

Tensor bincount(const Tensor& x, const Tensor& weights, std::int64_t size) {
  const std::int64_t* at = x.data<std::int64_t>();
  const Tensor y = zeros({size}, {.dtype = weights.defined() ? weights.dtype() : kInt64});
  visit(y.dtype(), [&]<class T>(T) {
    const T* weight = weights.defined() ? elements<T>(weights) : nullptr;
    T* to = elements<T>(y);
    for (std::int64_t i = 0; i < x.numel(); ++i) add_to(to[at[i]], weight ? weight[i] : T(1));
  });
  return y;
}

Tensor search_sorted(const Tensor& sorted, const Tensor& values, bool right) {
  const Tensor y = make_tensor(values.shape(), kInt64);
  const std::int64_t n = sorted.shape().back(), m = values.dim() == 0 ? 1 : values.shape().back();
  visit(values.dtype(), [&]<class T>(T) {
    const T *from = elements<T>(sorted), *value = elements<T>(values);
    std::int64_t* to = y.template data<std::int64_t>();
    parallel_for(values.numel(), grain_of(16), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const T* row = sorted.dim() == 1 ? from : from + i / m * n;
        // Written so that NaN, which compares with nothing, is beyond all.
        const auto is_before = [&](T x) { return right ? !(x > value[i]) : !(x >= value[i]); };
        to[i] = std::partition_point(row, row + n, is_before) - row;
      }
    });
  });
  return y;
}

}  // namespace xtape::kernels
