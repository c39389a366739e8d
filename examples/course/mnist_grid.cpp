// The hyper-parameter search of the Keras notebook on MNIST: learning rate {0.001, 0.01, 0.1}, units {256,
// 512}, dropout {0.2, 0.5} and {relu, tanh}, each trained by Adam for ten epochs of batches of 32 on 80% of
// the training images and judged by the other 20%.
//
// In the notebook the learning rate did not take effect: trials that differed in it alone were repetitions.
// Here it does.
//
//   build/release/examples/course/mnist_grid --data FOLDER
//
// prints a line for each of the 24 trials, then the table, best first, which <out>/mnist_grid.csv holds too,
// and the best parameters with their validation and test accuracy.
#include <fmt/format.h>

#include "common/checks.hpp"
#include "common/data.hpp"
#include "common/mnist_net.hpp"

using namespace xtape;

namespace {

const nn::SearchSpace kWhole{{"lr", {0.001, 0.01, 0.1}},
                             {"units", {256, 512}},
                             {"dropout", {0.2, 0.5}},
                             {"activation", {"relu", "tanh"}}};
const nn::SearchSpace kQuick{
    {"lr", {0.001, 0.1}}, {"units", {32}}, {"dropout", {0.2}}, {"activation", {"relu", "tanh"}}};

void search(const course::Options& options, std::int64_t epochs) {
  const datasets::TensorDataset digits =
      course::digits(course::mnist(options, true), options.quick ? 5000 : -1);
  manual_seed(options.seed);
  const auto [train, validation] = datasets::random_split(digits, {0.8, 0.2});
  const auto build = [epochs](const nn::Params& p) {
    nn::MLP model = course::mnist_net({.units = p.get<std::int64_t>("units"),
                                       .dropout = p.get<double>("dropout"),
                                       .activation = p.get<nn::Activation>("activation")});
    return nn::Candidate(model, optim::Adam(model.parameters(), {.lr = p.get<double>("lr")}),
                         {.epochs = epochs, .batch_size = 32});
  };
  const std::string csv = course::out_file(options, "mnist_grid.csv");
  const nn::SearchResult result = nn::grid_search(options.quick ? kQuick : kWhole, build, train, validation,
                                                  {.seed = options.seed, .csv = csv});
  fmt::print("table: {}\nbest: {}\n", csv, nn::to_string(result.best().params));
  if (result.interrupted) return;

  const double best = result.best().history.best().validation_accuracy;
  const double test = nn::accuracy(*result.best_model, course::digits(course::mnist(options, false)));
  course::Checks checks;
  checks.at_least("validation accuracy of the best", best, options.quick ? 0.7 : 0.975);
  checks.at_least("its test accuracy", test, options.quick ? 0.7 : 0.975);
  checks.finish();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Searches for the learning rate, size, dropout and activation of a net on MNIST.",
               "mnist_grid");
  course::Options options;
  std::int64_t epochs = 10;
  course::add_options(app, options);
  app.add_option("--epochs", epochs, "of each trial; one with --quick")->check(CLI::Range(1, 10'000));
  return course::run(app, argc, argv, [&] { search(options, options.quick ? 1 : epochs); });
}
