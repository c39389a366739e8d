// What the tests of trainings that go on share: one with a state in every part, and the comparison of two.
#pragma once

#include <optional>
#include <vector>

#include "nn/optim/adam.hpp"
#include "nn/optim/schedules/schedules.hpp"
#include "tests/files/files.hpp"
#include "tests/nn/train/trainer_fixture.hpp"

namespace xtape::testing {

/// A training with a state in every part: dropout, shuffling, moments, a scheduler, the best epoch.
struct Training {
  nn::MLP model;
  optim::Adam optimizer{model.parameters(), {.lr = 0.05}};
  optim::StepLR scheduler{optimizer, 2, 0.7};
  std::vector<StateDict> states = {};  // after each epoch

  explicit Training(std::uint64_t weights) : model(small_model(weights, 0.3)) {}

  nn::TrainerOptions options(std::optional<std::uint64_t> seed) {
    return {.epochs = 6,
            .batch_size = 16,
            .lr_decay = 0.9,
            .print_every = 0,
            .seed = seed,
            .early_stopping = {.patience = 5},
            .train_accuracy_samples = 20,
            .evaluate_first = true,
            .on_epoch = [this](const nn::EpochRecord&) { scheduler.step(); },
            .on_state = [this](const nn::TrainingState& state) { states.push_back(state.state_dict()); },
            .state = {.scheduler = &scheduler}};
  }
};

/// All but the seconds.
inline void expect_same(const nn::History& a, const nn::History& b) {
  BOOST_TEST(a.losses == b.losses, boost::test_tools::per_element());
  BOOST_REQUIRE_EQUAL(a.epochs.size(), b.epochs.size());
  for (std::size_t i = 0; i < a.epochs.size(); ++i) {
    BOOST_TEST(a.epochs[i].epoch == b.epochs[i].epoch);
    for (const auto field :
         {&nn::EpochRecord::lr, &nn::EpochRecord::train_loss, &nn::EpochRecord::train_accuracy,
          &nn::EpochRecord::validation_loss, &nn::EpochRecord::validation_accuracy})
      BOOST_TEST((a.epochs[i].*field == b.epochs[i].*field));
  }
  BOOST_TEST((a.best_index == b.best_index));
  BOOST_TEST((a.ending == b.ending));
}

inline void expect_same(const Training& a, const Training& b) {
  expect_same(a.model.state_dict(), b.model.state_dict());
  expect_same(a.optimizer.state_dict(), b.optimizer.state_dict());
  expect_same(a.scheduler.state_dict(), b.scheduler.state_dict());
}

}  // namespace xtape::testing
