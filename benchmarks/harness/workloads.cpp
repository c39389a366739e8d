// The table of workloads, and their numbers from a counter.
#include "benchmarks/harness/workloads.hpp"

#include <cmath>

#include "benchmarks/harness/image_nets.hpp"

namespace bench {

std::vector<float> uniform(std::uint32_t seed, std::size_t n, float scale) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto bits = mix(seed, static_cast<std::uint32_t>(i)) >> 8;
    values[i] = (2 * (static_cast<float>(bits) / 16777216.0f) - 1) * scale;
  }
  return values;
}

std::vector<std::int64_t> labels(std::uint32_t seed, std::size_t n, int classes) {
  std::vector<std::int64_t> values(n);
  for (std::size_t i = 0; i < n; ++i)
    values[i] = mix(seed, static_cast<std::uint32_t>(i)) % static_cast<std::uint32_t>(classes);
  return values;
}

std::vector<float> Mlp::target() const {
  if (sizes.front() == sizes.back()) return x();
  return uniform(kSeedY, std::size_t(batch) * std::size_t(sizes.back()), 1);
}

std::vector<float> Mlp::weight(int layer) const {
  const auto at = static_cast<std::size_t>(layer);
  const auto in = static_cast<std::size_t>(sizes[at]), out = static_cast<std::size_t>(sizes[at + 1]);
  return uniform(kSeedWeight + static_cast<std::uint32_t>(layer), in * out, 1 / std::sqrt(float(in)));
}

std::vector<Mlp> trainings() {
  //       name      sizes                      batch  lr     reg    decay  dropout  adam   regression sigmoid
  return {{"W1wd", {3072, 100, 10}, 100, 1e-3f, 0.25f, true, 0, false},
          {"W1loss", {3072, 100, 10}, 100, 1e-3f, 0.25f, false, 0, false},
          {"W2", {784, 512, 10}, 1000, 0.1f, 0, false, 0, false},
          {"W3", {784, 200, 10}, 2000, 0.1f, 0, false, 0, false},
          {"W4", {784, 512, 512, 512, 10}, 128, 1e-3f, 0, false, 0.2f, true},
          {"W4sgd", {784, 512, 512, 512, 10}, 128, 0.1f, 0, false, 0, false},
          {"W5", {2, 16, 16, 2}, 32, 0.1f, 0, false, 0, false},
          {"W9ae", {784, 128, 784}, 100, 1e-3f, 0, false, 0, true, true, true},
          {"W9tiny", {4, 32, 32, 1}, 16, 0.1f, 0, false, 0, false, true}};
}

std::vector<Mlp> inferences() {
  return {{"W8b1", {784, 512, 512, 512, 10}, 1}, {"W8b128", {784, 512, 512, 512, 10}, 128}};
}

std::vector<std::int64_t> Gpt::tokens() const {
  return labels(kSeedX, std::size_t(batch) * std::size_t(context), characters);
}

std::vector<std::int64_t> Gpt::next() const {
  return labels(kSeedY, std::size_t(batch) * std::size_t(context), characters);
}

std::vector<float> Gpt::weight(int number, std::size_t n) const {
  return uniform(kSeedWeight + static_cast<std::uint32_t>(number), n, kGptWeight);
}

std::vector<Gpt> gpts() {
  //       name  layers heads width context batch
  return {{"W15", 4, 4, 128, 64, 12}, {"W16", 6, 6, 384, 128, 8}};
}

Gpt writer() { return {"W19", 4, 4, 128, 64, 1}; }

std::vector<std::string> workload_names() {
  std::vector<std::string> names;
  for (const Mlp& mlp : trainings()) names.push_back(mlp.name);
  names.insert(names.end(),
               {"W6", "W7lsm", "W7relu", "W10rows", "W10mask", "W11median", "W11cumprod", "W11einsum",
                "W11solve", "W10names", "W11multinomial", "W17", "W18embedding", "W20norm"});
  for (const Mlp& mlp : inferences()) names.push_back(mlp.name);
  for (const Gpt& gpt : gpts()) names.push_back(gpt.name);
  names.push_back(writer().name);
  for (const ImageNet& net : image_trainings()) names.push_back(net.name);
  for (const ImageNet& net : image_inferences()) names.push_back(net.name);
  return names;
}

}  // namespace bench
