// A small GPT (after Alec Radford and others, "Language models are unsupervised multitask
// learners", 2019, and Andrej Karpathy's nanoGPT).
#pragma once

#include <cstdint>
#include <vector>

#include <xtape/xtape.hpp>

namespace examples {

struct GptOptions {
  std::int64_t characters = 256, context = 64, layers = 4, heads = 4, width = 128;
};

/// Attention and two fully connected layers, each behind a layer norm and added to what it reads.
struct GptBlock : xtape::nn::ModuleOf<GptBlock> {
  explicit GptBlock(const GptOptions& options);
  xtape::Tensor forward(const xtape::Tensor& x, xtape::nn::KeyValueCache* cache);

  xtape::nn::LayerNorm ln_1;
  xtape::nn::MultiheadAttention attn;
  xtape::nn::LayerNorm ln_2;
  xtape::nn::Linear fc, proj;
};

/// The scores {N, T, characters} of the character behind each of the tokens {N, T}. No bias anywhere; the
/// last layer's weight is the embedding's.
struct Gpt : xtape::nn::ModuleOf<Gpt> {
  explicit Gpt(const GptOptions& options);
  /// `caches`, one for each block, hold what stands before the tokens.
  xtape::Tensor forward(const xtape::Tensor& tokens, std::vector<xtape::nn::KeyValueCache>* caches = nullptr);

  /// `prompt` {1, T} and as many characters more, of which at most `context` are seen.
  xtape::Tensor generate(const xtape::Tensor& prompt, std::int64_t count,
                         const xtape::nn::SampleTokenOptions& options);

  GptOptions options;
  xtape::nn::Embedding wte, wpe;
  xtape::nn::ModuleListOf<GptBlock> h;
  xtape::nn::LayerNorm ln_f;
  xtape::nn::Linear lm_head;
};

}  // namespace examples
