// Trains on CIFAR-10, small colour photographs of ten kinds of things: a multi-layer perceptron or ResNet-20.
#include <fmt/format.h>

#include "common/models.hpp"
#include "common/training.hpp"

using namespace xtape;

namespace {

/// Mean and standard deviation of each channel of the training images.
datasets::Normalize normalize() {
  return datasets::Normalize({0.4914, 0.4822, 0.4465}, {0.2470, 0.2435, 0.2616});
}

nn::Sequential make_model(const examples::TrainingOptions& options) {
  if (options.model == "resnet20") return examples::resnet20(10);
  return examples::mlp(3 * 32 * 32, 10, options);
}

void set_defaults(const CLI::App& app, examples::TrainingOptions& options) {
  if (options.model != "resnet20") return;
  using examples::set_default;
  set_default(app, "--optimizer", options.optimizer, std::string("sgd"));
  set_default(app, "--weight-decay", options.weight_decay, 5e-4);
  set_default(app, "--crop", options.crop, 4);
}

void train(const examples::TrainingOptions& options) {
  const datasets::CIFAR10 train(
      options.data, {.train = true, .transform = examples::training_transform(32, normalize(), options)});
  const datasets::CIFAR10 test(
      options.data, {.train = false, .transform = datasets::Compose{datasets::ToFloat(), normalize()}});

  manual_seed(options.seed);
  nn::Sequential model = make_model(options);
  fmt::print("{}\n\n", model);
  examples::train_and_report(model, train, test, options);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains a net on CIFAR-10.", "cifar10");
  examples::TrainingOptions options{
      .data = "data/cifar10", .hidden = {512, 256}, .dropout = 0.2, .epochs = 10, .flip = true};
  examples::add_options(app, options);
  app.add_option("--model", options.model, "mlp or resnet20")->check(CLI::IsMember({"mlp", "resnet20"}));
  app.add_option("--data", options.data,
                 "cifar-10-binary.tar.gz, or the folder that holds it or its .bin files");
  return examples::run(app, argc, argv, [&] {
    set_defaults(app, options);
    if (options.threads > 0) set_num_threads(options.threads);
    train(options);
  });
}
