// xtape's own times on sequences: GPTs, an embedding that learns, a normalisation of rows.
#include "benchmarks/steps_sequences.hpp"

#include <xtape/xtape.hpp>

#include "benchmarks/gpt_training.hpp"
#include "benchmarks/harness/workloads.hpp"

using namespace xtape;

namespace {

Tensor uniform(std::uint32_t seed, const Shape& shape) {
  return from_vector(bench::uniform(seed, static_cast<std::size_t>(shape.numel()), 1), shape);
}

void run_gpt(const bench::Measurement& measurement, const std::string& peer, const bench::Gpt& gpt) {
  bench::GptTraining training(gpt);
  measurement.run(
      gpt.name, peer, [&] { training.step(); }, [&] { return training.loss(); }, [&] { training.restart(); });
}

void run_writer(const bench::Measurement& measurement, const std::string& peer, const bench::Gpt& gpt) {
  const NoGradGuard no_grad;
  examples::Gpt net = bench::make_gpt(gpt);
  std::vector<nn::KeyValueCache> caches(static_cast<std::size_t>(gpt.layers));
  Tensor token = zeros({1, 1}, {.dtype = kInt64}), scores;
  const auto step = [&] {
    if (caches[0].length() == gpt.context)
      for (nn::KeyValueCache& cache : caches) cache.clear();
    scores = net(token, &caches).select(1, -1);
    token = nn::sample_token(scores, {.greedy = true}).unsqueeze(1);
  };
  measurement.run(gpt.name, peer, step, [&] { return sum(abs(scores)).item(); });
}

void run_embedding(const bench::Measurement& measurement, const std::string& peer) {
  const Tensor values = uniform(bench::kSeedWeight, {bench::kWords, bench::kWordSize});
  nn::Embedding embedding = nn::Embedding::from_pretrained(values.clone(), {.freeze = false});
  const Tensor words =
      from_vector(bench::labels(bench::kSeedX, bench::kWordsRead, bench::kWords), {bench::kWordsRead});
  const Tensor gradient = uniform(bench::kSeedY, {bench::kWordsRead, bench::kWordSize});
  optim::AdamW optimizer(embedding.parameters(), {.lr = 1e-3});
  const auto step = [&] {
    optimizer.zero_grad();
    embedding(words).backward(gradient);
    optimizer.step();
  };
  measurement.run("W18embedding", peer, step, [&] { return sum(abs(embedding.weight().detach())).item(); });
}

void run_layer_norm(const bench::Measurement& measurement, const std::string& peer) {
  const Tensor x = uniform(bench::kSeedX, {bench::kNormRows, bench::kNormColumns}).requires_grad_();
  const Tensor weight = uniform(bench::kSeedWeight, {bench::kNormColumns}).requires_grad_();
  const Tensor bias = uniform(bench::kSeedWeight + 1, {bench::kNormColumns}).requires_grad_();
  const Tensor gradient = uniform(bench::kSeedY, {bench::kNormRows, bench::kNormColumns});
  const auto step = [&] {
    for (const Tensor& leaf : {x, weight, bias}) leaf.zero_grad();
    layer_norm(x, {bench::kNormColumns}, weight, bias).backward(gradient);
  };
  measurement.run("W20norm", peer, step, [&] {
    return (sum(abs(x.grad())) + sum(abs(weight.grad())) + sum(abs(bias.grad()))).item();
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
