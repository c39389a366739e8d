// Parts of a tensor: views that share its storage.
#pragma once

#include <optional>
#include <vector>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// What is left out of a slice; as an index, a new dim of size 1.
inline constexpr std::nullopt_t None = std::nullopt;

/// Where a slice starts or ends: an integer, negative ones count from the end, or None.
class SliceBound {
 public:
  template <Integer I>
  constexpr SliceBound(I at) : at_(static_cast<std::int64_t>(at)) {}  // NOLINT: implicit, as an index reads
  constexpr SliceBound(std::nullopt_t) {}                             // NOLINT: as above
  constexpr SliceBound(std::optional<std::int64_t> at) : at_(at) {}   // NOLINT: as above
  constexpr std::int64_t value_or(std::int64_t otherwise) const { return at_.value_or(otherwise); }
  constexpr bool given() const { return at_.has_value(); }

 private:
  std::optional<std::int64_t> at_;
};

/// Python's start:stop:step as an index: `x.index({Slice(1, None), Slice(None, None, 2)})`; step >= 1.
struct Slice {
  constexpr Slice(SliceBound first = None, SliceBound last = None, SliceBound by = None)
      : start(first), stop(last), step(by) {}

  SliceBound start, stop, step;
};

Tensor narrow(const Tensor& x, Dim dim, std::int64_t start, std::int64_t length);
/// x[start:end:step] along dim, with Python's treatment of negative and too large bounds; step > 0.
Tensor slice(const Tensor& x, Dim dim, SliceBound start, SliceBound end = None, std::int64_t step = 1);
Tensor select(const Tensor& x, Dim dim, std::int64_t index);  ///< x[..., index, ...], one dim less
std::vector<Tensor> unbind(const Tensor& x, Dim dim = 0);
/// Pieces of `size` (the last may be smaller), or of the given sizes, along dim.
std::vector<Tensor> split(const Tensor& x, std::int64_t size, Dim dim = 0);
std::vector<Tensor> split(const Tensor& x, const Shape& sizes, Dim dim = 0);
std::vector<Tensor> chunk(const Tensor& x, std::int64_t chunks, Dim dim = 0);

}  // namespace xtape
