// libtorch's times on sequences, as steps_sequences.cpp has them for xtape.
#include "benchmarks/libtorch_sequences.hpp"

#include "benchmarks/harness/workloads.hpp"
#include "benchmarks/libtorch_gpt.hpp"
#include "benchmarks/libtorch_tensors.hpp"

namespace {

torch::Tensor uniform(std::uint32_t seed, torch::IntArrayRef shape) {
  return floats(bench::uniform(seed, std::size_t(c10::multiply_integers(shape)), 1), shape);
}

void run_gpt(const bench::Measurement& measurement, const std::string& peer, const bench::Gpt& gpt) {
  TorchGpt net(gpt);
  measurement.run(
      gpt.name, peer, [&] { net.step(); }, [&] { return net.loss(); }, [&] { net.restart(); });
}

void run_writer(const bench::Measurement& measurement, const std::string& peer, const bench::Gpt& gpt) {
  TorchWriter writer(gpt);
  measurement.run(
      gpt.name, peer, [&] { writer.step(); }, [&] { return writer.size_of_scores(); });
}

void run_embedding(const bench::Measurement& measurement, const std::string& peer) {
  torch::nn::Embedding embedding =
      torch::nn::Embedding::from_pretrained(uniform(bench::kSeedWeight, {bench::kWords, bench::kWordSize}),
                                            torch::nn::EmbeddingFromPretrainedOptions().freeze(false));
  const torch::Tensor words = labels(bench::labels(bench::kSeedX, bench::kWordsRead, bench::kWords));
  const torch::Tensor gradient = uniform(bench::kSeedY, {bench::kWordsRead, bench::kWordSize});
  torch::optim::AdamW optimizer(embedding->parameters(), torch::optim::AdamWOptions(1e-3));
  const auto step = [&] {
    embedding->weight.mutable_grad() = torch::Tensor();
    embedding->forward(words).backward(gradient);
    optimizer.step();
  };
  measurement.run("W18embedding", peer, step,
                  [&] { return embedding->weight.detach().abs().sum().item<double>(); });
}

void run_layer_norm(const bench::Measurement& measurement, const std::string& peer) {
  const torch::Tensor x = uniform(bench::kSeedX, {bench::kNormRows, bench::kNormColumns}).requires_grad_();
  const torch::Tensor weight = uniform(bench::kSeedWeight, {bench::kNormColumns}).requires_grad_();
  const torch::Tensor bias = uniform(bench::kSeedWeight + 1, {bench::kNormColumns}).requires_grad_();
  const torch::Tensor gradient = uniform(bench::kSeedY, {bench::kNormRows, bench::kNormColumns});
  const auto step = [&] {
    for (const torch::Tensor& leaf : {x, weight, bias}) leaf.mutable_grad() = torch::Tensor();
    torch::layer_norm(x, {bench::kNormColumns}, weight, bias).backward(gradient);
  };
  measurement.run("W20norm", peer, step, [&] {
    return (x.grad().abs().sum() + weight.grad().abs().sum() + bias.grad().abs().sum()).item<double>();
  });
}

}  // namespace

void run_sequences(const bench::Measurement& measurement, const std::string& peer) {
  for (const bench::Gpt& gpt : bench::gpts())
    if (measurement.wants(gpt.name)) run_gpt(measurement, peer, gpt);
  if (const bench::Gpt gpt = bench::writer(); measurement.wants(gpt.name)) run_writer(measurement, peer, gpt);
  if (measurement.wants("W18embedding")) run_embedding(measurement, peer);
  if (measurement.wants("W20norm")) run_layer_norm(measurement, peer);
}
