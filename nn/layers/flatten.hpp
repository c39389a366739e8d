// Flatten: a range of dims becomes one.
#pragma once

#include "nn/module/module.hpp"

namespace xtape::nn {

struct FlattenOptions {
  std::int64_t start_dim = 1;
  std::int64_t end_dim = -1;
};

/// {N, C, H, W} becomes {N, C H W}: what stands between images and a Linear.
class Flatten : public Module {
 public:
  explicit Flatten(const FlattenOptions& options = {}) : options_(options) {}
  explicit Flatten(std::int64_t start_dim, std::int64_t end_dim = -1) : options_{start_dim, end_dim} {}

  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  FlattenOptions options_;
};

}  // namespace xtape::nn
