// Copies whose elements stand in other places, composed of views, cat and index_select.
#include "autograd/ops/rearrange.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "autograd/graph/trace.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

using namespace detail;

namespace {

/// y, or a copy where it is a view of x.
Tensor copied(const Tensor& y, const Tensor& x) {
  return y.impl().storage == x.impl().storage ? y.clone() : y;
}

/// One copy of a view: each dim as {repeats, size}, expanded.
Tensor repeat_all(const Tensor& x, const Shape& sizes, const char* op) {
  Shape split, expanded, joined;
  const int lead = sizes.size() - static_cast<int>(x.dim());
  for (int d = 0; d < sizes.size(); ++d) {
    check(sizes[d] >= 0, "{}: {} holds the negative number {}", op, sizes, sizes[d]);
    const std::int64_t size = d < lead ? 1 : x.shape()[d - lead];
    joined.push_back(size);
    check(!__builtin_mul_overflow(size, sizes[d], &joined[d]),
          "{}: {} as often as {} has more elements than a tensor may have", op, x.shape(), sizes);
    if (sizes[d] != 1) {
      split.push_back(1);
      expanded.push_back(sizes[d]);
    }
    split.push_back(size);
    expanded.push_back(size);
  }
  return reshape(reshape(x, split).expand(expanded), joined);
}

/// The dims are repeated one after the other where a Shape has no room for all at once.
Tensor repeat_dims(const Tensor& x, const Shape& sizes, const char* op) {
  const auto repeated = std::count_if(sizes.begin(), sizes.end(), [](std::int64_t n) { return n != 1; });
  if (sizes.size() + repeated <= Shape::kMaxDims) return repeat_all(x, sizes, op);
  Tensor y = x;
  const int lead = sizes.size() - static_cast<int>(x.dim());
  for (int i = 0; i < lead; ++i) y = unsqueeze(y, 0);
  for (int d = 0; d < sizes.size(); ++d) {
    if (sizes[d] == 1) continue;
    y = cat(std::vector<Tensor>(static_cast<std::size_t>(std::max<std::int64_t>(sizes[d], 1)), y), d);
    if (sizes[d] <= 0) y = narrow(y, d, 0, 0);
  }
  return y;
}

Tensor roll_along(const Tensor& x, std::int64_t shift, int dim) {
  const std::int64_t size = x.shape()[dim];
  if (size == 0) return x;
  const std::int64_t by = (shift % size + size) % size;
  if (by == 0) return x;
  return cat({narrow(x, dim, size - by, by), narrow(x, dim, 0, size - by)}, dim);
}

Tensor flip_one(const Tensor& x, int dim, const char* op) {
  check(x.dim() > dim, "{}: expected at least {} dims, got {}", op, dim + 1, x.shape());
  if (is_traced()) [[unlikely]]
    return report(op, {x}, {}, [&] { return flip(x, {dim}); });
  return flip(x, {dim});
}

}  // namespace

Tensor repeat(const Tensor& x, const Shape& sizes) {
  if (is_traced()) [[unlikely]]
    return report("repeat", {x}, {{"sizes", sizes}}, [&] { return repeat(x, sizes); });
  check(sizes.size() >= x.dim(), "repeat: {} numbers for a tensor of shape {}; expected at least {}",
        sizes.size(), x.shape(), x.dim());
  return copied(repeat_dims(x, sizes, "repeat"), x);
}

Tensor tile(const Tensor& x, const Shape& dims) {
  Shape sizes = dims;
  while (sizes.size() < x.dim()) sizes.insert(0, 1);
  if (is_traced()) [[unlikely]]
    return report("tile", {x}, {{"dims", dims}}, [&] { return repeat(x, sizes); });
  return repeat(x, sizes);
}

Tensor repeat_interleave(const Tensor& x, std::int64_t repeats, std::optional<Dim> dim) {
  if (is_traced()) [[unlikely]]
    return report("repeat_interleave", {x}, {{"repeats", repeats}, {"dim", dim.value_or(Dim(0))}},
                  [&] { return repeat_interleave(x, repeats, dim); });
  check(repeats >= 0, "repeat_interleave: {} repeats; expected at least 0", repeats);
  const Tensor from = dim && x.dim() > 0 ? x : flatten(x);
  const int at = dim ? wrap_dim(*dim, from.shape().size(), "repeat_interleave") : 0;
  Shape expanded = from.shape(), joined = from.shape();
  expanded.insert(at + 1, repeats);
  joined[at] *= repeats;
  return copied(reshape(unsqueeze(from, at + 1).expand(expanded), joined), x);
}

Tensor repeat_interleave(const Tensor& repeats) {
  check(repeats.dim() == 1 && is_integral(repeats.dtype()),
        "repeat_interleave: the repeats are {} of shape {}; expected 1-d integers", repeats.dtype(),
        repeats.shape());
  const std::vector<std::int64_t> counts = repeats.to_vector<std::int64_t>();
  std::vector<std::int64_t> places;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    check(counts[i] >= 0, "repeat_interleave: repeats[{}] is {}; expected at least 0", i, counts[i]);
    places.insert(places.end(), static_cast<std::size_t>(counts[i]), static_cast<std::int64_t>(i));
  }
  return from_vector(places, {places.size()});
}

Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::optional<Dim> dim) {
  if (is_traced()) [[unlikely]]
    return report("repeat_interleave", {x, repeats}, {{"dim", dim.value_or(Dim(0))}},
                  [&] { return repeat_interleave(x, repeats, dim); });
  const Tensor from = dim && x.dim() > 0 ? x : flatten(x);
  const int at = dim ? wrap_dim(*dim, from.shape().size(), "repeat_interleave") : 0;
  const std::int64_t size = from.shape()[at];
  check(repeats.numel() == 1 || (repeats.dim() == 1 && repeats.numel() == size),
        "repeat_interleave: repeats of shape {} do not fit dim {} of {}; expected one, or {}",
        repeats.shape(), at, from.shape(), size);
  return index_select(from, at, repeat_interleave(repeats.reshape({-1}).expand({size})));
}

Tensor roll(const Tensor& x, const Shape& shifts, const Dims& dims) {
  if (is_traced()) [[unlikely]]
    return report("roll", {x}, {{"shifts", shifts}, {"dims", dims}}, [&] { return roll(x, shifts, dims); });
  if (dims.empty()) {
    check(shifts.size() == 1, "roll: {} shifts without dims; expected one", shifts.size());
    return reshape(roll_along(flatten(x), shifts[0], 0), x.shape()).clone();
  }
  check(shifts.size() == dims.size(), "roll: {} shifts for {} dims", shifts.size(), dims.size());
  Tensor y = x;
  for (int i = 0; i < dims.size(); ++i) {
    const int at = wrap_dim(dims[i], static_cast<int>(x.dim()), "roll");
    if (x.dim() > 0) y = roll_along(y, shifts[i], at);
  }
  return y.is_same(x) ? x.clone() : y;
}

Tensor fliplr(const Tensor& x) { return flip_one(x, 1, "fliplr"); }
Tensor flipud(const Tensor& x) { return flip_one(x, 0, "flipud"); }

Tensor rot90(const Tensor& x, std::int64_t k, const Dims& dims) {
  if (is_traced()) [[unlikely]]
    return report("rot90", {x}, {{"k", k}, {"dims", dims}}, [&] { return rot90(x, k, dims); });
  const int count = static_cast<int>(x.dim());
  check(dims.size() == 2 && count >= 2, "rot90: expected two dims of a tensor of at least two, got {} of {}",
        dims, x.shape());
  const int from = wrap_dim(dims[0], count, "rot90"), to = wrap_dim(dims[1], count, "rot90");
  check(from != to, "rot90: dim {} is named twice in {}", from, dims);
  switch ((k % 4 + 4) % 4) {
    case 1: return transpose(flip(x, {to}), from, to);
    case 2: return flip(x, {from, to});
    case 3: return transpose(flip(x, {from}), from, to);
    default: return x.clone();
  }
}

Tensor repeat_interleave(const Tensor& x, std::int64_t repeats, const RepeatInterleaveOptions& options) {
  return repeat_interleave(x, repeats, options.dim);
}
Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, const RepeatInterleaveOptions& options) {
  return repeat_interleave(x, repeats, options.dim);
}
Tensor roll(const Tensor& x, const Shape& shifts, const RollOptions& options) {
  return roll(x, shifts, options.dims);
}
Tensor rot90(const Tensor& x, const Rot90Options& options) { return rot90(x, options.k, options.dims); }

}  // namespace xtape
