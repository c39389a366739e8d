// Copies whose elements stand in other places: repeated, rolled, turned. Joined ones are in join.hpp.
#pragma once

#include <optional>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// x as often along each dim as `sizes` say; more sizes than dims add dims in front.
Tensor repeat(const Tensor& x, const Shape& sizes);
/// The same, but fewer sizes than dims leave the first dims as they are.
Tensor tile(const Tensor& x, const Shape& dims);
/// Each element (each slice along `dim`) `repeats` times, one behind the other; without dim, of x flattened.
Tensor repeat_interleave(const Tensor& x, std::int64_t repeats, std::optional<Dim> dim = {});
/// Slice i as often as the int64 repeats[i] says; repeats {1} is for all.
Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::optional<Dim> dim = {});
/// The index i as often as repeats[i] says: {2, 0, 1} gives {0, 0, 2}.
Tensor repeat_interleave(const Tensor& repeats);
/// Moves elements on by `shifts` along `dims`; what leaves one end enters the other. Without dims, of x
/// flattened, in x's shape.
Tensor roll(const Tensor& x, const Shape& shifts, const Dims& dims = {});
Tensor fliplr(const Tensor& x);  ///< reverses dim 1
Tensor flipud(const Tensor& x);  ///< reverses dim 0
/// Turns by k quarters, from the first of the two dims towards the second.
Tensor rot90(const Tensor& x, std::int64_t k = 1, const Dims& dims = {0, 1});

struct RepeatInterleaveOptions {
  detail::NamedOnly named_only = {};
  std::optional<Dim> dim = {};
};
Tensor repeat_interleave(const Tensor& x, std::int64_t repeats, const RepeatInterleaveOptions& options);
Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, const RepeatInterleaveOptions& options);
struct RollOptions {
  detail::NamedOnly named_only = {};
  Dims dims = {};
};
Tensor roll(const Tensor& x, const Shape& shifts, const RollOptions& options);
struct Rot90Options {
  detail::NamedOnly named_only = {};
  std::int64_t k = 1;
  Dims dims = {0, 1};
};
Tensor rot90(const Tensor& x, const Rot90Options& options);

}  // namespace xtape
