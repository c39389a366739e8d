// Buckets: the gradients of several parameters as one message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::distributed::detail {

/// Where a parameter's gradient stands in a bucket.
struct Slot {
  std::size_t parameter;
  std::int64_t begin, size;
};

/// One dim of one dtype: the gradients, and behind them for each slot on how many ranks there is one.
struct Bucket {
  DType dtype;
  std::vector<Slot> slots = {};
  std::int64_t values = 0;

  std::int64_t size() const { return values + std::ssize(slots); }
};

/// What changes no sum, be it of zeros of either sign.
inline constexpr double kNothing = -0.0;

/// Writes what is no gradient: kNothing for the slots that this rank has none for, and which ones it has.
void fill_gaps(const Bucket& bucket, const std::vector<bool>& has, const Tensor& data);

/// The parameters in this order, in a first bucket of about `first_bytes` and others of about `bytes`.
/// Another dtype begins another bucket.
std::vector<Bucket> plan_buckets(const std::vector<Tensor>& parameters,
                                 const std::vector<std::int64_t>& order, std::int64_t first_bytes,
                                 std::int64_t bytes);

}  // namespace xtape::distributed::detail
