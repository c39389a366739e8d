// Reading, numbering and measuring texts.
#include "char_text.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

namespace examples {

using namespace xtape;

/// A file, or all files of a folder, in the order of their names.
std::string read_text(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return io::read_bytes(path);
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (entry.is_regular_file() && !entry.is_symlink()) files.insert(entry.path());
  std::string text;
  for (const auto& file : files) text += io::read_bytes(file.string());
  return text;
}

CharText::CharText(const std::string& text) {
  const std::set<char, decltype([](char a, char b) {
                   return static_cast<unsigned char>(a) < static_cast<unsigned char>(b);
                 })>
      all(text.begin(), text.end());
  alphabet_.assign(all.begin(), all.end());
  check(!text.empty(), "the text is empty");
  tokens_ = tokens_of(text)[0];
}

Tensor CharText::tokens_of(const std::string& text) const {
  std::vector<std::int64_t> tokens;
  for (const char c : text) {
    const std::size_t place = alphabet_.find(c);
    check(place != std::string::npos, "the text has no character '{}'", c);
    tokens.push_back(static_cast<std::int64_t>(place));
  }
  return from_vector(tokens, {1, tokens.size()});
}

std::string CharText::text_of(const Tensor& tokens) const {
  std::string text;
  for (const std::int64_t token : tokens.flatten().to_vector<std::int64_t>())
    text += alphabet_[static_cast<std::size_t>(token)];
  return text;
}

Tensor CharText::windows(const std::vector<std::int64_t>& starts, std::int64_t length) const {
  std::vector<Tensor> rows;
  for (const std::int64_t start : starts) rows.push_back(slice(start, start + length));
  return stack(rows);
}

Tensor next_character_loss(const Tensor& scores, const Tensor& windows) {
  return nn::cross_entropy(scores.flatten(0, 1), windows.slice(1, 1).flatten());
}

double descend(const Tensor& loss, const nn::ModuleBase& net, optim::Optimizer& optimizer,
               optim::LRScheduler& schedule) {
  optimizer.zero_grad();
  loss.backward();
  nn::utils::clip_grad_norm_(net.parameters(), 1.0);
  optimizer.step();
  schedule.step();
  return loss.item();
}

double mean_loss(const CharText& text, std::int64_t begin, std::int64_t length, std::int64_t batch,
                 std::int64_t most, const std::function<Tensor(const Tensor&)>& loss_on) {
  const NoGradGuard no_grad;
  const std::int64_t windows = (text.size() - begin - 1) / length,
                     stride = std::max<std::int64_t>(1, windows / (most * batch));
  double total = 0, batches = 0;
  std::vector<std::int64_t> starts;
  for (std::int64_t i = 0; i < windows; i += stride) {
    starts.push_back(begin + i * length);
    if (std::ssize(starts) < batch) continue;
    total += loss_on(text.windows(std::exchange(starts, {}), length + 1)).item();
    ++batches;
  }
  check(batches > 0, "the text has {} characters for validation; {} are wanted", text.size() - begin,
        batch * length + 1);
  return total / batches;
}

void add_options(CLI::App& app, CharOptions& o) {
  app.option_defaults()->always_capture_default();
  app.add_option("--text", o.text, "a file, or a folder of files");
  app.add_option("--initial", o.initial,
                 "start from the weights of this file, .safetensors or PyTorch's .pt");
  app.add_option("--batch", o.batch, "windows of the text per step")->check(CLI::PositiveNumber);
  app.add_option("--lr", o.lr, "the greatest learning rate");
  app.add_option("--report", o.report, "steps between reports")->check(CLI::PositiveNumber);
  app.add_option("--prompt", o.prompt, "what to continue at the end");
  app.add_option("--sample", o.sample, "characters to write at the end");
  app.add_option("--temperature", o.temperature, "of the sample");
  app.add_option("--seed", o.seed, "of all random numbers");
  app.add_option("--threads", o.threads, "0: as many as the process may run on");
}

}  // namespace examples
