// Learns a text character by character with a small GPT, and writes more of it.
//
//   char_gpt [--text FILE] [--steps N] [--checkpoint DIR] [--save FILE] ...
//
// By default the text is the licences that come with every Debian (330,000 characters).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "common/char_text.hpp"
#include "common/gpt.hpp"
#include "common/progress.hpp"
#include "common/team.hpp"

using namespace xtape;

namespace {

struct Options : examples::CharOptions {
  std::string checkpoint = {}, save = {};
  std::int64_t checkpoint_every = 0, accumulate = 1;
  examples::GptOptions net = {};
  int warmup = 100;
  double weight_decay = 0.1;
};

/// Weight decay is for matrices.
optim::AdamW make_optimizer(const examples::Gpt& net, const Options& options) {
  std::vector<Tensor> matrices, others;
  for (const Tensor& parameter : net.parameters())
    (parameter.dim() > 1 ? matrices : others).push_back(parameter);
  return optim::AdamW({{.params = matrices}, {.params = others, .weight_decay = 0.0}},
                      {.lr = options.lr, .betas = {0.9, 0.99}, .weight_decay = options.weight_decay});
}

/// Up in a straight line, then down along half a cosine to a tenth.
double share_of_lr(std::int64_t step, const Options& options) {
  if (step < options.warmup) return static_cast<double>(step + 1) / (options.warmup + 1);
  const double part =
      static_cast<double>(step - options.warmup) / std::max(1, options.steps - options.warmup);
  return 0.1 + 0.45 * (1 + std::cos(M_PI * std::min(part, 1.0)));
}

Tensor loss_on(examples::Gpt& net, const Tensor& windows) {
  return examples::next_character_loss(net(windows.slice(1, 0, -1)), windows);
}

double validation_loss(examples::Gpt& net, const examples::CharText& text, std::int64_t begin) {
  return examples::mean_loss(text, begin, net.options.context, 12, 200,
                             [&](const Tensor& windows) { return loss_on(net, windows); });
}

void train(const Options& options, examples::Team& team) {
  const examples::CharText text(examples::read_text(options.text));
  const std::int64_t cut = text.size() * 9 / 10;
  manual_seed(options.seed);
  examples::GptOptions shape = options.net;
  shape.characters = text.characters();
  examples::Gpt net(shape);
  if (!options.initial.empty()) load(net, options.initial);
  team.join(net);
  optim::AdamW optimizer = make_optimizer(net, options);
  optim::LambdaLR schedule(optimizer, [&](std::int64_t step) { return share_of_lr(step, options); });
  Generator places(options.seed);
  nn::TrainingState state(net, optimizer, {.scheduler = &schedule, .generators = {&places}});
  const std::int64_t batches = options.accumulate * team.size();  // of a step
  nn::Checkpoint checkpoint(options.checkpoint, state, 1,
                            {{"steps", std::to_string(options.steps)}, {"batches", std::to_string(batches)}});
  if (!options.checkpoint.empty()) checkpoint.resume();
  const bool saves = team.leads() && !options.checkpoint.empty();
  fmt::print("{} characters, {} different; {} parameters\n", text.size(), text.characters(),
             net.num_parameters());

  const std::int64_t room = cut - shape.context;
  check(room > 0, "the text is shorter than the context of {} characters", shape.context);
  const std::int64_t reports = options.steps / options.report;  // an epoch of the state is what one tells of
  while (state.epoch < reports) {
    const examples::Stopwatch watch;
    auto& [place, total, steps] = state.unfinished;
    nn::StepGradients gradients(
        net.parameters(),
        {.batch_size = options.batch, .accumulate = options.accumulate, .peers = team.peers()});
    const std::int64_t before = steps;
    while (steps < options.report) {
      const Tensor starts = randint(0, room, {batches, options.batch}, {.generator = &places});
      std::int64_t batch = team.rank() * options.accumulate;
      for (auto left = gradients.begin(steps * batches, (steps + 1) * batches); left > 0; --left, ++batch) {
        gradients.add(options.batch, [&] {
          const Tensor loss =
              loss_on(net, text.windows(starts[batch].to_vector<std::int64_t>(), shape.context + 1));
          return std::pair(loss, loss.item());
        });
      }
      gradients.finish();
      nn::utils::clip_grad_norm_(net.parameters(), 1.0);
      optimizer.step();
      schedule.step();
      for (const nn::StepBatch& of : gradients.batches()) {
        check(std::isfinite(of.loss), "the loss is {}; a smaller --lr may help", of.loss);
        total += of.loss / static_cast<double>(batches);
      }
      ++steps;
      const bool due = options.checkpoint_every > 0 && steps % options.checkpoint_every == 0;
      if (due && saves) checkpoint.try_save();
    }
    const double loss =
        team.leads() ? validation_loss(net, text, cut) : 0;  // the others wait for the next step
    ++state.epoch;
    const double per_report = watch.seconds() * options.report / static_cast<double>(options.report - before);
    fmt::print("step {:5}/{}  loss {:.4f}  validation {:.4f}  {:.0f} characters/s  {} left\n",
               state.epoch * options.report, options.steps, total / options.report, loss,
               options.report * batches * options.batch * shape.context / per_report,
               examples::clock_text(static_cast<double>(reports - state.epoch) * per_report));
    check(std::isfinite(loss) && std::fflush(stdout) == 0, "the loss is {}; a smaller --lr may help", loss);
    state.unfinished = {};
    if (saves) checkpoint.try_save(-loss);
  }
  if (!team.leads()) return;
  if (!options.save.empty()) save(net, options.save);
  const Tensor prompt = text.tokens_of(options.prompt);
  fmt::print("\n{}\n\nvalidation loss {:.4f}\n",
             text.text_of(net.generate(prompt, options.sample, {.temperature = options.temperature})),
             validation_loss(net, text, cut));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Learns a text character by character with a small GPT.", "char_gpt");
  Options o;
  examples::add_options(app, o);
  app.add_option("--steps", o.steps, "of training");
  app.add_option("--context", o.net.context, "characters that are seen")->check(CLI::PositiveNumber);
  app.add_option("--layers", o.net.layers)->check(CLI::PositiveNumber);
  app.add_option("--heads", o.net.heads)->check(CLI::PositiveNumber);
  app.add_option("--width", o.net.width)->check(CLI::PositiveNumber);
  examples::add_checkpoint_options(app, o.checkpoint, o.checkpoint_every);
  app.add_option("--save", o.save, "file for the trained weights, such as gpt.safetensors")
      ->check(examples::file_to_write(examples::weight_files()));
  app.add_option("--accumulate", o.accumulate, "batches per step, of each process")
      ->check(CLI::PositiveNumber);
  return examples::run(app, argc, argv, [&] {
    examples::Team team;
    if (o.threads > 0) set_num_threads(o.threads);
    train(o, team);
  });
}
