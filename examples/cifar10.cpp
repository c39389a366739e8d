// Trains a multi-layer perceptron on CIFAR-10: small colour photographs of ten kinds of things.
#include <fmt/format.h>

#include "common/training.hpp"

using namespace xtape;

namespace {

struct Augmentation {
  bool flip = true;
  int crop = 0;
};

/// Mean and standard deviation of each channel of the training images.
datasets::Normalize normalize() {
  return datasets::Normalize({0.4914, 0.4822, 0.4465}, {0.2470, 0.2435, 0.2616});
}

/// ToFloat, the random changes that are wanted, Normalize.
datasets::Transform training_transform(const Augmentation& augmentation) {
  std::vector<datasets::Transform> steps{datasets::ToFloat()};
  if (augmentation.crop > 0) steps.push_back(datasets::RandomCrop(32, {.padding = augmentation.crop}));
  if (augmentation.flip) steps.push_back(datasets::RandomHorizontalFlip());
  steps.push_back(normalize());
  return datasets::Compose(steps);
}

void train(const examples::TrainingOptions& options, const Augmentation& augmentation) {
  const datasets::CIFAR10 train(options.data, {.train = true, .transform = training_transform(augmentation)});
  const datasets::CIFAR10 test(
      options.data, {.train = false, .transform = datasets::Compose{datasets::ToFloat(), normalize()}});

  manual_seed(options.seed);
  nn::Sequential model = examples::make_model(3 * 32 * 32, 10, options);
  fmt::print("{}\n\n", model);
  examples::train_and_report(model, train, test, options);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains a multi-layer perceptron on CIFAR-10.", "cifar10");
  examples::TrainingOptions options{
      .data = "data/cifar10", .hidden = {512, 256}, .dropout = 0.2, .epochs = 10};
  Augmentation augmentation;
  examples::add_options(app, options);
  app.add_option("--data", options.data,
                 "cifar-10-binary.tar.gz, or the folder that holds it or its .bin files");
  app.add_flag("--flip,!--no-flip", augmentation.flip, "mirror half of the training images, at random [on]");
  app.add_option("--crop", augmentation.crop, "pad training images by this many pixels, then cut at random")
      ->check(CLI::Range(0, 16));
  return examples::run(app, argc, argv, [&] {
    if (options.threads > 0) set_num_threads(options.threads);
    train(options, augmentation);
  });
}
