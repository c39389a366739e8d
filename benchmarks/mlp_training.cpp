// The fully connected nets' weights, optimisers and step.
#include "benchmarks/mlp_training.hpp"

#include <vector>

namespace bench {

using namespace xtape;

namespace {

StateDict initial_values(const Mlp& mlp, const nn::MLP& net) {
  StateDict values;
  int layer = 0;
  for (const auto& [name, parameter] : net.named_parameters()) {
    const bool is_weight = parameter.dim() == 2;
    values.insert(name,
                  is_weight ? from_vector(mlp.weight(layer++), parameter.shape()) : zeros_like(parameter));
  }
  return values;
}

/// The weights' gradients get reg W in the update, the biases' do not.
optim::SGD with_weight_decay(const nn::MLP& net, const Mlp& mlp) {
  std::vector<Tensor> weights, biases;
  for (const Tensor& parameter : net.parameters())
    (parameter.dim() == 2 ? weights : biases).push_back(parameter);
  return optim::SGD({{.params = weights, .weight_decay = mlp.reg}, {.params = biases}}, {.lr = mlp.lr});
}

std::unique_ptr<optim::Optimizer> make_optimizer(const nn::MLP& net, const Mlp& mlp) {
  if (mlp.adam) return std::make_unique<optim::Adam>(net.parameters(), optim::AdamOptions{.lr = mlp.lr});
  if (mlp.decay) return std::make_unique<optim::SGD>(with_weight_decay(net, mlp));
  return std::make_unique<optim::SGD>(net.parameters(), optim::SGDOptions{.lr = mlp.lr});
}

}  // namespace

nn::MLP make_mlp(const Mlp& mlp) {
  const auto activation = mlp.regression ? nn::Activation::tanh : nn::Activation::relu;
  nn::MLP net(mlp.sizes, {.activation = activation, .dropout = mlp.dropout});
  if (mlp.sigmoid) net.push_back(nn::Sigmoid());
  net.load_state_dict(initial_values(mlp, net));
  return net;
}

MlpTraining::MlpTraining(const Mlp& mlp)
    : mlp_(mlp),
      net_(make_mlp(mlp)),
      optimizer_(make_optimizer(net_, mlp)),
      x_(from_vector(mlp.x(), {mlp.batch, mlp.sizes[0]})),
      y_(mlp.regression ? from_vector(mlp.target(), {mlp.batch, mlp.sizes.back()})
                        : from_vector(mlp.y(), {mlp.batch})) {}

void MlpTraining::restart() { net_.load_state_dict(initial_values(mlp_, net_)); }

void MlpTraining::step() {
  optimizer_->zero_grad();
  loss_ = mlp_.regression ? nn::mse_loss(net_(x_), y_) : nn::cross_entropy(net_(x_), y_);
  if (mlp_.reg > 0 && !mlp_.decay) loss_ = loss_ + nn::l2_penalty(net_, mlp_.reg);
  loss_.backward();
  optimizer_->step();
}

}  // namespace bench
