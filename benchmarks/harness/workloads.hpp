// The workloads that every program here runs, with the same data and initial weights on every machine. Knows
// neither xtape nor another library, so that each of them can be measured through it. C++17, for libtorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// 32 bits that depend on the seed and the position alone.
inline std::uint32_t mix(std::uint32_t seed, std::uint32_t i) {
  std::uint32_t h = i * 2654435769u + seed * 0x85ebca6bu;
  h ^= h >> 16;
  h *= 0x7feb352du;
  h ^= h >> 15;
  h *= 0x846ca68bu;
  return h ^ (h >> 16);
}

/// Uniform in [-scale, scale).
std::vector<float> uniform(std::uint32_t seed, std::size_t n, float scale);
/// Uniform in 0, ..., classes - 1.
std::vector<std::int64_t> labels(std::uint32_t seed, std::size_t n, int classes);

constexpr std::uint32_t kSeedX = 1, kSeedY = 2, kSeedWeight = 10;

/// A training step of fully connected layers with relu or tanh between them: forward, the mean cross-entropy
/// or squared error, backward, update, gradients reset. Biases start from 0.
struct Mlp {
  std::string name;
  std::vector<int> sizes;  ///< input, hidden layers, classes
  int batch = 0;
  float lr = 0;
  float reg = 0;       ///< of 0.5 reg sum(W^2), without the biases
  bool decay = false;  ///< whether reg is the optimiser's weight decay, and not a term of the loss
  float dropout = 0;   ///< behind each relu
  bool adam = false;   ///< instead of plain SGD
  bool regression =
      false;             ///< tanh instead of relu, and the squared error of target() instead of cross-entropy
  bool sigmoid = false;  ///< behind the last layer

  int layers() const { return static_cast<int>(sizes.size()) - 1; }
  std::vector<float> x() const { return uniform(kSeedX, std::size_t(batch) * std::size_t(sizes[0]), 1); }
  std::vector<std::int64_t> y() const { return labels(kSeedY, std::size_t(batch), sizes.back()); }
  std::vector<float> target() const;           ///< {batch, out}: x itself where it fits, of an autoencoder
  std::vector<float> weight(int layer) const;  ///< {out, in}
};

/// W1loss, W1wd, W2, W3, W4, W4sgd, W5, W9ae, W9tiny.
std::vector<Mlp> trainings();
/// W8b1, W8b128: W4's net, on one row and on a batch, without training.
std::vector<Mlp> inferences();

/// W6: kChainSteps times x = relu(x * kChainFactor + kChainOffset) on kChainWidth numbers, their sum,
/// backward.
constexpr int kChainSteps = 333, kChainWidth = 16;
constexpr double kChainFactor = 0.99, kChainOffset = 0.01;

/// W7lsm: log_softmax along the rows, forward and backward. W7relu: relu(x + bias), the same.
constexpr int kRows = 4096, kLsmColumns = 1000, kReluColumns = 1024;

/// W10rows: kRowsTaken rows of kTableRows x kTableColumns by an index, and its gradient. W10mask: the
/// positive ones of kMasked numbers by a mask.
constexpr int kTableRows = 1000, kTableColumns = 784, kRowsTaken = 64, kMasked = 10'000'000;

/// W10names: a step of the net that makes more names, whose kContext letters tell the next: embedding, a
/// hidden layer of tanh, cross-entropy, SGD.
constexpr int kLetters = 27, kContext = 3, kEmbedding = 10, kHidden = 200, kNames = 64;

/// W11median: the median of each row of a square of kSide. W11cumprod: the running products of its rows, of
/// numbers near 1, and their gradient. W11einsum: the scores of attention of kBatch x kHeads, kQueries and as
/// many keys of kDepth numbers, and their gradients. W11solve: kSystem equations with kRightSides.
/// W11multinomial: one of kOutcomes for each of kDraws rows of weights.
constexpr int kSide = 1000, kBatch = 8, kHeads = 8, kQueries = 128, kDepth = 64, kSystem = 64,
              kRightSides = 8, kDraws = 64, kOutcomes = 1000;

/// W17: a batch of kSequences sequences of kLength steps through an LSTM of kLstmLayers layers and kStates
/// states, as many as the input has features, and the gradients of all, for a gradient of the output.
constexpr int kSequences = 32, kLength = 64, kStates = 256, kLstmLayers = 2;

/// W18embedding: kWordsRead rows of an embedding of kWords x kWordSize, its gradient and AdamW. W20norm:
/// layer_norm of kNormRows x kNormColumns, forward and backward.
constexpr int kWords = 50'000, kWordSize = 64, kWordsRead = 4096, kNormRows = 4096, kNormColumns = 768;

/// A training step of a GPT without biases, whose last layer is the embedding (examples/common/gpt.hpp), by
/// AdamW on `batch` rows of `context` characters. Matrices are uniform in +-kGptWeight, numbered in the order
/// embedding, positions, and then each layer's in_proj, out_proj, fc and proj; layer norms start from 1.
struct Gpt {
  std::string name;
  int layers = 0, heads = 0, width = 0, context = 0, batch = 0;
  int characters = 102;  ///< of the State of the Union addresses

  /// {batch, context}, and the character behind each of them.
  std::vector<std::int64_t> tokens() const;
  std::vector<std::int64_t> next() const;
  std::vector<float> weight(int number, std::size_t n) const;
};
constexpr float kGptLr = 1e-3f, kGptDecay = 0.1f, kGptWeight = 0.04f;
constexpr double kGptBeta1 = 0.9, kGptBeta2 = 0.99;

/// W15: the net of examples/char_gpt. W16: a larger one.
std::vector<Gpt> gpts();
/// W19: W15's net writes the likeliest character behind those so far, whose keys and values are kept, and
/// begins anew where the context is full. A step is a character.
Gpt writer();

/// The names of all workloads.
std::vector<std::string> workload_names();

}  // namespace bench
