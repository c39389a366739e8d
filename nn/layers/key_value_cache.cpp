// The cache's growth: memory doubles, so that a word costs its own copy alone.
#include "nn/layers/key_value_cache.hpp"

#include <algorithm>
#include <initializer_list>

#include "autograd/graph/grad_mode.hpp"

namespace xtape::nn {

namespace {

constexpr std::int64_t kLeastCapacity = 64;

void check_new(const Tensor& x, const char* what) {
  check(x.dim() == 4, "KeyValueCache: the {} are of shape {}; expected {{N, H, T, D}}", what, x.shape());
  check(!grad_enabled() || !x.requires_grad(),
        "KeyValueCache: the {} require a gradient, which a cache does not keep; use a NoGradGuard", what);
}

/// Throws unless x {N, H, new, D} goes behind what `buffer` holds.
void check_fits(const Tensor& x, const Tensor& buffer, const char* what) {
  bool fits = x.dtype() == buffer.dtype();
  for (const int dim : {0, 1, 3}) fits = fits && x.size(dim) == buffer.size(dim);
  check(fits, "KeyValueCache: {} {} of shape {} do not fit behind {} of {}", x.dtype(), what, x.shape(),
        buffer.dtype(), buffer.shape());
}

/// A buffer for `capacity` words like x, with the first `length` of `old`.
Tensor grown(const Tensor& old, const Tensor& x, std::int64_t capacity, std::int64_t length) {
  const Tensor buffer = empty({x.size(0), x.size(1), capacity, x.size(3)}, {.dtype = x.dtype()});
  if (length > 0) narrow(buffer, 2, 0, length).copy_(narrow(old, 2, 0, length));
  return buffer;
}

}  // namespace

KeyValueCache::KeyValueCache(const KeyValueCache& other) : length_(other.length_) {
  const NoGradGuard no_grad;
  if (other.keys_.defined()) keys_ = other.keys_.clone();
  if (other.values_.defined()) values_ = other.values_.clone();
}

KeyValueCache& KeyValueCache::operator=(KeyValueCache other) noexcept {
  std::swap(keys_, other.keys_);
  std::swap(values_, other.values_);
  std::swap(length_, other.length_);
  return *this;
}

std::pair<Tensor, Tensor> KeyValueCache::append(const Tensor& keys, const Tensor& values) {
  check_new(keys, "keys");
  check_new(values, "values");
  const std::int64_t added = keys.size(2), total = length_ + added;
  check(values.size(2) == added, "KeyValueCache: keys {} and values {} are not of the same words",
        keys.shape(), values.shape());
  const NoGradGuard no_grad;
  if (length_ > 0) {
    check_fits(keys, keys_, "keys");
    check_fits(values, values_, "values");
  }
  if (length_ == 0 || total > keys_.size(2)) {
    const std::int64_t capacity = std::max({kLeastCapacity, total, 2 * length_});
    keys_ = grown(keys_, keys, capacity, length_);
    values_ = grown(values_, values, capacity, length_);
  }
  narrow(keys_, 2, length_, added).copy_(keys);
  narrow(values_, 2, length_, added).copy_(values);
  length_ = total;
  return {narrow(keys_, 2, 0, total), narrow(values_, 2, 0, total)};
}

void KeyValueCache::truncate(std::int64_t length) {
  check(length >= 0 && length <= length_, "KeyValueCache: cannot keep {} of {} words", length, length_);
  length_ = length;
}

}  // namespace xtape::nn
