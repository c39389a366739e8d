// Sorting, row by row, of values paired with their places.
#include "autograd/kernels/sort.hpp"

#include <algorithm>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/rows.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr std::int64_t kGrain = 1 << 13;  // elements of one chunk of work

template <class T>
struct Entry {
  T value;
  std::int64_t index;
};

/// A strict order without ties: by value, then by place.
template <class T, bool descending>
bool before(const Entry<T>& a, const Entry<T>& b) {
  if (a.value == b.value || (is_nan(a.value) && is_nan(b.value))) return a.index < b.index;
  const bool less = a.value < b.value || is_nan(b.value);
  return less != descending;
}

template <class T, bool descending>
void sort_first(std::vector<Entry<T>>& row, std::int64_t count) {
  const auto middle = row.begin() + count;
  if (count < static_cast<std::int64_t>(row.size()) / 8) {
    std::partial_sort(row.begin(), middle, row.end(), before<T, descending>);
    return;
  }
  if (middle != row.end()) std::nth_element(row.begin(), middle, row.end(), before<T, descending>);
  std::sort(row.begin(), middle, before<T, descending>);
}

template <class T, bool descending>
void sort_rows(const Tensor& x, const Rows& s, std::int64_t count, const Tensor& values,
               const Tensor& indices) {
  const T* from = reinterpret_cast<const T*>(x.raw());
  T* value = reinterpret_cast<T*>(values.raw());
  std::int64_t* index = indices.data<std::int64_t>();
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, s.n));
  parallel_for(s.outer * s.inner, grain, [&](std::int64_t begin, std::int64_t end) {
    std::vector<Entry<T>> row(static_cast<std::size_t>(s.n));
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t outer = r / s.inner, inner = r % s.inner;
      const T* source = from + outer * s.n * s.inner + inner;
      for (std::int64_t i = 0; i < s.n; ++i) row[static_cast<std::size_t>(i)] = {source[i * s.inner], i};
      sort_first<T, descending>(row, count);
      for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t at = (outer * count + i) * s.inner + inner;
        value[at] = row[static_cast<std::size_t>(i)].value;
        index[at] = row[static_cast<std::size_t>(i)].index;
      }
    }
  });
}

}  // namespace

std::array<Tensor, 2> sort(const Tensor& x, int dim, bool descending, std::int64_t count) {
  const Rows s = rows_along(x.shape(), dim);
  Shape shape = x.shape();
  if (!shape.empty()) shape[dim] = count;
  const Tensor values = make_tensor(shape, x.dtype());
  const Tensor indices = make_tensor(shape, kInt64);
  if (x.numel() == 0) return {values, indices};
  visit(x.dtype(), [&]<class T>(T) {
    if (descending) {
      sort_rows<T, true>(x, s, count, values, indices);
    } else {
      sort_rows<T, false>(x, s, count, values, indices);
    }
  });
  return {values, indices};
}

}  // namespace xtape::kernels
