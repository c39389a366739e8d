// Which epoch is the best, what becomes of its weights, and early stopping.
#include "tests/nn/train/trainer_fixture.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(nn_trainer_best)

BOOST_AUTO_TEST_CASE(the_weights_of_the_best_epoch_come_back) {
  const auto train = points(64, 1), validation = points(64, 2);
  nn::MLP model = small_model();
  optim::SGD optimizer(model.parameters(), {.lr = 0.5});
  std::vector<StateDict> weights;
  const auto keep = [&](const nn::EpochRecord& record) {
    StateDict copy;
    for (const auto& [name, value] : model.state_dict()) copy.insert(name, value.clone());
    weights.push_back(copy);
    optimizer.set_lr(record.epoch < 3 ? 0.5 : -0.0);
    if (record.epoch == 3) {
      const NoGradGuard no_grad;  // the last epochs are bad ones
      for (const Tensor& p : model.parameters()) p.mul_(-1);
    }
  };
  const nn::TrainerOptions options{
      .epochs = 5, .batch_size = 16, .print_every = 0, .seed = 0, .on_epoch = keep};
  const nn::History history = nn::Trainer(model, optimizer, options).fit(train, validation);
  BOOST_REQUIRE(history.best_index.has_value());
  BOOST_TEST(*history.best_index < 3u);
  double best = 0;
  for (const nn::EpochRecord& record : history.epochs) best = std::max(best, record.validation_accuracy);
  BOOST_TEST(history.best().validation_accuracy == best);
  BOOST_TEST(history.epochs.back().validation_accuracy < best);
  for (const auto& [name, value] : model.state_dict()) {
    BOOST_TEST(value.equal(weights[*history.best_index].at(name)));
  }
  BOOST_TEST(nn::accuracy(model, validation) == best);
}

BOOST_AUTO_TEST_CASE(without_a_validation_set_or_on_demand_the_last_weights_stay) {
  const auto train = points(32, 1);
  for (const bool validate : {false, true}) {
    nn::MLP model = small_model();
    optim::SGD optimizer(model.parameters(), {.lr = 0});
    const auto negate = [&](const nn::EpochRecord&) {
      const NoGradGuard no_grad;
      for (const Tensor& p : model.parameters()) p.mul_(-1);
    };
    const Tensor before = model.parameters()[0].detach().clone();
    nn::Trainer trainer(model, optimizer,
                        {.epochs = 1, .print_every = 0, .restore_best = false, .on_epoch = negate});
    const nn::History history = validate ? trainer.fit(train, train) : trainer.fit(train);
    BOOST_TEST(model.parameters()[0].detach().equal(-before));
    BOOST_TEST(history.best_index.has_value() == validate);
    if (!validate)
      expect_error([&] { static_cast<void>(history.best()); }, "History: there is no best epoch; 1 epoch(s)");
  }
}

/// Gives what its script says, one number per epoch, as the loss and the accuracy of a validation.
struct Script {
  std::vector<double> accuracies, losses;
  nn::History run(const nn::TrainerOptions& wanted) {
    const auto train = points(8, 1);
    nn::MLP model = small_model();
    optim::SGD optimizer(model.parameters(), {.lr = 0});
    std::size_t epoch = 0;
    nn::TrainerOptions options = wanted;
    options.epochs = static_cast<std::int64_t>(accuracies.size());
    options.print_every = 0;
    options.train_accuracy_samples = 0;
    options.accuracy = [&](const Tensor&, const Tensor&) { return accuracies.at(epoch); };
    options.loss = [&](const Tensor& x, const Tensor&) { return sum(x) * 0 + losses.at(epoch); };
    options.on_epoch = [&](const nn::EpochRecord&) { ++epoch; };
    return nn::Trainer(model, optimizer, options).fit(train, train);
  }
};

BOOST_AUTO_TEST_CASE(the_best_epoch_is_of_greatest_accuracy_then_of_lowest_loss) {
  Script script{{0.5, 0.7, 0.7, 0.6, 0.7}, {1, 3, 2, 0.5, 2}};
  BOOST_TEST(script.run({}).best().epoch == 3);
  BOOST_TEST(script.run({.monitor = nn::Monitor::loss}).best().epoch == 4);
}

BOOST_AUTO_TEST_CASE(early_stopping_waits_for_its_patience) {
  Script script{{0.5, 0.6, 0.605, 0.61, 0.9}, {1, 2, 3, 0.5, 4}};
  const nn::History stopped = script.run({.early_stopping = {.patience = 2, .min_delta = 0.02}});
  BOOST_TEST(stopped.epochs.size() == 4u);
  BOOST_TEST((stopped.ending == nn::Ending::early_stopping));
  BOOST_TEST(stopped.best().epoch == 4);  // the best is the best, however little it is better
  const nn::History patient = script.run({.early_stopping = {.patience = 3, .min_delta = 0.02}});
  BOOST_TEST(patient.epochs.size() == 5u);
  BOOST_TEST((patient.ending == nn::Ending::completed));
  BOOST_TEST(script.run({.early_stopping = {.patience = 2}}).epochs.size() == 5u);
  const nn::History by_loss = script.run({.early_stopping = {.patience = 2}, .monitor = nn::Monitor::loss});
  BOOST_TEST(by_loss.epochs.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
