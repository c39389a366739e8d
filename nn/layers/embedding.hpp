// Embedding: a table of vectors that are looked up by number.
#pragma once

#include <optional>

#include "nn/module/module.hpp"

namespace xtape::nn {

struct EmbeddingOptions {
  /// The row for padding: 0 at first, and without a gradient. Counted from the end where negative.
  std::optional<std::int64_t> padding_idx = std::nullopt;
  DType dtype = kFloat32;
  Generator* generator = nullptr;  ///< for the initial values; the default generator where null
};
struct EmbeddingFromPretrainedOptions {
  bool freeze = true;  ///< whether the table stays as it is in training
  std::optional<std::int64_t> padding_idx = std::nullopt;
};

/// Indices {...}, int64 or int32, to rows of the weight {num_embeddings, embedding_dim}: {...,
/// embedding_dim}. The weight starts from N(0, 1). An Error names an index that is negative or too large.
class Embedding : public Module {
 public:
  Embedding(std::int64_t num_embeddings, std::int64_t embedding_dim, const EmbeddingOptions& options = {});
  /// With this table as the weight: the tensor itself, not a copy.
  static Embedding from_pretrained(const Tensor& embeddings,
                                   const EmbeddingFromPretrainedOptions& options = {});

  Tensor forward(const Tensor& indices) override;
  std::string extra_repr() const override;

  const Tensor& weight() const { return *weight_; }
  /// See set_parameter: `head.set_weight(embedding.weight())` ties the two.
  void set_weight(const Tensor& weight) { set_parameter("weight", weight); }
  std::int64_t num_embeddings() const { return weight_->size(0); }
  std::int64_t embedding_dim() const { return weight_->size(1); }
  std::optional<std::int64_t> padding_idx() const { return padding_idx_; }  ///< counted from the front

 private:
  Embedding(const Tensor& weight, std::optional<std::int64_t> padding_idx, bool requires_grad);

  Parameter weight_;
  std::optional<std::int64_t> padding_idx_;
};

}  // namespace xtape::nn
