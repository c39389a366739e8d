// Borders as lookups, one dim after the other.
#include "autograd/ops/padding.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "autograd/graph/trace.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

using namespace detail;

namespace {

/// The element of n that stands at place i, which may lie outside.
std::int64_t source(PadMode mode, std::int64_t i, std::int64_t n) {
  switch (mode) {
    case PadMode::reflect: return i < 0 ? -i : i < n ? i : 2 * (n - 1) - i;
    case PadMode::replicate: return std::clamp<std::int64_t>(i, 0, n - 1);
    case PadMode::circular: return (i + n) % n;
    case PadMode::constant: break;
  }
  return i;
}

void check_amount(const Tensor& x, PadMode mode, std::int64_t amount, int dim) {
  const std::int64_t n = x.shape()[dim];
  const std::string_view word = word_of(mode);
  const std::int64_t most = mode == PadMode::reflect ? n - 1 : n;
  check(n > 0, "pad: dim {} of {} has no element to {}", dim, x.shape(), word);
  check(mode == PadMode::replicate || amount <= most,
        "pad: {} takes at most {} elements of dim {} of {}, not {}", word, most, dim, x.shape(), amount);
}

Tensor padded_along(const Tensor& x, int dim, std::int64_t before, std::int64_t behind, PadMode mode) {
  check_amount(x, mode, before, dim);
  check_amount(x, mode, behind, dim);
  const std::int64_t n = x.shape()[dim];
  check(before > -n && behind > -n && n + before + behind > 0,
        "pad: {} and {} crop all {} elements of dim {} of {}", before, behind, n, dim, x.shape());
  std::vector<std::int64_t> sources;
  for (std::int64_t i = -before; i < n + behind; ++i) sources.push_back(source(mode, i, n));
  return index_select(x, dim, from_vector(sources, {std::ssize(sources)}));
}

}  // namespace

Tensor pad(const Tensor& x, const Shape& padding, const PadOptions& options) {
  options.mode.check_word("pad", "mode");
  const PadMode mode = options.mode.value();
  if (mode == PadMode::constant) return pad(x, padding, options.value);
  if (is_traced()) [[unlikely]]
    return report("pad", {x}, {{"pad", padding}, {"mode", word_of(mode)}},
                  [&] { return pad(x, padding, options); });
  const int dims = static_cast<int>(x.dim());
  check(padding.size() % 2 == 0 && padding.size() <= 2 * dims,
        "pad: padding {} does not fit {}; expected two amounts for each of at most {} dims", padding,
        x.shape(), dims);
  Tensor y = x;
  for (int i = 0; i < padding.size() / 2; ++i) {
    const std::int64_t before = padding[2 * i], behind = padding[2 * i + 1];
    if (before != 0 || behind != 0) y = padded_along(y, dims - 1 - i, before, behind, mode);
  }
  return y;
}
Tensor pad(const Tensor& x, const Shape& padding, const Choice<PadMode>& mode, Scalar value) {
  return pad(x, padding, PadOptions{.mode = mode, .value = value});
}

}  // namespace xtape
