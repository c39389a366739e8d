// MLP: a Sequential of fully connected layers, made from their sizes.
#pragma once

#include <concepts>
#include <vector>

#include "nn/layers/activation.hpp"
#include "nn/module/sequential.hpp"

namespace xtape::nn {

struct MLPOptions {
  Activation activation = Activation::relu;
  double dropout = 0;  ///< behind each activation; 0 leaves the layers out
  bool bias = true;
  DType dtype = kFloat32;
  Generator* generator = nullptr;  ///< for initial values and dropout; the default generator where null
};

/// The sizes of input, hidden layers and output, from integers of any types.
class LayerSizes {
 public:
  template <std::integral... I>
  requires(sizeof...(I) > 0) LayerSizes(I... sizes)
      : sizes_{static_cast<std::int64_t>(sizes)...} {}  // NOLINT: implicit, for MLP({784, 10})
  template <std::integral I>
  LayerSizes(const std::vector<I>& sizes) : sizes_(sizes.begin(), sizes.end()) {}  // NOLINT: implicit

  const std::vector<std::int64_t>& values() const { return sizes_; }

 private:
  std::vector<std::int64_t> sizes_;
};

/// Per hidden layer Linear, activation and, with dropout, Dropout; a bare Linear last. Its parameters are
/// named as a Sequential's: MLP({784, 512, 10}) has "0.weight", "0.bias", "2.weight" and "2.bias".
class MLP : public Sequential {
 public:
  explicit MLP(const LayerSizes& sizes, const MLPOptions& options = {});
};

}  // namespace xtape::nn
