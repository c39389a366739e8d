// Trainings that are stopped and go on: from the state of an epoch, with the same bits as without a stop.
#include "nn/train/training_state.hpp"

#include <cmath>

#include "autograd/graph/backward.hpp"
#include "files/safetensors.hpp"
#include "nn/layers/linear.hpp"
#include "tests/nn/train/training_fixture.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(nn_training_state)

BOOST_AUTO_TEST_CASE(a_training_that_goes_on_from_any_epoch_ends_with_the_same_bits) {
  const auto train = points(60, 1), validation = points(40, 2);
  for (const auto seed : {std::optional<std::uint64_t>(3), std::optional<std::uint64_t>()}) {
    Training whole(1);
    manual_seed(5);
    const nn::History history =
        nn::Trainer(whole.model, whole.optimizer, whole.options(seed)).fit(train, validation);
    const Generator::State after = default_generator().state();
    BOOST_REQUIRE_EQUAL(whole.states.size(), 6u);
    for (const StateDict& state : whole.states) {
      Training second(99);
      manual_seed(77);
      nn::Trainer trainer(second.model, second.optimizer, second.options(seed));
      trainer.load_state_dict(state);
      expect_same(trainer.fit(train, validation), history);
      expect_same(second, whole);
      if (!seed) BOOST_TEST((default_generator().state() == after));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_state_goes_through_a_file) {
  const auto train = points(60, 1), validation = points(40, 2);
  Training whole(1), second(2);
  const nn::History history =
      nn::Trainer(whole.model, whole.optimizer, whole.options(3)).fit(train, validation);
  const TemporaryFolder folder;
  save(whole.states[2], folder / "state.safetensors");
  nn::Trainer trainer(second.model, second.optimizer, second.options(3));
  trainer.load_state_dict(load(folder / "state.safetensors"));
  expect_same(trainer.fit(train, validation), history);
  expect_same(second, whole);
}

BOOST_AUTO_TEST_CASE(a_state_is_a_copy_that_later_epochs_leave_alone) {
  const auto train = points(60, 1);
  Training training(1);
  const Tensor before = training.model.parameters()[0].clone();
  const nn::TrainingState state(training.model, training.optimizer);
  const StateDict dict = state.state_dict();
  nn::Trainer(training.model, training.optimizer, quiet()).fit(train);
  BOOST_TEST(dict.at("model.0.weight").equal(before));
}

BOOST_AUTO_TEST_CASE(after_a_fit_that_went_on_the_next_one_begins_anew) {
  const auto train = points(60, 1), validation = points(40, 2);
  Training first(1), second(2);
  nn::Trainer(first.model, first.optimizer, first.options(3)).fit(train, validation);
  nn::Trainer trainer(second.model, second.optimizer, second.options(3));
  trainer.load_state_dict(first.states[4]);
  trainer.fit(train, validation);
  BOOST_TEST(second.states.size() == 1u);
  const nn::History anew = trainer.fit(train, validation);
  BOOST_TEST(anew.epochs[0].epoch == 0);
  BOOST_TEST(anew.losses.size() == 4u * static_cast<std::size_t>(anew.epochs.back().epoch));
}

BOOST_AUTO_TEST_CASE(a_seeded_training_leaves_the_default_generator_alone_when_its_state_is_loaded) {
  const auto train = points(60, 1), validation = points(40, 2);
  Training first(1), second(2);
  nn::Trainer(first.model, first.optimizer, first.options(3)).fit(train, validation);
  nn::Trainer trainer(second.model, second.optimizer, second.options(3));
  manual_seed(7);
  const Generator::State before = default_generator().state();
  trainer.load_state_dict(first.states[1]);
  BOOST_TEST((default_generator().state() == before));
}

BOOST_AUTO_TEST_CASE(a_state_is_given_for_whole_epochs_alone) {
  const auto train = points(60, 1);
  Training training(1);
  nn::TrainerOptions options = training.options(3);
  options.early_stopping = {};
  options.on_batch = [](const nn::BatchRecord& record) { return record.iteration < 6; };  // 4 make an epoch
  nn::Trainer(training.model, training.optimizer, options).fit(train);
  BOOST_REQUIRE_EQUAL(training.states.size(), 1u);
  BOOST_TEST(training.states[0].at("epoch").item<std::int64_t>() == 1);
  BOOST_TEST(training.states[0].at("history.losses").numel() == 4);
}

BOOST_AUTO_TEST_CASE(a_loop_of_ones_own_goes_on_too_with_its_own_generators) {
  const auto run = [](std::int64_t from_epoch, StateDict& saved) {
    Generator noise(from_epoch == 0 ? 4 : 1000);
    nn::Linear model(2, 1);
    if (from_epoch == 0) model.load_state_dict({{"weight", ones({1, 2})}, {"bias", ones({1})}});
    optim::Adam optimizer(model.parameters());
    nn::TrainingState state(model, optimizer, {.generators = {&noise}});
    if (from_epoch > 0) state.load_state_dict(saved);
    BOOST_TEST(state.epoch == from_epoch);
    while (state.epoch < 4) {
      optimizer.zero_grad();
      sum(square(model(randn({8, 2}, {.generator = &noise})) + randn({8, 1}))).backward();
      optimizer.step();
      if (++state.epoch == 2 && from_epoch == 0) saved = state.state_dict();
    }
    return model.state_dict();
  };
  StateDict saved;
  const StateDict whole = run(0, saved);
  expect_same(run(2, saved), whole);
}

BOOST_AUTO_TEST_CASE(a_state_of_another_training_is_refused_as_a_whole_with_all_that_is_wrong) {
  Training training(1);
  optim::SGD sgd(training.model.parameters(), {.lr = 0.1});
  nn::TrainingState state(training.model, training.optimizer, {.scheduler = &training.scheduler});
  nn::Linear other(2, 3);
  optim::Adam other_optimizer(other.parameters(), {.lr = 0.1});
  StateDict dict = nn::TrainingState(other, other_optimizer).state_dict();
  dict.insert("epochs", tensor(3));
  dict["epoch"] = tensor(1.5);
  const StateDict before = state.state_dict();
  const std::string text = error_of([&] { state.load_state_dict(dict); });
  for (const std::string part :
       {"load_state_dict: the state does not fit this training:\n  the state does not fit this MLP:\n    "
        "missing: "
        "\"0.weight\", ",
        "    unexpected: \"weight\", \"bias\"", "\n  the state does not fit this adam:\n    ",
        "\"param_groups.0.params\" holds 2 values; expected 4",
        "\n  the state does not fit this StepLR:\n    missing: \"last_epoch\", ",
        "\n  the state does not fit this progress:\n    unexpected: \"epochs\"",
        "wrong dtype: \"epoch\" is float32; expected int64"})
    BOOST_CHECK_MESSAGE(text.find(part) != std::string::npos, text << "\n\ndoes not hold\n\n" << part);
  expect_same(state.state_dict(), before);
}

BOOST_AUTO_TEST_CASE(a_state_with_one_fault_changes_nothing) {
  const auto train = points(60, 1), validation = points(40, 2);
  Training first(1), second(2);
  nn::Trainer(first.model, first.optimizer, first.options(3)).fit(train, validation);
  nn::TrainingState state(second.model, second.optimizer, {.scheduler = &second.scheduler});
  const StateDict before = state.state_dict();
  const auto refused = [&](const std::string& name, const Tensor& value, const std::string& fault) {
    StateDict dict;
    for (const auto& [key, kept] : first.states[2]) {
      if (key != "generators.0") dict.insert(key, kept);  // the trainer's
    }
    dict[name] = value;
    expect_error([&] { state.load_state_dict(dict); }, fault);
    expect_same(state.state_dict(), before);
  };
  const Tensor zeros4 = zeros({4}, {.dtype = kInt64});
  refused("epoch", tensor(-1), "\"epoch\" is -1; expected 0 to 1000000000000000");
  refused("epoch", Tensor(), "undefined: \"epoch\"");
  refused("generator", zeros4, "\"generator\" is all zeros, which no generator is");
  refused("generator", tensor({1, 2, 3}), "\"generator\" holds 3 values; expected 4");
  refused("history.losses", tensor(1.0, {.dtype = kFloat64}),
          "\"history.losses\" is of shape {}; expected a list");
  refused("history.epochs", zeros({3, 6}, {.dtype = kFloat64}),
          "wrong shape: \"history.epochs\" is {3, 6}; expected {3, 7}");
  refused("history.epochs", zeros({21}, {.dtype = kFloat64}),
          "wrong shape: \"history.epochs\" is {21}; expected {0, 7}");
  for (const double epoch : {std::nan(""), -1.0, 0.5, 1e300})
    refused("history.epochs", full({4, 7}, epoch, {.dtype = kFloat64}), "\"history.epochs\" holds an epoch");
  refused("history.best_index", tensor(4), "\"history.best_index\" is 4; expected 0 to 3");
  refused("best.waited", tensor(-2), "\"best.waited\" is -2");
  refused("best.model.0.weight", ones({3}), "wrong shape: \"best.model.0.weight\" is {3}; expected {8, 2}");
  refused("model.0.weight", ones({3}), "wrong shape: \"0.weight\" is {3}; expected {8, 2}");
  refused("optimizer.param_groups.0.lr", tensor(std::nan("")), "lr is nan");
  refused("scheduler.step_size", tensor(0), "StepLR: step_size is 0");
  refused("scheduler.more", tensor(0), "unexpected: \"more\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
