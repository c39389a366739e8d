// Trains on MNIST or Fashion-MNIST, handwritten digits or photographs of clothes: a multi-layer perceptron,
// LeNet or another small convolutional net.
#include <fmt/format.h>

#include "common/image_sets.hpp"
#include "common/models.hpp"
#include "common/training.hpp"

using namespace xtape;

namespace {

nn::Sequential make_model(const examples::TrainingOptions& options) {
  if (options.model == "lenet") return examples::lenet(10);
  if (options.model == "cnn") return examples::small_cnn(10, options.dropout);
  return examples::mlp(options.sizes(28 * 28, 10), options.dropout);
}

/// Clothes may be mirrored, digits may not.
void set_defaults(const CLI::App& app, bool clothes, examples::TrainingOptions& options) {
  if (options.model == "mlp") return;
  using examples::set_default;
  const bool cnn = options.model == "cnn";
  set_default(app, "--crop", options.crop, 2);
  set_default(app, "--flip", options.flip, clothes);
  set_default(app, "--lr", options.lr, std::optional(cnn ? 4e-3 : 2e-3));
  set_default(app, "--epochs", options.epochs, cnn ? 16 : 12);
  if (!cnn) return;
  set_default(app, "--schedule", options.schedule, std::string("one-cycle"));
  set_default(app, "--dropout", options.dropout, 0.3);
  set_default(app, "--label-smoothing", options.label_smoothing, 0.1);
  set_default(app, "--average", options.average, 0.995);
}

template <class Images>
void train_on(const examples::ImageSet& set, const examples::TrainingOptions& options, examples::Team& team) {
  const std::string folder = options.data.empty() ? set.folder : options.data;
  const datasets::Normalize normalize = set.normalize();
  const Images train(folder,
                     {.train = true, .transform = examples::training_transform(28, normalize, options)});
  const Images test(folder, {.train = false, .transform = datasets::Compose{datasets::ToFloat(), normalize}});

  manual_seed(options.seed);
  nn::Sequential model = make_model(options);
  fmt::print("{}\n\n", model);
  examples::train_and_report(model, train, test, options, team);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains a net on MNIST or Fashion-MNIST.", "mnist");
  examples::TrainingOptions options;
  std::string set = "mnist";
  examples::add_options(app, options);
  app.add_option("--dataset", set, "mnist or fashion")->check(CLI::IsMember({"mnist", "fashion"}));
  app.add_option("--model", options.model, "mlp, lenet or cnn")
      ->check(CLI::IsMember({"mlp", "lenet", "cnn"}));
  app.add_option("--data", options.data,
                 fmt::format("folder of the IDX files [{} or {}]", examples::image_set("mnist").folder,
                             examples::image_set("fashion").folder));
  return examples::run(app, argc, argv, [&] {
    set_defaults(app, set == "fashion", options);
    examples::Team team;
    if (options.threads > 0) set_num_threads(options.threads);
    if (set == "fashion") {
      train_on<datasets::FashionMNIST>(examples::image_set(set), options, team);
    } else {
      train_on<datasets::MNIST>(examples::image_set(set), options, team);
    }
  });
}
