// xtape's own times: the workloads as a user would write them, through the public API alone.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include <xtape/xtape.hpp>

#include "benchmarks/harness/measure.hpp"
#include "benchmarks/harness/workloads.hpp"
#include "benchmarks/mlp_training.hpp"
#include "benchmarks/steps_images.hpp"
#include "benchmarks/steps_sequences.hpp"

using namespace xtape;

namespace {

void run_training(const bench::Measurement& measurement, const std::string& peer, const bench::Mlp& mlp) {
  bench::MlpTraining training(mlp);
  measurement.run(
      mlp.name, peer, [&] { training.step(); }, [&] { return training.loss(); }, [&] { training.restart(); });
}

void run_inference(const bench::Measurement& measurement, const std::string& peer, const bench::Mlp& mlp) {
  nn::MLP net = bench::make_mlp(mlp);
  net.eval();
  const NoGradGuard no_grad;
  const Tensor x = from_vector(mlp.x(), {mlp.batch, mlp.sizes[0]});
  Tensor out;
  measurement.run(
      mlp.name, peer, [&] { out = net(x); }, [&] { return sum(abs(out)).item(); });
}

void run_chain(const bench::Measurement& measurement, const std::string& peer) {
  const Tensor x = from_vector(bench::uniform(bench::kSeedX, bench::kChainWidth, 1), {bench::kChainWidth},
                               {.requires_grad = true});
  const auto step = [&] {
    x.zero_grad();
    Tensor y = x;
    for (int i = 0; i < bench::kChainSteps; ++i) y = relu(y * bench::kChainFactor + bench::kChainOffset);
    sum(y).backward();
  };
  measurement.run("W6", peer, step, [&] { return sum(x.grad()).item(); });
}

Tensor matrix(std::uint32_t seed, int columns, float scale, bool requires_grad) {
  const auto count = static_cast<std::size_t>(bench::kRows) * static_cast<std::size_t>(columns);
  return from_vector(bench::uniform(seed, count, scale), {bench::kRows, columns},
                     {.requires_grad = requires_grad});
}

void run_log_softmax(const bench::Measurement& measurement, const std::string& peer) {
  const Tensor x = matrix(bench::kSeedX, bench::kLsmColumns, 4, true);
  const Tensor gradient = matrix(bench::kSeedY, bench::kLsmColumns, 1, false);
  const auto step = [&] {
    x.zero_grad();
    log_softmax(x, 1).backward(gradient);
  };
  measurement.run("W7lsm", peer, step, [&] { return sum(abs(x.grad())).item(); });
}

void run_bias_relu(const bench::Measurement& measurement, const std::string& peer) {
  const Tensor x = matrix(bench::kSeedX, bench::kReluColumns, 1, true);
  const Tensor bias = from_vector(bench::uniform(bench::kSeedWeight, bench::kReluColumns, 1),
                                  {bench::kReluColumns}, {.requires_grad = true});
  const Tensor gradient = matrix(bench::kSeedY, bench::kReluColumns, 1, false);
  const auto step = [&] {
    x.zero_grad();
    bias.zero_grad();
    relu(x + bias).backward(gradient);
  };
  measurement.run("W7relu", peer, step, [&] { return sum(abs(x.grad())).item(); });
}

Tensor uniform(std::uint32_t seed, const Shape& shape) {
  return from_vector(bench::uniform(seed, static_cast<std::size_t>(shape.numel()), 1), shape);
}

void run_median(const bench::Measurement& measurement, const std::string& peer) {
  const Tensor x = uniform(bench::kSeedX, {bench::kSide, bench::kSide});
  Tensor y;
  measurement.run(
      "W11median", peer, [&] { y = median(x, 1).values; }, [&] { return sum(abs(y)).item(); });
}

void run_cumprod(const bench::Measurement& measurement, const std::string& peer) {
  const Tensor x = (1 + 0.01 * uniform(bench::kSeedX, {bench::kSide, bench::kSide})).requires_grad_();
  const Tensor gradient = uniform(bench::kSeedY, {bench::kSide, bench::kSide});
  const auto step = [&] {
    x.zero_grad();
    cumprod(x, 1).backward(gradient);
  };
  measurement.run("W11cumprod", peer, step, [&] { return sum(abs(x.grad())).item(); });
}

void run_einsum(const bench::Measurement& measurement, const std::string& peer) {
  const Shape shape{bench::kBatch, bench::kHeads, bench::kQueries, bench::kDepth};
  const Tensor q = uniform(bench::kSeedX, shape).requires_grad_(),
               k = uniform(bench::kSeedY, shape).requires_grad_();
  const Tensor gradient =
      uniform(bench::kSeedWeight, {bench::kBatch, bench::kHeads, bench::kQueries, bench::kQueries});
  const auto step = [&] {
    q.zero_grad();
    k.zero_grad();
    einsum("bhqd,bhkd->bhqk", {q, k}).backward(gradient);
  };
  measurement.run("W11einsum", peer, step, [&] { return sum(abs(q.grad()) + abs(k.grad())).item(); });
}

void run_solve(const bench::Measurement& measurement, const std::string& peer) {
  const Tensor a =
      uniform(bench::kSeedX, {bench::kSystem, bench::kSystem}) + bench::kSystem * eye(bench::kSystem);
  const Tensor b = uniform(bench::kSeedY, {bench::kSystem, bench::kRightSides});
  Tensor x;
  measurement.run(
      "W11solve", peer, [&] { x = linalg::solve(a, b); }, [&] { return sum(abs(x)).item(); });
}

void run_names(const bench::Measurement& measurement, const std::string& peer) {
  const auto weight = [](std::uint32_t seed, const Shape& shape) {
    return (0.1 * uniform(seed, shape)).requires_grad_();
  };
  const Tensor embedding = weight(1, {bench::kLetters, bench::kEmbedding});
  const Tensor w1 = weight(2, {bench::kContext * bench::kEmbedding, bench::kHidden}),
               b1 = weight(3, {bench::kHidden});
  const Tensor w2 = weight(4, {bench::kHidden, bench::kLetters}), b2 = weight(5, {bench::kLetters});
  const Tensor contexts =
      from_vector(bench::labels(bench::kSeedX, bench::kNames * bench::kContext, bench::kLetters),
                  {bench::kNames, bench::kContext});
  const Tensor next =
      from_vector(bench::labels(bench::kSeedY, bench::kNames, bench::kLetters), {bench::kNames});
  optim::SGD optimizer({embedding, w1, b1, w2, b2}, 0.1);
  Tensor loss;
  const auto step = [&] {
    const Tensor x = embedding.index({contexts}).view({-1, bench::kContext * bench::kEmbedding});
    const Tensor logits = matmul(tanh(matmul(x, w1) + b1), w2) + b2;
    loss = nn::cross_entropy(logits, next);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  };
  measurement.run("W10names", peer, step, [&] { return loss.item(); });
}

void run_multinomial(const bench::Measurement& measurement, const std::string& peer) {
  const Tensor chances = uniform(bench::kSeedX, {bench::kDraws, bench::kOutcomes}) + 1;
  Tensor y;
  measurement.run(
      "W11multinomial", peer, [&] { y = multinomial(chances, 1); },
      [&] { return static_cast<double>(y.numel()); });  // the draws differ
}

void run_rows(const bench::Measurement& measurement, const std::string& peer) {
  const Tensor x = uniform(bench::kSeedX, {bench::kTableRows, bench::kTableColumns}).requires_grad_();
  const Tensor gradient = uniform(bench::kSeedY, {bench::kRowsTaken, bench::kTableColumns});
  const Tensor rows =
      from_vector(bench::labels(bench::kSeedY, bench::kRowsTaken, bench::kTableRows), {bench::kRowsTaken});
  const auto step = [&] {
    x.zero_grad();
    x.index({rows}).backward(gradient);
  };
  measurement.run("W10rows", peer, step, [&] { return sum(abs(x.grad())).item(); });
}

void run_mask(const bench::Measurement& measurement, const std::string& peer) {
  const Tensor x = uniform(bench::kSeedX, {bench::kMasked});
  const Tensor mask = x > 0;
  Tensor y;
  measurement.run(
      "W10mask", peer, [&] { y = x.index({mask}); }, [&] { return sum(y).item(); });
}

void run_lstm(const bench::Measurement& measurement, const std::string& peer) {
  const nn::LSTM lstm(bench::kStates, bench::kStates, {.num_layers = bench::kLstmLayers});
  std::uint32_t seed = bench::kSeedWeight;
  for (const Tensor& parameter : lstm.parameters()) {
    const NoGradGuard no_grad;
    parameter.copy_(uniform(seed++, parameter.shape()) / 16);  // PyTorch's initial values
  }
  const Tensor x =
      uniform(bench::kSeedX, {bench::kLength, bench::kSequences, bench::kStates}).requires_grad_();
  const Tensor gradient = uniform(bench::kSeedY, x.shape());
  const auto step = [&] {
    x.zero_grad();
    for (const Tensor& parameter : lstm.parameters()) parameter.zero_grad();
    lstm(x).output.backward(gradient);
  };
  const auto check = [&] {
    Tensor total = sum(abs(x.grad()));
    for (const Tensor& parameter : lstm.parameters()) total = total + sum(abs(parameter.grad()));
    return total.item();
  };
  measurement.run("W17", peer, step, check);
}

}  // namespace

int main(int argc, char** argv) try {
  const bench::Measurement measurement(argc, argv, "Times xtape on the workloads.");
  set_num_threads(measurement.options().threads);
  set_flush_denormal(true);  // as the floor, whose -ffast-math does
  manual_seed(1);
  const std::string peer = fmt::format("xtape-t{}", measurement.options().threads);

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
} catch (const std::exception& error) {
  fmt::print(stderr, "steps: {}\n", error.what());
  return 1;
}
