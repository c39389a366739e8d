// Places in a sequence as numbers: waves that are added to words, and turns of queries and keys.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

struct SinusoidalPositionsOptions {
  double base = 10000;
  DType dtype = kFloat32;
};

/// {length, dim}: p[t, 2 i] = sin(t / base^(2 i / dim)), p[t, 2 i + 1] = cos of the same (Vaswani and others,
/// "Attention is all you need", 2017, section 3.5). Words {..., length, dim} are added to it.
Tensor sinusoidal_positions(std::int64_t length, std::int64_t dim,
                            const SinusoidalPositionsOptions& options = {});

struct RotaryEmbeddingOptions {
  double base = 10000;
  std::int64_t offset = 0;  ///< the place of the first row, as where a cache holds those before it
  /// Whether x[2 i] and x[2 i + 1] are a pair, as in the paper, or else x[i] and x[i + dim / 2], as in many
  /// published nets.
  bool interleaved = true;
};

/// x {..., T, dim}, dim even, with pair i of row t turned by the angle (offset + t) / base^(2 i / dim): then
/// the product of a query and a key depends on the distance of their places alone (Su and others, "RoFormer",
/// 2021, section 3.2.2).
Tensor rotary_embedding(const Tensor& x, const RotaryEmbeddingOptions& options = {});

}  // namespace xtape::nn

namespace xtape {

using nn::rotary_embedding;

}  // namespace xtape
