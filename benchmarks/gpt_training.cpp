// The GPTs' weights, optimiser and step.
#include "benchmarks/gpt_training.hpp"

namespace bench {

using namespace xtape;

namespace {

void set_weights(const Gpt& gpt, const examples::Gpt& net) {
  const NoGradGuard no_grad;
  int number = 0;
  for (const Tensor& parameter : net.parameters()) {
    if (parameter.dim() == 1)
      parameter.fill_(1);
    else
      parameter.copy_(from_vector(gpt.weight(number++, std::size_t(parameter.numel())), parameter.shape()));
  }
}

/// Weight decay is for matrices.
optim::AdamW make_optimizer(const examples::Gpt& net) {
  std::vector<Tensor> matrices, others;
  for (const Tensor& parameter : net.parameters())
    (parameter.dim() > 1 ? matrices : others).push_back(parameter);
  return optim::AdamW({{.params = matrices}, {.params = others, .weight_decay = 0.0}},
                      {.lr = kGptLr, .betas = {kGptBeta1, kGptBeta2}, .weight_decay = kGptDecay});
}

}  // namespace

examples::Gpt make_gpt(const Gpt& gpt) {
  examples::Gpt net({.characters = gpt.characters,
                     .context = gpt.context,
                     .layers = gpt.layers,
                     .heads = gpt.heads,
                     .width = gpt.width});
  set_weights(gpt, net);
  return net;
}

GptTraining::GptTraining(const Gpt& gpt)
    : gpt_(gpt),
      net_(make_gpt(gpt)),
      optimizer_(make_optimizer(net_)),
      tokens_(from_vector(gpt.tokens(), {gpt.batch, gpt.context})),
      next_(from_vector(gpt.next(), {gpt.batch * gpt.context})) {}

void GptTraining::restart() { set_weights(gpt_, net_); }

void GptTraining::step() {
  optimizer_.zero_grad();
  loss_ = nn::cross_entropy(net_(tokens_).flatten(0, 1), next_);
  loss_.backward();
  optimizer_.step();
}

}  // namespace bench
