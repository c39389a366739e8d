// Checkpoints: trainings that are cut off after any step go on with the same bits, and folders that stay
// usable.
#include "nn/train/checkpoint.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>

#include "autograd/graph/backward.hpp"
#include "files/save.hpp"
#include "io/files.hpp"
#include "nn/layers/linear.hpp"
#include "nn/optim/averaged_model.hpp"
#include "tests/nn/train/training_fixture.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

namespace {

struct Killed : std::runtime_error {
  Killed() : std::runtime_error("killed") {}
};

/// A training with other options, in a run of the program that begins like every other.
using Setting = std::function<nn::TrainerOptions(Training&)>;

/// Starts the program as often as it takes, each time with steps_each + 1 steps until it is killed.
nn::History fit_in_pieces(std::optional<Training>& training, const Setting& setting, const fs::path& folder,
                          int steps_each) {
  const auto train = points(60, 1), validation = points(40, 2);
  for (int run = 0; run < 100; ++run) {
    training.emplace(1);
    nn::TrainerOptions options = setting(*training);
    options.checkpoint = folder;
    options.checkpoint_every = 1;
    int left = steps_each + 1;  // what the last one did is not saved
    options.on_batch = [&](const nn::BatchRecord&) {
      if (--left == 0) throw Killed();
    };
    try {
      return nn::Trainer(training->model, training->optimizer, options).fit(train, validation);
    } catch (const Killed&) {}
  }
  throw Error("the training does not get on");
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_checkpoint)

BOOST_AUTO_TEST_CASE(a_training_that_is_killed_after_any_steps_ends_with_the_same_bits) {
  for (const std::int64_t accumulate : {1, 3}) {
    for (const int steps_each : {1, 2, 5}) {
      const Setting setting = [&](Training& training) {
        nn::TrainerOptions options = training.options(3);
        options.accumulate = accumulate;
        options.num_workers = steps_each == 2 ? 2 : 0;
        options.early_stopping = {.patience = 3};
        options.on_state = {};
        return options;
      };
      Training whole(1);
      const nn::History history =
          nn::Trainer(whole.model, whole.optimizer, setting(whole)).fit(points(60, 1), points(40, 2));
      const TemporaryFolder folder;
      std::optional<Training> pieces;
      expect_same(fit_in_pieces(pieces, setting, folder, steps_each), history);
      expect_same(*pieces, whole);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_training_that_is_done_stays_as_it_was) {
  const TemporaryFolder folder;
  Training training(1);
  nn::TrainerOptions options = training.options(3);
  options.early_stopping = {.patience = 1};
  options.checkpoint = folder;
  const auto train = points(60, 1), validation = points(40, 2);
  const nn::History history = nn::Trainer(training.model, training.optimizer, options).fit(train, validation);
  const StateDict weights = training.model.state_dict();
  Training second(2);
  options = second.options(3);
  options.early_stopping = {.patience = 1};
  options.checkpoint = folder;
  expect_same(nn::Trainer(second.model, second.optimizer, options).fit(train, validation), history);
  expect_same(second.model.state_dict(), weights);
}

BOOST_AUTO_TEST_CASE(a_stop_within_an_epoch_is_saved_and_a_divergence_is_not) {
  const auto train = points(60, 1);
  for (const double loss : {1.0, std::nan("")}) {
    const TemporaryFolder folder;
    Training training(1);
    int batches = 0;
    nn::TrainerOptions options{.batch_size = 16, .print_every = 0, .checkpoint = folder.path()};
    options.loss = [&](const Tensor& y, const Tensor& target) {
      return nn::cross_entropy(y, target) * (++batches == 3 ? loss : 1.0);
    };
    options.on_batch = [](const nn::BatchRecord& record) { return record.iteration < 3; };
    nn::Trainer(training.model, training.optimizer, options).fit(train);
    nn::Checkpoint checkpoint(folder, training.model, training.optimizer);
    BOOST_TEST(checkpoint.newest().has_value() == std::isfinite(loss));
  }
}

BOOST_AUTO_TEST_CASE(the_newest_ones_and_the_best_stay) {
  const TemporaryFolder folder;
  Training training(1);
  nn::Checkpoint checkpoint(folder / "run", training.model, training.optimizer, {.keep = 2});
  BOOST_TEST(!checkpoint.resume());
  BOOST_TEST(!checkpoint.best().has_value());
  for (const double score : {0.5, 0.9, 0.9, 0.1, 0.2, 0.3}) {
    ++checkpoint.state().epoch;
    checkpoint.save(score);
  }
  checkpoint.save();  // without a score: never the best
  BOOST_TEST((names_in(folder / "run") ==
              std::vector<std::string>{"checkpoint-2.safetensors", "checkpoint-6.safetensors",
                                       "checkpoint-7.safetensors", "checkpoint.json"}));
  BOOST_TEST(std::filesystem::path(*checkpoint.best()).filename() == "checkpoint-2.safetensors");
  BOOST_TEST(std::filesystem::path(*checkpoint.newest()).filename() == "checkpoint-7.safetensors");
  BOOST_TEST(load(*checkpoint.best()).at("epoch").item<std::int64_t>() == 2);
}

BOOST_AUTO_TEST_CASE(what_a_killed_save_left_behind_is_removed) {
  const TemporaryFolder folder;
  Training training(1);
  nn::Checkpoint checkpoint(folder, training.model, training.optimizer);
  checkpoint.save();
  write_file(folder / "checkpoint-7.safetensors", {1});
  write_file(folder / "mine.safetensors", {1});
  BOOST_TEST(checkpoint.resume());
  BOOST_TEST((names_in(folder) ==
              std::vector<std::string>{"checkpoint-1.safetensors", "checkpoint.json", "mine.safetensors"}));
}

BOOST_AUTO_TEST_CASE(other_modules_and_generators_go_on_too) {
  const TemporaryFolder folder;
  Generator noise(4);
  nn::Linear model(2, 1);
  optim::SGD optimizer(model.parameters(), {.lr = 0.1});
  optim::AveragedModel average(model);
  const nn::CheckpointOptions options{.generators = {&noise}, .modules = {{"average", &average}}};
  nn::Checkpoint checkpoint(folder, model, optimizer, options);
  average.update_parameters(model);
  checkpoint.state().unfinished = {.place = {.seed = ~0ULL, .batch = 5}, .loss_sum = 1.5, .examples = 80};
  checkpoint.save();
  const StateDict before = average.state_dict();
  const std::uint64_t next = noise.next();
  StateDict kept;
  for (const auto& [name, value] : before) kept.insert(name, value.clone());
  average.update_parameters(nn::Linear(2, 1));
  checkpoint.state().unfinished = {};
  BOOST_TEST(checkpoint.resume());
  expect_same(average.state_dict(), kept);
  BOOST_TEST(noise.next() == next);
  const auto& [place, loss_sum, examples] = checkpoint.state().unfinished;
  BOOST_TEST(*place.seed == ~0ULL);
  BOOST_TEST(place.batch == 5);
  BOOST_TEST(loss_sum == 1.5);
  BOOST_TEST(examples == 80);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_of_another_training_is_refused_with_all_that_differs) {
  const TemporaryFolder folder;
  Training training(1);
  nn::Checkpoint(folder, training.model, training.optimizer, {.settings = {{"batch", "64"}, {"data", "a"}}})
      .save();
  optim::SGD sgd(training.model.parameters(), {.lr = 0.1});
  const StateDict before = training.model.state_dict();
  expect_error(
      [&] {
        nn::Checkpoint(folder, training.model, sgd, {.settings = {{"batch", "32"}, {"seed", "0"}}}).resume();
      },
      "checkpoint.json: the checkpoint is of another training:\n  batch is \"32\"; the checkpoint has "
      "\"64\"\n"
      "  optimizer is \"sgd\"; the checkpoint has \"adam\"\n  seed is \"0\"; the checkpoint has none\n"
      "  the checkpoint has data \"a\"; here is none");
  nn::MLP other({2, 5, 2});
  optim::Adam adam(other.parameters());
  const std::string text = error_of([&] {
    nn::Checkpoint(folder, other, adam, {.settings = {{"batch", "64"}, {"data", "a"}}}).resume();
  });
  for (const std::string part :
       {"checkpoint-1.safetensors: ", "wrong shape: \"0.weight\" is {8, 2}; expected {5, 2}"})
    BOOST_CHECK_MESSAGE(text.find(part) != std::string::npos, text << " does not hold " << part);
}

BOOST_AUTO_TEST_CASE(a_damaged_index_is_an_error_that_names_it) {
  const TemporaryFolder folder;
  Training training(1);
  nn::Checkpoint checkpoint(folder, training.model, training.optimizer);
  checkpoint.save();
  const std::string whole = io::read_bytes(folder / "checkpoint.json");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    BOOST_REQUIRE_NE(text.find(from), std::string::npos);
    return text.replace(text.find(from), from.size(), to);
  };
  for (const auto& [text, fault] : std::vector<std::pair<std::string, std::string>>{
           {whole.substr(0, whole.size() / 2), "not an index of checkpoints"},
           {"", "not an index of checkpoints"},
           {"[]", "not an index of checkpoints"},
           {with("\"version\": 1", "\"version\": 2"),
            "format \"xtape checkpoints\", version 2; this program reads \"xtape checkpoints\", version 1"},
           {with("\"number\": 1", "\"number\": -1"), "number is -1; expected 0 to"},
           {with("\"epoch\": 0", "\"epoch\": \"a\""), "epoch is \"a\", not an integer"},
           {with("\"version\": 1", "\"version\": 1e48"), "version is 1e+48, not an integer"}}) {
    io::write_bytes(folder / "checkpoint.json", text);
    expect_error([&] { checkpoint.resume(); }, fault);
    expect_error([&] { checkpoint.resume(); }, "checkpoint.json: ");
    expect_error([&] { checkpoint.save(); }, fault);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_told_and_the_training_goes_on) {
  const TemporaryFolder folder;
  write_file(folder / "file", {1});
  Training training(1), undisturbed(1);
  Lines lines;
  nn::TrainerOptions options = training.options(3);
  options.print = std::ref(lines);
  options.checkpoint = folder / "file" / "run";
  const auto train = points(60, 1), validation = points(40, 2);
  const nn::History history = nn::Trainer(training.model, training.optimizer, options).fit(train, validation);
  expect_same(
      history,
      nn::Trainer(undisturbed.model, undisturbed.optimizer, undisturbed.options(3)).fit(train, validation));
  BOOST_TEST(lines.all.size() == history.epochs.size() - 1);  // epoch 0 is none
  BOOST_TEST(lines.all.front().starts_with("no checkpoint was written: "));
  BOOST_TEST(lines.all.front().find("file/run") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(options_without_sense_are_refused) {
  Training training(1);
  expect_error([&] { nn::Checkpoint("run", training.model, training.optimizer, {.keep = 0}); },
               "Checkpoint: keep is 0; expected at least 1");
  const TemporaryFolder folder;
  nn::Checkpoint checkpoint(folder, training.model, training.optimizer);
  expect_error([&] { checkpoint.save(std::nan("")); }, "Checkpoint: the score is nan");
  nn::TrainerOptions options;
  options.checkpoint_every = -1;
  expect_error([&] { nn::Trainer(training.model, training.optimizer, options); },
               "Trainer: checkpoint_every is -1; expected 0 or more");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
