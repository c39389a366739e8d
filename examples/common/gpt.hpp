// A small GPT, and texts for it (after Alec Radford and others, "Language models are unsupervised multitask
// learners", 2019, and Andrej Karpathy's nanoGPT).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <xtape/xtape.hpp>

namespace examples {

/// A file, or all files of a folder, in the order of their names.
std::string read_text(const std::string& path);

/// A text, character by character: each different byte has a number, in the order of the bytes.
class CharText {
 public:
  explicit CharText(const std::string& text);

  std::int64_t size() const { return tokens_.size(0); }
  std::int64_t characters() const { return std::ssize(alphabet_); }
  std::string text_of(const xtape::Tensor& tokens) const;
  /// int64 {1, n}; throws where the text has none of these characters.
  xtape::Tensor tokens_of(const std::string& text) const;
  /// The tokens [begin, end).
  xtape::Tensor slice(std::int64_t begin, std::int64_t end) const { return tokens_.slice(0, begin, end); }
  /// {starts, length} tokens from each start on.
  xtape::Tensor windows(const std::vector<std::int64_t>& starts, std::int64_t length) const;

 private:
  std::string alphabet_;
  xtape::Tensor tokens_;  // int64
};

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
