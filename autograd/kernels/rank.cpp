// Selection in rounds that count and keep without branches, which the processor could not guess.
#include "autograd/kernels/rank.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/rows.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// A guess at number k of n in order: that of a sample.
template <class T>
T guess(const T* row, std::int64_t n, std::int64_t k) {
  constexpr std::int64_t most = 63;
  const std::int64_t size = n < 1024 ? 9 : most;
  std::array<T, most> sample;
  for (std::int64_t i = 0; i < size; ++i) sample[static_cast<std::size_t>(i)] = row[i * (n / size)];
  const auto place =
      static_cast<std::int64_t>(static_cast<double>(k) / static_cast<double>(n) * static_cast<double>(size));
  std::nth_element(sample.begin(), sample.begin() + place, sample.begin() + size);
  return sample[static_cast<std::size_t>(place)];
}

/// Keeps those of n numbers that `kept` says, and gives their number. It moves every number: a branch would
/// be guessed wrong half of the time.
template <class T, class Kept>
std::int64_t keep(T* row, std::int64_t n, const Kept& kept) {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const T value = row[i];
    row[count] = value;
    count += kept(value);
  }
  return count;
}

/// Number k of the values in rising order; none is NaN. Each round keeps those on the wanted side of a guess.
template <class T>
T select(std::vector<T>& values, std::int64_t k) {
  T* const row = values.data();
  auto n = static_cast<std::int64_t>(values.size());
  for (int rounds = 0; n > 64 && rounds < 32; ++rounds) {
    const T pivot = guess(row, n, k);
    std::int64_t less = 0, equal = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      less += row[i] < pivot;
      equal += row[i] == pivot;
    }
    if (k < less) {
      n = keep(row, n, [=](T value) { return value < pivot; });
    } else if (k < less + equal) {
      return pivot;
    } else {
      n = keep(row, n, [=](T value) { return value > pivot; });
      k -= less + equal;
    }
  }
  std::nth_element(row, row + k, row + n);
  return row[k];
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
