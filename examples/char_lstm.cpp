// Learns a text character by character with an LSTM of two layers, and writes more of it.
//
//   char_lstm [--text FILE] [--steps N] ...
//
// By default the text is the licences that come with every Debian.
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "common/char_text.hpp"
#include "common/progress.hpp"

using namespace xtape;

namespace {

struct Options : examples::CharOptions {
  Options() {
    steps = 1000;
    batch = 32;
    lr = 2e-3;
  }
  std::int64_t hidden = 128, layers = 2, length = 64;
};

struct CharLstm : nn::ModuleOf<CharLstm> {
  CharLstm(std::int64_t characters, const Options& o)
      : embedding(register_module("embedding", nn::Embedding(characters, o.hidden))),
        lstm(register_module("lstm",
                             nn::LSTM(o.hidden, o.hidden, {.num_layers = o.layers, .batch_first = true}))),
        head(register_module("head", nn::Linear(o.hidden, characters))) {}

  /// The scores of the next characters, and the state behind the last one.
  std::pair<Tensor, nn::LSTMState> forward(const Tensor& tokens, const nn::LSTMState& before = {}) {
    auto [hidden, after] = lstm(embedding(tokens), before);
    return {head(hidden), after};
  }

  nn::Embedding embedding;
  nn::LSTM lstm;
  nn::Linear head;
};

Tensor loss_on(CharLstm& net, const Tensor& windows) {
  return examples::next_character_loss(net(windows.slice(1, 0, -1)).first, windows);
}

/// Reads the prompt, then writes: each character is read in its turn, behind the state so far.
std::string write(CharLstm& net, const examples::CharText& text, const Options& o) {
  const NoGradGuard no_grad;
  Tensor tokens = text.tokens_of(o.prompt);
  auto [scores, state] = net(tokens);
  for (int i = 0; i < o.sample; ++i) {
    const Tensor next = nn::sample_token(scores.select(1, -1), {.temperature = o.temperature}).unsqueeze(1);
    tokens = cat({tokens, next}, 1);
    std::tie(scores, state) = net(next, state);
  }
  return text.text_of(tokens);
}

void train(const Options& o) {
  const examples::CharText text(examples::read_text(o.text));
  const std::int64_t cut = text.size() * 9 / 10;
  check(cut > o.length, "the text has {} characters, which is too few", text.size());
  manual_seed(o.seed);
  CharLstm net(text.characters(), o);
  if (!o.initial.empty()) load(net, o.initial);
  optim::Adam optimizer(net.parameters(), {.lr = o.lr});
  optim::CosineAnnealingLR schedule(optimizer, o.steps);
  fmt::print("{} characters, {} different; {} parameters\n", text.size(), text.characters(),
             net.num_parameters());

  double total = 0, loss = 0;
  examples::Stopwatch watch;
  for (int step = 1; step <= o.steps; ++step) {
    const Tensor starts = randint(0, cut - o.length, {o.batch});
    const Tensor windows = text.windows(starts.to_vector<std::int64_t>(), o.length + 1);
    total += examples::descend(loss_on(net, windows), net, optimizer, schedule);
    if (step % o.report != 0) continue;
    loss = examples::mean_loss(text, cut, o.length, o.batch, 100,
                               [&](const Tensor& windows) { return loss_on(net, windows); });
    fmt::print("step {:5}/{}  loss {:.4f}  validation {:.4f}  {:.0f} characters/s  {} left\n", step, o.steps,
               std::exchange(total, 0) / o.report, loss,
               static_cast<double>(step * o.batch * o.length) / watch.seconds(),
               examples::clock_text(watch.seconds() / step * (o.steps - step)));
    check(std::isfinite(loss) && std::fflush(stdout) == 0, "the loss is {}; a smaller --lr may help", loss);
  }
  fmt::print("\n{}\n\nvalidation loss {:.4f}\n", write(net, text, o), loss);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Learns a text character by character with an LSTM.", "char_lstm");
  Options o;
  examples::add_options(app, o);
  app.add_option("--steps", o.steps, "of training")->check(CLI::PositiveNumber);
  app.add_option("--length", o.length, "characters of a window")->check(CLI::PositiveNumber);
  app.add_option("--hidden", o.hidden, "numbers of a state")->check(CLI::PositiveNumber);
  app.add_option("--layers", o.layers)->check(CLI::PositiveNumber);
  return examples::run(app, argc, argv, [&] {
    if (o.threads > 0) set_num_threads(o.threads);
    train(o);
  });
}
