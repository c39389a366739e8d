// Weights N(0, 0.01^2), SGD at 1e-3 that falls by 0.95 an epoch, batches of 100.
#include "relu_net.hpp"

#include "checks.hpp"
#include "data.hpp"
#include "seeds.hpp"
#include "weights.hpp"

namespace course {

using namespace xtape;

namespace {

nn::Candidate build(const ReluNet& net, std::int64_t epochs, double reg) {
  std::vector<std::int64_t> sizes{3 * 32 * 32};
  sizes.insert(sizes.end(), net.hidden.begin(), net.hidden.end());
  sizes.push_back(10);
  nn::Sequential model{nn::Flatten(), nn::MLP(sizes)};
  set_weights(model, [](const Tensor& weight) { nn::init::normal_(weight, 0, 1e-2); });
  nn::TrainerOptions options{.epochs = epochs, .batch_size = 100, .lr_decay = 0.95};
  if (reg > 0) options.penalty = [reg](const nn::Module& m) { return nn::l2_penalty(m, reg); };
  return nn::Candidate(model, optim::SGD(model.parameters(), {.lr = 1e-3}), options);
}

}  // namespace

int run_relu_net(const ReluNet& net, int argc, char** argv) {
  CLI::App app("The CIFAR-10 exercise's fully connected net with relu, trained as its Solver does.",
               net.name);
  Options options;
  int runs = 3;
  double reg = 0;
  add_options(app, options);
  add_runs(app, runs);
  app.add_option("--reg", reg, "adds 0.5 reg sum W^2 to the loss")->check(CLI::NonNegativeNumber);
  return run(app, argc, argv, [&] {
    const CifarParts parts = cifar_parts(options);
    const auto make = [&] { return build(net, options.quick ? 2 : net.epochs, reg); };
    const std::vector<Run> all =
        train_seeds(options, runs, net.name, make, {parts.train, &parts.validation, parts.test});
    Checks checks;
    if (options.quick) {
      checks.at_most("last losses", last_losses(all.front()), first_losses(all.front()) - 0.1);
    } else {
      checks.at_least("best validation accuracy, mean", mean_of(all, &Run::best_validation), 0.49);
    }
    checks.finish();
  });
}

}  // namespace course
