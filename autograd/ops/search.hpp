// Values looked for and counted. Nothing here is differentiable; results are int64 unless they are values.
// The structs that hold tensors stand in autograd/tensor/search_options.hpp and results.hpp.
#pragma once

#include <optional>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

struct UniqueOptions {
  bool sorted = true;  ///< it is always sorted, which "unsorted" allows
  bool return_inverse = false;
  bool return_counts = false;
  std::optional<Dim> dim = {};  ///< compare whole slices along this dim
};
struct UniqueResult;  // {output, inverse_indices, counts}
/// The distinct values of x in ascending order: {count}; or, with a dim, its distinct slices. Each NaN
/// differs from all others.
Tensor unique(const Tensor& x);
UniqueResult unique(const Tensor& x, const UniqueOptions& options);

struct UniqueConsecutiveOptions {
  bool return_inverse = false;
  bool return_counts = false;
  std::optional<Dim> dim = {};
};
/// x with each run of equal values (or slices) as one.
Tensor unique_consecutive(const Tensor& x);
UniqueResult unique_consecutive(const Tensor& x, const UniqueConsecutiveOptions& options);

struct BincountOptions;  // {weights, minlength}
/// How often each of 0, 1, ... stands in the 1-d x of integers that are not negative; with weights, the sum
/// of theirs, float64 unless they are float32.
Tensor bincount(const Tensor& x);
Tensor bincount(const Tensor& x, const Tensor& weights, std::int64_t minlength = 0);
Tensor bincount(const Tensor& x, const BincountOptions& options);

struct SearchSortedOptions;  // {right, side, sorter, out_int32}
/// The places in the last dim of sorted_sequence where each value would go so that the order stays. The
/// sequence is 1-d, or has the dims of values before the last.
Tensor searchsorted(const Tensor& sorted_sequence, const Tensor& values);
Tensor searchsorted(const Tensor& sorted_sequence, const Tensor& values, const SearchSortedOptions& options);
Tensor searchsorted(const Tensor& sorted_sequence, Scalar value);
Tensor searchsorted(const Tensor& sorted_sequence, Scalar value, const SearchSortedOptions& options);

struct BucketizeOptions {
  bool right = false;
  bool out_int32 = false;
};
/// searchsorted(boundaries, x), boundaries being 1-d.
Tensor bucketize(const Tensor& x, const Tensor& boundaries, const BucketizeOptions& options = {});
Tensor bucketize(Scalar x, const Tensor& boundaries, const BucketizeOptions& options = {});

}  // namespace xtape
