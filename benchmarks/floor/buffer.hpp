// Buffer: float numbers on a cache line's boundary, zero at first, allocated before anything is timed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

namespace hand {

class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t size) : size_(size) {
    const std::size_t bytes = std::max<std::size_t>(64, (size * sizeof(float) + 63) / 64 * 64);
    values_.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
    std::fill_n(values_.get(), size, 0.0f);
  }
  explicit Buffer(const std::vector<float>& values) : Buffer(values.size()) {
    std::copy(values.begin(), values.end(), values_.get());
  }

  std::size_t size() const { return size_; }
  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  float* begin() { return data(); }
  float* end() { return data() + size_; }

 private:
  struct Free {
    void operator()(float* p) const { std::free(p); }
  };
  std::unique_ptr<float[], Free> values_;
  std::size_t size_ = 0;
};

}  // namespace hand
