// A tuned multi-layer perceptron on CIFAR-10: images flipped and shifted at random, and Adam with a
// learning rate that falls along a half cosine. The search looks at validation images alone.
//
//   build/release/examples/course/cifar_tuned --data FOLDER   (--search: chooses units and dropout first)
//
// prints the lines of the trainer for seed 0, 1 and 2, then a table of them and the mean accuracy on the
// 10,000 test images, which must be at least 0.56. The search, of eight epochs each:
//
//   #  units  dropout  val_acc  val_loss  train_acc  epoch  seconds
//   4    512        0   0.5552    1.2721     0.5860      8      ...
//   5    512      0.1   0.5416    1.2940     0.5750      8     ...
//   1    256        0   0.5336    1.2955     0.5600      8      ...
//   6    512      0.2   0.5286    1.3279     0.5520      8     ...
//   2    256      0.1   0.5276    1.3233     0.5400      8      ...
//   3    256      0.2   0.5252    1.3580     0.5220      8      ...
//   best: units: 512; dropout: 0
//
// and the trainings of fifteen:
//
//   seed 0
//   ...
//     seed   best val   last val      train       test   seconds
//        0     0.5760     0.5760     0.5870     0.5801     ...
//        1     0.5730     0.5730     0.5840     0.5844     ...
//        2     0.5750     0.5744     0.5890     0.5757     ...
//   ...
//     ok    test accuracy, mean                          0.580067, expected at least 0.56
#include <fmt/format.h>

#include "common/checks.hpp"
#include "common/data.hpp"
#include "common/seeds.hpp"

using namespace xtape;

namespace {

struct Program {
  int runs = 3;
  std::int64_t epochs = 15;
  std::int64_t search_epochs = 8;
  bool search = false;
};

/// What the search of seed 0 chooses.
const nn::Params kChosen{{"units", 512}, {"dropout", 0.0}};
const nn::SearchSpace kSpace{{"units", {256, 512}}, {"dropout", {0.0, 0.1, 0.2}}};

/// Hidden layers of `units` and half as many.
nn::Candidate build(const nn::Params& params, std::int64_t epochs) {
  const auto units = params.get<std::int64_t>("units");
  nn::Sequential model{nn::Flatten(),
                       nn::MLP({3072, units, units / 2, 10}, {.dropout = params.get<double>("dropout")})};
  optim::Adam adam(model.parameters(), {.lr = 1e-3});
  const auto cosine = std::make_shared<optim::CosineAnnealingLR>(adam, epochs);
  return nn::Candidate(
      model, std::move(adam),
      {.epochs = epochs, .batch_size = 128, .num_workers = 1, .on_epoch = [cosine](const nn::EpochRecord&) {
         cosine->step();
       }});
}

/// 45,000 training images, changed anew in each epoch; the other 5,000, and the whole test batch, as they
/// are.
struct Parts {
  datasets::TransformedDataset train;
  datasets::Subset validation;
  datasets::CIFAR10 test;
};

Parts load(const course::Options& options) {
  const datasets::Transform normalised = datasets::Compose{
      datasets::ToFloat(), datasets::Normalize({0.4914, 0.4822, 0.4465}, {0.2470, 0.2435, 0.2616})};
  const datasets::CIFAR10 images = course::cifar10(options, true, normalised);
  const datasets::Transform changes =
      datasets::Compose{datasets::RandomShift(2), datasets::RandomHorizontalFlip()};
  const datasets::Subset train(images, arange(0, options.quick ? 5'000 : 45'000));
  return {datasets::TransformedDataset(train, changes), datasets::Subset(images, arange(45'000, 50'000)),
          course::cifar10(options, false, normalised)};
}

nn::Params search(const course::Options& options, const Program& program, const Parts& parts) {
  const std::int64_t epochs = options.quick ? 1 : program.search_epochs;
  const nn::SearchResult result = nn::grid_search(
      kSpace, [epochs](const nn::Params& params) { return build(params, epochs); }, parts.train,
      parts.validation, {.seed = options.seed, .csv = course::out_file(options, "cifar_tuned_search.csv")});
  fmt::print("best: {}\n", nn::to_string(result.best().params));
  check(!result.interrupted, "the search was interrupted");
  return result.best().params;
}

void train(const course::Options& options, const Program& program) {
  const Parts parts = load(options);
  const nn::Params params = program.search ? search(options, program, parts) : kChosen;
  fmt::print("{}\n", nn::to_string(params));
  const std::int64_t epochs = options.quick ? 2 : program.epochs;
  const std::vector<course::Run> all =
      course::train_seeds(options, program.runs, "cifar_tuned", [&] { return build(params, epochs); },
                          {parts.train, &parts.validation, parts.test});
  course::Checks checks;
  if (options.quick) {
    checks.at_most("last losses", last_losses(all.front()), first_losses(all.front()) - 0.1);
  } else {
    checks.at_least("test accuracy, mean", course::mean_of(all, &course::Run::test_accuracy), 0.56);
  }
  checks.finish();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A tuned multi-layer perceptron on CIFAR-10.", "cifar_tuned");
  course::Options options;
  Program program;
  course::add_options(app, options);
  course::add_runs(app, program.runs);
  app.add_option("--epochs", program.epochs, "of each training")->check(CLI::Range(1, 10'000));
  app.add_flag("--search", program.search, "choose units and dropout on the validation images first");
  return course::run(app, argc, argv, [&] { train(options, program); });
}
