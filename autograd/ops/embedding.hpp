// Embeddings: rows of a table looked up by number.
#pragma once

#include <optional>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

struct EmbeddingFuncOptions {
  /// The number of a row that learns nothing: its gradient is 0. Counted from the end where negative.
  std::optional<std::int64_t> padding_idx = std::nullopt;
};

/// y[i..., :] = weight[indices[i...], :]: indices of any shape, int64 or int32, weight {rows, dim}. Repeats
/// add up in the gradient in the order of their places, and so have the same bits on any number of threads.
/// An Error names the index that is negative or too large.
Tensor embedding(const Tensor& indices, const Tensor& weight, const EmbeddingFuncOptions& options = {});

}  // namespace xtape
