// The forward pass, and generation with a cache for as long as the context has room.
#include "gpt.hpp"

#include <cmath>

namespace examples {

using namespace xtape;

GptBlock::GptBlock(const GptOptions& o)
    : ln_1(register_module("ln_1", nn::LayerNorm({o.width}, {.bias = false}))),
      attn(register_module("attn",
                           nn::MultiheadAttention(o.width, o.heads, {.bias = false, .batch_first = true}))),
      ln_2(register_module("ln_2", nn::LayerNorm({o.width}, {.bias = false}))),
      fc(register_module("fc", nn::Linear(o.width, 4 * o.width, {.bias = false}))),
      proj(register_module("proj", nn::Linear(4 * o.width, o.width, {.bias = false}))) {}

Tensor GptBlock::forward(const Tensor& x, nn::KeyValueCache* cache) {
  const Tensor a = ln_1(x);
  const Tensor y = x + std::get<0>(attn(a, a, a, {.need_weights = false, .is_causal = true, .cache = cache}));
  return y + proj(gelu(fc(ln_2(y))));
}

Gpt::Gpt(const GptOptions& o)
    : options(o),
      wte(register_module("wte", nn::Embedding(o.characters, o.width))),
      wpe(register_module("wpe", nn::Embedding(o.context, o.width))),
      h(register_module("h", nn::ModuleListOf<GptBlock>(o.layers, [&] { return GptBlock(o); }))),
      ln_f(register_module("ln_f", nn::LayerNorm({o.width}, {.bias = false}))),
      lm_head(register_module("lm_head", nn::Linear(o.width, o.characters, {.bias = false}))) {
  lm_head.set_weight(wte.weight());
  // What is added to the sum of all blocks starts smaller, so that their number does not matter.
  for (auto& [name, weight] : named_parameters()) {
    const bool added = name.ends_with("proj.weight");
    if (weight.dim() > 1) nn::init::normal_(weight, 0, added ? 0.02 / std::sqrt(2.0 * o.layers) : 0.02);
  }
}

Tensor Gpt::forward(const Tensor& tokens, std::vector<nn::KeyValueCache>* caches) {
  const std::int64_t before = caches ? caches->front().length() : 0, length = tokens.size(1);
  check(before + length <= options.context, "{} characters; the context has room for {}", before + length,
        options.context);
  Tensor x = wte(tokens) + wpe(arange(before, before + length));
  for (std::size_t i = 0; i < h.size(); ++i) x = h[i](x, caches ? &(*caches)[i] : nullptr);
  return lm_head(ln_f(x));
}

Tensor Gpt::generate(const Tensor& prompt, std::int64_t count, const nn::SampleTokenOptions& sampling) {
  const NoGradGuard no_grad;
  std::vector<nn::KeyValueCache> caches(h.size());
  Tensor text = prompt, fresh = prompt.slice(1, -options.context);
  for (std::int64_t i = 0; i < count; ++i) {
    const Tensor scores = (*this)(fresh, &caches).select(1, -1);
    fresh = nn::sample_token(scores, sampling).unsqueeze(1);
    text = cat({text, fresh}, 1);
    if (caches[0].length() < options.context) continue;
    for (nn::KeyValueCache& cache : caches) cache.clear();  // goes on from the last half of it
    fresh = text.slice(1, -options.context / 2);
  }
  return text;
}

}  // namespace examples
