// Trains on CIFAR-10, small colour photographs of ten kinds of things: a multi-layer perceptron, ResNet-20 or
// a net that learns fast.
#include <fmt/format.h>

#include "common/fast_cnn.hpp"
#include "common/image_sets.hpp"
#include "common/models.hpp"
#include "common/training.hpp"

using namespace xtape;

namespace {

/// `images` are some of those to train on, as the model gets them but for random changes.
nn::Sequential make_model(const Tensor& images, const examples::TrainingOptions& options) {
  if (options.model == "resnet20") return examples::resnet20(10);
  if (options.model == "fast") return examples::fast_cnn(images, 10);
  return examples::mlp(options.sizes(3 * 32 * 32, 10), options.dropout);
}

void set_defaults(const CLI::App& app, examples::TrainingOptions& options) {
  if (options.model == "mlp") return;
  using examples::set_default;
  const bool fast = options.model == "fast";
  set_default(app, "--optimizer", options.optimizer, std::string("muon"));
  set_default(app, "--momentum", options.momentum, fast ? 0.85 : 0.9);
  set_default(app, "--lr", options.lr, std::optional(fast ? 0.4 : 0.3));
  set_default(app, "--bias-scale", options.bias_scale, fast ? 16.0 : 1.0);
  set_default(app, "--schedule", options.schedule, std::string("linear"));
  set_default(app, "--weight-decay", options.weight_decay, fast ? 1e-3 : 5e-4);
  set_default(app, "--crop", options.crop, 2);
  set_default(app, "--label-smoothing", options.label_smoothing, fast ? 0.2 : 0.0);
  set_default(app, "--average", options.average, fast ? 0.99 : 0.0);
  set_default(app, "--batch", options.batch, std::int64_t{fast ? 256 : 128});
  set_default(app, "--epochs", options.epochs, fast ? 11 : 8);
  set_default(app, "--measure-every", options.measure_every, fast ? options.epochs : 1);
}

void train(const examples::TrainingOptions& options, examples::Team& team) {
  const datasets::Normalize normalize = examples::image_set("cifar10").normalize();
  const datasets::CIFAR10 train(
      options.data, {.train = true, .transform = examples::training_transform(32, normalize, options)});
  const datasets::Compose plain{datasets::ToFloat(), normalize};
  const datasets::CIFAR10 test(options.data, {.train = false, .transform = plain});

  manual_seed(options.seed);
  nn::Sequential model = make_model(plain(train.images().slice(0, 0, 2000)), options);
  fmt::print("{}\n\n", model);
  examples::train_and_report(model, train, test, options, team);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains a net on CIFAR-10.", "cifar10");
  examples::TrainingOptions options{
      .data = "data/cifar10", .hidden = {512, 256}, .dropout = 0.2, .epochs = 10, .flip = true};
  examples::add_options(app, options);
  app.add_option("--model", options.model, "mlp, resnet20 or fast")
      ->check(CLI::IsMember({"mlp", "resnet20", "fast"}));
  app.add_option("--data", options.data,
                 "cifar-10-binary.tar.gz, or the folder that holds it or its .bin files");
  return examples::run(app, argc, argv, [&] {
    set_defaults(app, options);
    examples::Team team;
    if (options.threads > 0) set_num_threads(options.threads);
    train(options, team);
  });
}
