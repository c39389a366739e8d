// Embedding's initial values and its lookup.
#include "nn/layers/embedding.hpp"

#include "autograd/ops/embedding.hpp"
#include "nn/init.hpp"

namespace xtape::nn {

namespace {

std::optional<std::int64_t> padding_row(std::optional<std::int64_t> padding_idx, std::int64_t rows) {
  if (!padding_idx) return padding_idx;
  check(*padding_idx >= -rows && *padding_idx < rows,
        "Embedding: padding_idx {} is out of range for {} embeddings", *padding_idx, rows);
  return *padding_idx < 0 ? *padding_idx + rows : *padding_idx;
}

Tensor initial(std::int64_t num_embeddings, std::int64_t embedding_dim, const EmbeddingOptions& options) {
  check(num_embeddings >= 0 && embedding_dim >= 0,
        "Embedding: the sizes are {} and {}; expected none below 0", num_embeddings, embedding_dim);
  check(is_floating(options.dtype), "Embedding: the dtype is {}; expected float32 or float64", options.dtype);
  const auto padding = padding_row(options.padding_idx, num_embeddings);
  const Tensor weight = empty({num_embeddings, embedding_dim}, {.dtype = options.dtype});
  init::normal_(weight, 0, 1, options.generator);
  if (padding) weight[*padding].zero_();
  return weight;
}

Tensor checked_table(const Tensor& embeddings) {
  check(embeddings.dim() == 2 && embeddings.is_floating_point(),
        "Embedding: the embeddings are {} of shape {}; expected floats {{rows, dim}}", embeddings.dtype(),
        embeddings.shape());
  return embeddings;
}

}  // namespace

Embedding::Embedding(const Tensor& weight, std::optional<std::int64_t> padding_idx, bool requires_grad)
    : weight_(register_parameter("weight", weight, requires_grad)),
      padding_idx_(padding_row(padding_idx, weight.size(0))) {}

Embedding::Embedding(std::int64_t num_embeddings, std::int64_t embedding_dim, const EmbeddingOptions& options)
    : Embedding(initial(num_embeddings, embedding_dim, options), options.padding_idx, true) {}

Embedding Embedding::from_pretrained(const Tensor& embeddings,
                                     const EmbeddingFromPretrainedOptions& options) {
  return Embedding(checked_table(embeddings), options.padding_idx, !options.freeze);
}

Tensor Embedding::forward(const Tensor& indices) {
  return embedding(indices, weight_, {.padding_idx = padding_idx_});
}

std::string Embedding::extra_repr() const {
  const std::string sizes = fmt::format("{}, {}", num_embeddings(), embedding_dim());
  return padding_idx_ ? fmt::format("{}, padding_idx={}", sizes, *padding_idx_) : sizes;
}

}  // namespace xtape::nn
