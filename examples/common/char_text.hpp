// Texts, character by character, and what the programs that learn them share.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <xtape/xtape.hpp>

#include "options.hpp"

namespace examples {

/// A file, or all files of a folder, in the order of their names.
std::string read_text(const std::string& path);

/// A text, character by character: each different byte has a number, in the order of the bytes.
class CharText {
 public:
  explicit CharText(const std::string& text);

  std::int64_t size() const { return tokens_.size(0); }
  std::int64_t characters() const { return std::ssize(alphabet_); }
  std::string text_of(const xtape::Tensor& tokens) const;
  /// int64 {1, n}; throws where the text has none of these characters.
  xtape::Tensor tokens_of(const std::string& text) const;
  /// The tokens [begin, end).
  xtape::Tensor slice(std::int64_t begin, std::int64_t end) const { return tokens_.slice(0, begin, end); }
  /// {starts, length} tokens from each start on.
  xtape::Tensor windows(const std::vector<std::int64_t>& starts, std::int64_t length) const;

 private:
  std::string alphabet_;
  xtape::Tensor tokens_;  // int64
};

/// The mean cross-entropy of scores {N, T, characters} and the characters behind each: windows {N, T + 1}.
xtape::Tensor next_character_loss(const xtape::Tensor& scores, const xtape::Tensor& windows);

/// One step of a training: the gradients of `loss`, of norm 1 at most, move the net. Gives the loss.
double descend(const xtape::Tensor& loss, const xtape::nn::ModuleBase& net,
               xtape::optim::Optimizer& optimizer, xtape::optim::LRScheduler& schedule);

/// The mean of loss_on(windows), unrecorded, over windows of length + 1 characters from `begin` on: `batch`
/// at a time, and up to `most` batches, spread over the text without overlaps.
double mean_loss(const CharText& text, std::int64_t begin, std::int64_t length, std::int64_t batch,
                 std::int64_t most, const std::function<xtape::Tensor(const xtape::Tensor&)>& loss_on);

/// By default the text is the licences that come with every Debian.
struct CharOptions {
  std::string text = "/usr/share/common-licenses", prompt = "\n";
  std::string initial = {};  ///< a file of the first weights; empty for random ones
  std::int64_t batch = 12;
  int steps = 2000, report = 100, sample = 500, threads = 0;
  double lr = 1e-3, temperature = 0.8;
  std::uint64_t seed = 0;
};

/// Adds an option for each member but `steps`.
void add_options(CLI::App& app, CharOptions& options);

}  // namespace examples
