// KeyValueCache: what attention has seen, so that a text grows by one word without computing the others
// again.
#pragma once

#include <utility>

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

/// The keys and values {N, H, T, D} of one attention, to which each call adds those of new words. For
/// evaluation: what is added is not recorded. A copy has memory of its own.
class KeyValueCache {
 public:
  KeyValueCache() = default;
  KeyValueCache(const KeyValueCache& other);
  KeyValueCache(KeyValueCache&&) noexcept = default;
  KeyValueCache& operator=(KeyValueCache other) noexcept;
  ~KeyValueCache() = default;

  /// Adds keys and values {N, H, new, D}, and gives all: {N, H, length(), D}. These are views, which hold
  /// until the cache is truncated and grows again. Throws where the shapes do not fit those before, and where
  /// a gradient is wanted.
  std::pair<Tensor, Tensor> append(const Tensor& keys, const Tensor& values);
  /// How many words are in it.
  std::int64_t length() const { return length_; }
  /// Forgets all words but the first `length`.
  void truncate(std::int64_t length);
  void clear() { truncate(0); }

 private:
  Tensor keys_, values_;  // {N, H, capacity, D}
  std::int64_t length_ = 0;
};

}  // namespace xtape::nn
