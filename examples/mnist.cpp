// Trains a multi-layer perceptron on MNIST or Fashion-MNIST: handwritten digits, or photographs of clothes.
#include <fmt/format.h>

#include "common/training.hpp"

using namespace xtape;

namespace {

/// Mean and standard deviation of a set's training pixels, and where its files usually are.
struct DataSet {
  double mean, std;
  const char* folder;
};
const DataSet kDigits{0.1307, 0.3081, "data/mnist"};
const DataSet kClothes{0.2860, 0.3530, "/usr/share/datasets/fashion-mnist"};

template <class Images>
void train_on(const DataSet& set, const examples::TrainingOptions& options) {
  const std::string folder = options.data.empty() ? set.folder : options.data;
  const datasets::Transform normalised =
      datasets::Compose{datasets::ToFloat(), datasets::Normalize({set.mean}, {set.std})};
  const Images train(folder, {.train = true, .transform = normalised});
  const Images test(folder, {.train = false, .transform = normalised});

  manual_seed(options.seed);
  nn::Sequential model = examples::make_model(28 * 28, 10, options);
  fmt::print("{}\n\n", model);
  examples::train_and_report(model, train, test, options);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains a multi-layer perceptron on MNIST or Fashion-MNIST.", "mnist");
  examples::TrainingOptions options;
  std::string set = "mnist";
  examples::add_options(app, options);
  app.add_option("--dataset", set, "mnist or fashion")->check(CLI::IsMember({"mnist", "fashion"}));
  app.add_option("--data", options.data,
                 fmt::format("folder of the IDX files [{} or {}]", kDigits.folder, kClothes.folder));
  return examples::run(app, argc, argv, [&] {
    if (options.threads > 0) set_num_threads(options.threads);
    if (set == "fashion") {
      train_on<datasets::FashionMNIST>(kClothes, options);
    } else {
      train_on<datasets::MNIST>(kDigits, options);
    }
  });
}
