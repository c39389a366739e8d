// The losses as modules: nn::CrossEntropyLoss criterion({.label_smoothing = 0.1}); criterion(logits, labels).
#pragma once

#include "nn/loss.hpp"
#include "nn/module.hpp"

namespace xtape::nn {

/// Calls `loss` with the options it was made with. Weights in the options are buffers, so to() converts them.
template <class Options, auto loss>
class LossModule : public Module {
 public:
  explicit LossModule(const Options& options = {}) : options_(options) {
    if constexpr (requires { options.weight; }) register_buffer("weight", options_.weight);
    if constexpr (requires { options.pos_weight; }) register_buffer("pos_weight", options_.pos_weight);
  }

  using Module::forward;
  using Module::operator();
  Tensor forward(const Tensor& input, const Tensor& target) const { return loss(input, target, options_); }
  Tensor operator()(const Tensor& input, const Tensor& target) const { return forward(input, target); }

 private:
  Options options_;
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

}  // namespace xtape::nn
