// Selection: the values of a row are partitioned around the rank. Long rows of floats are first cut down to
// the numbers that begin with the same bits: one pass that counts, one that collects, in place of several
// that move.
#include "autograd/kernels/rank.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/rows.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

template <class T>
bool is_nan(T x) {
  if constexpr (std::is_floating_point_v<T>) return x != x;
  return false;
}

/// The first bits of a float, ordered as the numbers are. Zeros of either sign are one.
constexpr int kPrefix = 12;
template <class T>
std::size_t prefix(T x) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr int bits = 8 * sizeof(Bits);
  const auto raw = std::bit_cast<Bits>(x + T(0));
  const Bits mask =
      (Bits(0) - (raw >> (bits - 1))) | (Bits(1) << (bits - 1));  // negative: all bits are inverted
  return static_cast<std::size_t>((raw ^ mask) >> (bits - kPrefix));
}

/// Keeps of n numbers those that share the prefix of number k in order, and makes k the number among them.
template <class T>
void keep_prefix(std::vector<T>& row, std::int64_t& k) {
  std::array<std::array<std::int64_t, 1 << kPrefix>, 2>
      counts{};  // two, so that equal neighbours do not wait
  const std::size_t even = row.size() & ~std::size_t{1};
  for (std::size_t i = 0; i < even; i += 2) {
    ++counts[0][prefix(row[i])];
    ++counts[1][prefix(row[i + 1])];
  }
  if (even < row.size()) ++counts[0][prefix(row[even])];
  std::size_t wanted = 0;
  for (; counts[0][wanted] + counts[1][wanted] <= k; ++wanted) k -= counts[0][wanted] + counts[1][wanted];
  std::size_t kept = 0;
  for (const T value : row) {  // without a branch that would be guessed wrong
    row[kept] = value;
    kept += prefix(value) == wanted;
  }
  row.resize(kept);
}

/// Number k of the values in rising order; none is NaN.
template <class T>
T select(std::vector<T>& row, std::int64_t k) {
  if constexpr (std::is_floating_point_v<T>) {
    if (row.size() > std::size_t{1} << 14) keep_prefix(row, k);
  }
  std::nth_element(row.begin(), row.begin() + k, row.end());
  return row[static_cast<std::size_t>(k)];
}

/// The most frequent of the values, and of several the smallest; a NaN is equal to no other.
template <class T>
T most_frequent(std::vector<T>& row) {
  std::sort(row.begin(), row.end(), [](T a, T b) { return is_nan(b) ? !is_nan(a) : a < b; });
  std::size_t best = 0, longest = 0;
  for (std::size_t i = 0, run = 0; i < row.size(); ++i) {
    run = i > 0 && row[i] == row[i - 1] ? run + 1 : 1;
    if (run > longest) {
      longest = run;
      best = i;
    }
  }
  return row[best];
}

/// vector<bool> has no elements to move.
template <class T>
using Kept = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;

/// Which element of `row`, whose numbers are `values`, the rank asks for; NaN is one that is missing.
template <class T>
T wanted_value(Rank rank, std::int64_t k, std::vector<T>& values, T nan, std::int64_t nans) {
  const auto numbers = static_cast<std::int64_t>(values.size());
  if (rank == Rank::mode) return numbers == 0 ? nan : most_frequent(values);
  if (rank == Rank::median && nans > 0) return nan;
  const std::int64_t place = rank == Rank::kth ? k - 1 : (numbers - 1) / 2;
  return place >= numbers || numbers == 0 ? nan : select(values, place);
}

template <class T>
std::int64_t place_of(Rank rank, T value, const T* row, std::int64_t n, std::int64_t stride) {
  const auto is_it = [&](std::int64_t i) {
    return is_nan(value) ? is_nan(row[i * stride]) : row[i * stride] == value;
  };
  if (rank == Rank::mode) {
    for (std::int64_t i = n - 1; i > 0; --i) {
      if (is_it(i)) return i;
    }
    return 0;
  }
  for (std::int64_t i = 0; i + 1 < n; ++i) {
    if (is_it(i)) return i;
  }
  return n - 1;
}

template <class T>
void rank_rows(Rank rank, std::int64_t k, const T* x, T* values, std::int64_t* indices, const Rows& s) {
  const std::int64_t grain = std::max<std::int64_t>(1, (1 << 14) / s.n);
  parallel_for(s.outer * s.inner, grain, [=](std::int64_t begin, std::int64_t end) {
    std::vector<Kept<T>> numbers;
    for (std::int64_t r = begin; r < end; ++r) {
      const T* row = x + r / s.inner * s.n * s.inner + r % s.inner;
      numbers.resize(static_cast<std::size_t>(s.n));
      std::size_t count = 0;
      T nan{};
      for (std::int64_t i = 0; i < s.n; ++i) {
        const T value = row[i * s.inner];
        if (is_nan(value)) nan = value;
        numbers[count] = value;
        count += !is_nan(value);
      }
      numbers.resize(count);
      const auto value = wanted_value<Kept<T>>(rank, k, numbers, nan, s.n - static_cast<std::int64_t>(count));
      values[r] = static_cast<T>(value);
      indices[r] = place_of(rank, values[r], row, s.n, s.inner);
    }
  });
}

}  // namespace

std::array<Tensor, 2> ranked(Rank rank, std::int64_t k, const Tensor& x, int dim, const Shape& shape) {
  const Tensor values = make_tensor(shape, x.dtype()), indices = make_tensor(shape, kInt64);
  if (values.numel() == 0) return {values, indices};
  visit(x.dtype(), [&]<class T>(T) {
    rank_rows(rank, k, reinterpret_cast<const T*>(x.raw()), reinterpret_cast<T*>(values.raw()),
              indices.data<std::int64_t>(), rows_along(x.shape(), dim));
  });
  return {values, indices};
}

}  // namespace xtape::kernels
