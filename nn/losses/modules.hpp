// The losses as modules: nn::CrossEntropyLoss criterion({.label_smoothing = 0.1}); criterion(logits, labels).
#pragma once

#include <utility>
#include <vector>

#include "nn/losses/classification.hpp"
#include "nn/losses/embedding.hpp"
#include "nn/losses/probability.hpp"
#include "nn/losses/regression.hpp"
#include "nn/module/module_base.hpp"
#include "nn/module/module_of.hpp"

namespace xtape::nn {

/// Calls `loss` with the options it was made with. Weights in the options are buffers, so to() converts them.
template <class Options, auto loss>
class LossModule : public ModuleBase {
 public:
  explicit LossModule(const Options& options = {}) : options_(options) {
    each_weight(options_, [&](const char* name, Tensor& weight) {
      weights_.push_back(register_buffer(name, std::exchange(weight, Tensor())));
    });
  }

  Tensor forward(const Tensor& input, const Tensor& target) const {
    if (weights_.empty()) return loss(input, target, options_);
    Options options = options_;
    auto buffer = weights_.begin();
    each_weight(options, [&](const char*, Tensor& weight) { weight = **buffer++; });
    return loss(input, target, options);
  }
  Tensor operator()(const Tensor& input, const Tensor& target) const {
    return call([&] { return forward(input, target); }, input, target);
  }

 private:
  template <class F>
  static void each_weight(Options& options, const F& f) {
    if constexpr (requires { options.weight; }) f("weight", options.weight);
    if constexpr (requires { options.pos_weight; }) f("pos_weight", options.pos_weight);
  }

  Options options_;  // without its weights
  std::vector<Buffer> weights_;
};

struct CrossEntropyLoss : LossModule<CrossEntropyOptions, cross_entropy> {
  using LossModule::LossModule;
};
struct NLLLoss : LossModule<NLLLossOptions, nll_loss> {
  using LossModule::LossModule;
};
struct MSELoss : LossModule<LossOptions, mse_loss> {
  using LossModule::LossModule;
};
struct L1Loss : LossModule<LossOptions, l1_loss> {
  using LossModule::LossModule;
};
struct HuberLoss : LossModule<HuberLossOptions, huber_loss> {
  using LossModule::LossModule;
};
struct SmoothL1Loss : LossModule<SmoothL1LossOptions, smooth_l1_loss> {
  using LossModule::LossModule;
};
struct BCELoss : LossModule<BinaryCrossEntropyOptions, binary_cross_entropy> {
  using LossModule::LossModule;
};
struct BCEWithLogitsLoss : LossModule<BinaryCrossEntropyWithLogitsOptions, binary_cross_entropy_with_logits> {
  using LossModule::LossModule;
};
struct MultiMarginLoss : LossModule<MultiMarginLossOptions, multi_margin_loss> {
  using LossModule::LossModule;
};
struct KLDivLoss : LossModule<KLDivOptions, kl_div> {
  using LossModule::LossModule;
};

/// The same for a loss of three tensors.
template <class Options, auto loss>
class TripleLossModule : public ModuleOf<TripleLossModule<Options, loss>> {
 public:
  explicit TripleLossModule(const Options& options = {}) : options_(options) {}
  Tensor forward(const Tensor& a, const Tensor& b, const Tensor& c) const { return loss(a, b, c, options_); }

 private:
  Options options_;
};

struct CosineEmbeddingLoss : TripleLossModule<CosineEmbeddingLossOptions, cosine_embedding_loss> {
  using TripleLossModule::TripleLossModule;
};
struct TripletMarginLoss : TripleLossModule<TripletMarginLossOptions, triplet_margin_loss> {
  using TripleLossModule::TripleLossModule;
};

}  // namespace xtape::nn
