// libtorch's times: the workloads through its C++ frontend, written as its tutorials write them.
#include <fmt/format.h>
#include <torch/torch.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/harness/measure.hpp"
#include "benchmarks/harness/workloads.hpp"
#include "benchmarks/libtorch_images.hpp"
#include "benchmarks/libtorch_sequences.hpp"
#include "benchmarks/libtorch_tensors.hpp"

namespace {

struct Net {
  torch::nn::Sequential modules;
  std::vector<torch::Tensor> weights, biases;
};

void set_initial_values(const bench::Mlp& mlp, Net& net) {
  const torch::NoGradGuard no_grad;
  for (int i = 0; i < mlp.layers(); ++i) {
    torch::Tensor& weight = net.weights[std::size_t(i)];
    weight.copy_(floats(mlp.weight(i), weight.sizes()));
    net.biases[std::size_t(i)].zero_();
  }
}

Net make_net(const bench::Mlp& mlp) {
  Net net;
  for (int i = 0; i < mlp.layers(); ++i) {
    const torch::nn::Linear linear(mlp.sizes[std::size_t(i)], mlp.sizes[std::size_t(i) + 1]);
    net.weights.push_back(linear->weight);
    net.biases.push_back(linear->bias);
    net.modules->push_back(linear);
    if (i + 1 == mlp.layers()) break;
    if (mlp.regression)
      net.modules->push_back(torch::nn::Tanh());
    else
      net.modules->push_back(torch::nn::ReLU());
    if (mlp.dropout > 0) net.modules->push_back(torch::nn::Dropout(mlp.dropout));
  }
  if (mlp.sigmoid) net.modules->push_back(torch::nn::Sigmoid());
  set_initial_values(mlp, net);
  return net;
}

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const bench::Mlp& mlp, const Net& net) {
  using namespace torch::optim;
  if (mlp.adam) return std::make_unique<Adam>(net.modules->parameters(), AdamOptions(mlp.lr));
  if (!mlp.decay) return std::make_unique<SGD>(net.modules->parameters(), SGDOptions(mlp.lr));
  auto with_decay = std::make_unique<SGDOptions>(mlp.lr), without = std::make_unique<SGDOptions>(mlp.lr);
  with_decay->weight_decay(mlp.reg);
  std::vector<OptimizerParamGroup> groups;
  groups.emplace_back(net.weights, std::move(with_decay));
  groups.emplace_back(net.biases, std::move(without));
  return std::make_unique<SGD>(groups, SGDOptions(mlp.lr));
}

void run_training(const bench::Measurement& measurement, const std::string& peer, const bench::Mlp& mlp) {
  Net net = make_net(mlp);
  const auto optimizer = make_optimizer(mlp, net);
  const torch::Tensor x = floats(mlp.x(), {mlp.batch, mlp.sizes[0]});
  const torch::Tensor y =
      mlp.regression ? floats(mlp.target(), {mlp.batch, mlp.sizes.back()}) : labels(mlp.y());
  const bool penalty = mlp.reg > 0 && !mlp.decay;
  torch::Tensor loss;
  const auto step = [&] {
    optimizer->zero_grad();
    const torch::Tensor out = net.modules->forward(x);
    loss = mlp.regression ? torch::mse_loss(out, y) : torch::nn::functional::cross_entropy(out, y);
    if (penalty)
      for (const torch::Tensor& weight : net.weights) loss = loss + 0.5 * mlp.reg * (weight * weight).sum();
    loss.backward();
    optimizer->step();
  };
  const auto restart = [&] { set_initial_values(mlp, net); };
  measurement.run(
      mlp.name, peer, step, [&] { return loss.item<double>(); }, restart);
}

void run_inference(const bench::Measurement& measurement, const std::string& peer, const bench::Mlp& mlp) {
  Net net = make_net(mlp);
  net.modules->eval();
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = floats(mlp.x(), {mlp.batch, mlp.sizes[0]});
  torch::Tensor out;
  measurement.run(
      mlp.name, peer, [&] { out = net.modules->forward(x); }, [&] { return out.abs().sum().item<double>(); });
}

void run_chain(const bench::Measurement& measurement, const std::string& peer) {
  const torch::Tensor x = floats(bench::uniform(bench::kSeedX, bench::kChainWidth, 1), {bench::kChainWidth});
  x.requires_grad_();
  const auto step = [&] {
    x.mutable_grad() = torch::Tensor();
    torch::Tensor y = x;
    for (int i = 0; i < bench::kChainSteps; ++i)
      y = torch::relu(y * bench::kChainFactor + bench::kChainOffset);
    y.sum().backward();
  };
  measurement.run("W6", peer, step, [&] { return x.grad().sum().item<double>(); });
}

torch::Tensor matrix(std::uint32_t seed, int columns, float scale) {
  const auto count = std::size_t(bench::kRows) * std::size_t(columns);
  return floats(bench::uniform(seed, count, scale), {bench::kRows, columns});
}

void run_log_softmax(const bench::Measurement& measurement, const std::string& peer) {
  const torch::Tensor x = matrix(bench::kSeedX, bench::kLsmColumns, 4).requires_grad_();
  const torch::Tensor gradient = matrix(bench::kSeedY, bench::kLsmColumns, 1);
  const auto step = [&] {
    x.mutable_grad() = torch::Tensor();
    torch::log_softmax(x, 1).backward(gradient);
  };
  measurement.run("W7lsm", peer, step, [&] { return x.grad().abs().sum().item<double>(); });
}

void run_bias_relu(const bench::Measurement& measurement, const std::string& peer) {
  const torch::Tensor x = matrix(bench::kSeedX, bench::kReluColumns, 1).requires_grad_();
  const torch::Tensor bias =
      floats(bench::uniform(bench::kSeedWeight, bench::kReluColumns, 1), {bench::kReluColumns})
          .requires_grad_();
  const torch::Tensor gradient = matrix(bench::kSeedY, bench::kReluColumns, 1);
  const auto step = [&] {
    x.mutable_grad() = torch::Tensor();
    bias.mutable_grad() = torch::Tensor();
    torch::relu(x + bias).backward(gradient);
  };
  measurement.run("W7relu", peer, step, [&] { return x.grad().abs().sum().item<double>(); });
}

torch::Tensor uniform(std::uint32_t seed, torch::IntArrayRef shape) {
  return floats(bench::uniform(seed, std::size_t(c10::multiply_integers(shape)), 1), shape);
}

void run_median(const bench::Measurement& measurement, const std::string& peer) {
  const torch::Tensor x = uniform(bench::kSeedX, {bench::kSide, bench::kSide});
  torch::Tensor y;
  measurement.run(
      "W11median", peer, [&] { y = std::get<0>(x.median(1)); }, [&] { return y.abs().sum().item<double>(); });
}

void run_cumprod(const bench::Measurement& measurement, const std::string& peer) {
  const torch::Tensor x = (1 + 0.01 * uniform(bench::kSeedX, {bench::kSide, bench::kSide})).requires_grad_();
  const torch::Tensor gradient = uniform(bench::kSeedY, {bench::kSide, bench::kSide});
  const auto step = [&] {
    x.mutable_grad() = torch::Tensor();
    torch::cumprod(x, 1).backward(gradient);
  };
  measurement.run("W11cumprod", peer, step, [&] { return x.grad().abs().sum().item<double>(); });
}

void run_einsum(const bench::Measurement& measurement, const std::string& peer) {
  const auto shape = {bench::kBatch, bench::kHeads, bench::kQueries, bench::kDepth};
  const std::vector<std::int64_t> sizes(shape.begin(), shape.end());
  const torch::Tensor q = uniform(bench::kSeedX, sizes).requires_grad_();
  const torch::Tensor k = uniform(bench::kSeedY, sizes).requires_grad_();
  const torch::Tensor gradient =
      uniform(bench::kSeedWeight, {bench::kBatch, bench::kHeads, bench::kQueries, bench::kQueries});
  const auto step = [&] {
    q.mutable_grad() = torch::Tensor();
    k.mutable_grad() = torch::Tensor();
    torch::einsum("bhqd,bhkd->bhqk", {q, k}).backward(gradient);
  };
  measurement.run("W11einsum", peer, step,
                  [&] { return (q.grad().abs() + k.grad().abs()).sum().item<double>(); });
}

void run_solve(const bench::Measurement& measurement, const std::string& peer) {
  const torch::Tensor a =
      uniform(bench::kSeedX, {bench::kSystem, bench::kSystem}) + bench::kSystem * torch::eye(bench::kSystem);
  const torch::Tensor b = uniform(bench::kSeedY, {bench::kSystem, bench::kRightSides});
  torch::Tensor x;
  measurement.run(
      "W11solve", peer, [&] { x = torch::linalg_solve(a, b); }, [&] { return x.abs().sum().item<double>(); });
}

void run_names(const bench::Measurement& measurement, const std::string& peer) {
  const auto weight = [](std::uint32_t seed, torch::IntArrayRef shape) {
    return (0.1 * uniform(seed, shape)).requires_grad_();
  };
  const torch::Tensor embedding = weight(1, {bench::kLetters, bench::kEmbedding});
  const torch::Tensor w1 = weight(2, {bench::kContext * bench::kEmbedding, bench::kHidden}),
                      b1 = weight(3, {bench::kHidden});
  const torch::Tensor w2 = weight(4, {bench::kHidden, bench::kLetters}), b2 = weight(5, {bench::kLetters});
  const torch::Tensor contexts =
      torch::tensor(bench::labels(bench::kSeedX, bench::kNames * bench::kContext, bench::kLetters),
                    torch::kInt64)
          .view({bench::kNames, bench::kContext});
  const torch::Tensor next =
      torch::tensor(bench::labels(bench::kSeedY, bench::kNames, bench::kLetters), torch::kInt64);
  torch::optim::SGD optimizer({embedding, w1, b1, w2, b2}, 0.1);
  torch::Tensor loss;
  const auto step = [&] {
    const torch::Tensor x = embedding.index({contexts}).view({-1, bench::kContext * bench::kEmbedding});
    const torch::Tensor logits = torch::matmul(torch::tanh(torch::matmul(x, w1) + b1), w2) + b2;
    loss = torch::nn::functional::cross_entropy(logits, next);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  };
  measurement.run("W10names", peer, step, [&] { return loss.item<double>(); });
}

void run_multinomial(const bench::Measurement& measurement, const std::string& peer) {
  const torch::Tensor chances = uniform(bench::kSeedX, {bench::kDraws, bench::kOutcomes}) + 1;
  torch::Tensor y;
  measurement.run(
      "W11multinomial", peer, [&] { y = torch::multinomial(chances, 1); },
      [&] { return static_cast<double>(y.numel()); });  // the draws differ
}

void run_rows(const bench::Measurement& measurement, const std::string& peer) {
  const torch::Tensor x = uniform(bench::kSeedX, {bench::kTableRows, bench::kTableColumns}).requires_grad_();
  const torch::Tensor gradient = uniform(bench::kSeedY, {bench::kRowsTaken, bench::kTableColumns});
  const torch::Tensor rows =
      torch::tensor(bench::labels(bench::kSeedY, bench::kRowsTaken, bench::kTableRows), torch::kInt64);
  const auto step = [&] {
    x.mutable_grad() = torch::Tensor();
    x.index({rows}).backward(gradient);
  };
  measurement.run("W10rows", peer, step, [&] { return x.grad().abs().sum().item<double>(); });
}

void run_mask(const bench::Measurement& measurement, const std::string& peer) {
  const torch::Tensor x = uniform(bench::kSeedX, {bench::kMasked});
  const torch::Tensor mask = x > 0;
  torch::Tensor y;
  measurement.run(
      "W10mask", peer, [&] { y = x.index({mask}); }, [&] { return y.sum().item<double>(); });
}

void run_lstm(const bench::Measurement& measurement, const std::string& peer) {
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(bench::kStates, bench::kStates).num_layers(bench::kLstmLayers));
  std::uint32_t seed = bench::kSeedWeight;
  for (torch::Tensor& parameter : lstm->parameters()) {
    const torch::NoGradGuard no_grad;
    parameter.copy_(uniform(seed++, parameter.sizes()) / 16);
  }
  const torch::Tensor x =
      uniform(bench::kSeedX, {bench::kLength, bench::kSequences, bench::kStates}).requires_grad_();
  const torch::Tensor gradient = uniform(bench::kSeedY, x.sizes());
  const auto step = [&] {
    x.mutable_grad() = torch::Tensor();
    lstm->zero_grad(true);
    std::get<0>(lstm->forward(x)).backward(gradient);
  };
  const auto check = [&] {
    torch::Tensor total = x.grad().abs().sum();
    for (const torch::Tensor& parameter : lstm->parameters()) total = total + parameter.grad().abs().sum();
    return total.item<double>();
  };
  measurement.run("W17", peer, step, check);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Measurement measurement(argc, argv, "Times libtorch on the workloads.");
  torch::set_num_threads(measurement.options().threads);
  at::globalContext().setFlushDenormal(true);  // as the floor and xtape
  torch::manual_seed(1);
  const std::string peer = fmt::format("libtorch-t{}", measurement.options().threads);

  for (const bench::Mlp& mlp : bench::trainings())
    if (measurement.wants(mlp.name)) run_training(measurement, peer, mlp);
  if (measurement.wants("W6")) run_chain(measurement, peer);
  if (measurement.wants("W7lsm")) run_log_softmax(measurement, peer);
  if (measurement.wants("W7relu")) run_bias_relu(measurement, peer);
  if (measurement.wants("W11median")) run_median(measurement, peer);
  if (measurement.wants("W11cumprod")) run_cumprod(measurement, peer);
  if (measurement.wants("W11einsum")) run_einsum(measurement, peer);
  if (measurement.wants("W11solve")) run_solve(measurement, peer);
  if (measurement.wants("W11multinomial")) run_multinomial(measurement, peer);
  if (measurement.wants("W10names")) run_names(measurement, peer);
  if (measurement.wants("W10rows")) run_rows(measurement, peer);
  if (measurement.wants("W10mask")) run_mask(measurement, peer);
  if (measurement.wants("W17")) run_lstm(measurement, peer);
  for (const bench::Mlp& mlp : bench::inferences())
    if (measurement.wants(mlp.name)) run_inference(measurement, peer, mlp);
  run_image_nets(measurement, peer);
  run_sequences(measurement, peer);
}
