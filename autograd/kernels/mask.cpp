// Masks in two passes: first each chunk counts, then it knows where what it takes goes.
#include "autograd/kernels/mask.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/elements.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr std::int64_t kChunk = 1 << 16;
constexpr std::int64_t kWord = 8;  // bytes of a mask that are looked at together
constexpr std::uint64_t kOnes = 0x0101010101010101;

const std::uint8_t* bytes(const Tensor& mask) { return reinterpret_cast<const std::uint8_t*>(mask.raw()); }

/// starts[c]: how many are true before chunk c; the last entry is the number of all.
std::vector<std::int64_t> starts_of(const Tensor& mask) {
  const std::uint8_t* m = bytes(mask);
  std::vector<std::int64_t> starts(static_cast<std::size_t>((mask.numel() + kChunk - 1) / kChunk) + 1);
  parallel_for(mask.numel(), kChunk, [&](std::int64_t begin, std::int64_t end) {
    std::int64_t count = 0;
    for (std::int64_t i = begin; i < end;) {  // in runs that 8 bits count
      const std::int64_t last = std::min(end, i + 128);
      std::uint8_t few = 0;
      for (; i < last; ++i) few = static_cast<std::uint8_t>(few + (m[i] != 0));
      count += few;
    }
    starts[static_cast<std::size_t>(begin / kChunk) + 1] = count;
  });
  for (std::size_t c = 1; c < starts.size(); ++c) starts[c] += starts[c - 1];
  return starts;
}

/// A byte of 1 for each of the next that is true.
std::uint64_t ones_at(const std::uint8_t* mask) {
  std::uint64_t word;
  std::memcpy(&word, mask, sizeof(word));
  return (((word & 0x7f * kOnes) + 0x7f * kOnes) | word) >> 7 & kOnes;
}

/// All bits where the mask is true, so that a choice needs no branch, which would be mispredicted.
template <class T>
T bits_of(std::uint8_t mask) {
  return static_cast<T>(T(0) - static_cast<T>(mask != 0));
}

/// y[k] = value(i) for the k-th true element i. Every value is stored, and written over by the next unless
/// the mask is true.
template <class T, class Value>
Tensor compress(const Tensor& mask, DType dtype, const Value& value) {
  const std::vector<std::int64_t> starts = starts_of(mask);
  const Tensor y = make_tensor({starts.back()}, dtype);
  const std::uint8_t* m = bytes(mask);
  parallel_for(mask.numel(), kChunk, [&](std::int64_t begin, std::int64_t end) {
    const auto chunk = static_cast<std::size_t>(begin / kChunk);
    T* to = elements<T>(y) + starts[chunk];
    T* const stop = elements<T>(y) + starts[chunk + 1];
    std::int64_t i = begin;
    for (; stop - to >= kWord && i + kWord <= end; i += kWord) {
      const std::uint64_t ones = ones_at(m + i);
      if (ones == 0) continue;
      const std::uint64_t counts = ones * kOnes;  // in each byte, how many are true up to there
      to[0] = value(i);
      for (int j = 1; j < kWord; ++j) to[counts >> (8 * (j - 1)) & 0xff] = value(i + j);
      to += counts >> 56;
    }
    for (; to < stop; ++i) {
      *to = value(i);
      to += m[i] != 0;
    }
  });
  return y;
}

}  // namespace

std::int64_t count_true(const Tensor& mask) { return starts_of(mask).back(); }

Tensor masked_select(const Tensor& x, const Tensor& mask) {
  Tensor y;
  visit_size(x.dtype(), [&]<class T>(T) {
    const T* from = elements<T>(x);
    y = compress<T>(mask, x.dtype(), [from](std::int64_t i) { return from[i]; });
  });
  return y;
}

Tensor true_places(const Tensor& mask) {
  return compress<std::int64_t>(mask, kInt64, [](std::int64_t i) { return i; });
}

Tensor nonzero(const Tensor& mask) {
  const Tensor places = true_places(mask);
  if (mask.dim() == 1) return places.alias({places.numel(), 1}, {1, 1}, 0);
  const int dims = static_cast<int>(mask.dim());
  const Tensor y = make_tensor({places.numel(), dims}, kInt64);
  const std::int64_t* from = places.data<std::int64_t>();
  std::int64_t* to = y.data<std::int64_t>();
  parallel_for(places.numel(), kChunk, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t k = begin; k < end; ++k) {
      std::int64_t place = from[k];
      for (int d = dims - 1; d >= 0; --d) {
        to[k * dims + d] = place % mask.shape()[d];
        place /= mask.shape()[d];
      }
    }
  });
  return y;
}

Tensor masked_embed(const Tensor& v, const Tensor& mask) {
  if (v.numel() == 0) return zeros(mask.shape(), {.dtype = v.dtype()});
  const std::vector<std::int64_t> starts = starts_of(mask);
  const Tensor y = make_tensor(mask.shape(), v.dtype());
  const std::uint8_t* m = bytes(mask);
  visit_size(v.dtype(), [&]<class T>(T) {
    const T* from = elements<T>(v);
    T* to = elements<T>(y);
    parallel_for(mask.numel(), kChunk, [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t last = v.numel() - 1;
      std::int64_t k = starts[static_cast<std::size_t>(begin / kChunk)];
      for (std::int64_t i = begin; i < end; ++i) {
        to[i] = static_cast<T>(from[std::min(k, last)] & bits_of<T>(m[i]));
        k += m[i] != 0;
      }
    });
  });
  return y;
}

void masked_fill(const Tensor& y, const Tensor& mask, const Tensor& value) {
  const std::uint8_t* m = bytes(mask);
  visit_size(y.dtype(), [&]<class T>(T) {
    const T filling = *elements<T>(value);
    T* to = elements<T>(y);
    parallel_for(y.numel(), kChunk, [=](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const T bits = bits_of<T>(m[i]);
        to[i] = static_cast<T>((to[i] & ~bits) | (filling & bits));
      }
    });
  });
}

}  // namespace xtape::kernels
