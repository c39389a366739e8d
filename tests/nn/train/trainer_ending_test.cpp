// The ways in which a training ends before its last epoch, and what it leaves behind then.
#include <csignal>
#include <stdexcept>

#include "nn/layers/dropout.hpp"
#include "nn/train/interrupt_guard.hpp"
#include "tests/nn/train/trainer_fixture.hpp"

namespace xtape::testing {

namespace {

using Handler = void (*)(int);

Handler handler_now() {
  struct sigaction action = {};
  sigaction(SIGINT, nullptr, &action);
  return action.sa_handler;
}

void own_handler(int) {}

/// The handler of a program, for the length of a test.
struct OwnHandler {
  Handler before = std::signal(SIGINT, own_handler);
  ~OwnHandler() { std::signal(SIGINT, before); }
};

/// A model, an optimiser and data for one training.
struct Setup {
  datasets::TensorDataset train = points(64, 1), validation = points(32, 2);
  nn::MLP model = small_model();
  optim::SGD optimizer{model.parameters(), {.lr = 0.5}};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_trainer_ending)

BOOST_AUTO_TEST_CASE(ctrl_c_ends_after_the_batch_and_keeps_the_history) {
  const OwnHandler own;
  Setup setup;
  Lines lines;
  bool second_kills = false;
  const auto interrupt = [&](const nn::BatchRecord& record) {
    if (record.iteration != 6) return;
    BOOST_TEST((handler_now() != own_handler));
    std::raise(SIGINT);
    second_kills = handler_now() == SIG_DFL;
  };
  const nn::TrainerOptions options{
      .epochs = 3, .batch_size = 16, .print_every = 100, .on_batch = interrupt, .print = std::ref(lines)};
  const nn::History history =
      nn::Trainer(setup.model, setup.optimizer, options).fit(setup.train, setup.validation);
  BOOST_TEST(history.interrupted());
  BOOST_TEST(history.losses.size() == 6u);
  BOOST_TEST(history.epochs.size() == 1u);
  BOOST_TEST(nn::accuracy(setup.model, setup.validation) == history.epochs[0].validation_accuracy);
  BOOST_TEST(second_kills);
  BOOST_TEST((handler_now() == own_handler));
  BOOST_TEST(lines.all.back() == "(Iteration 6 / 12) interrupted");
}

BOOST_AUTO_TEST_CASE(ctrl_c_while_an_epoch_is_measured_drops_its_record) {
  const OwnHandler own;
  Setup setup;
  nn::TrainerOptions options = quiet();
  options.accuracy = [](const Tensor& x, const Tensor& y) {
    std::raise(SIGINT);
    return nn::accuracy(x, y);
  };
  const nn::History history =
      nn::Trainer(setup.model, setup.optimizer, options).fit(setup.train, setup.validation);
  BOOST_TEST(history.interrupted());
  BOOST_TEST(history.losses.size() == 4u);
  BOOST_TEST(history.epochs.empty());
}

BOOST_AUTO_TEST_CASE(ctrl_c_may_be_left_to_the_program) {
  const OwnHandler own;
  Setup setup;
  nn::TrainerOptions options = quiet();
  options.catch_interrupt = false;
  options.on_batch = [](const nn::BatchRecord&) {
    BOOST_TEST((handler_now() == own_handler));
    std::raise(SIGINT);
    std::signal(SIGINT, own_handler);
  };
  BOOST_TEST(!nn::Trainer(setup.model, setup.optimizer, options).fit(setup.train).interrupted());
}

BOOST_AUTO_TEST_CASE(an_ignored_ctrl_c_stays_ignored) {
  const OwnHandler own;
  std::signal(SIGINT, SIG_IGN);
  const nn::InterruptGuard guard;
  std::raise(SIGINT);
  BOOST_TEST(!guard.requested());
}

BOOST_AUTO_TEST_CASE(one_ctrl_c_ends_a_training_within_another) {
  const OwnHandler own;
  {
    const nn::InterruptGuard outer;
    {
      const nn::InterruptGuard inner;
      std::raise(SIGINT);
      BOOST_TEST(inner.requested());
    }
    BOOST_TEST(outer.requested());
    BOOST_TEST((handler_now() == SIG_DFL));
    const nn::InterruptGuard later;
    BOOST_TEST(!later.requested());
  }
  BOOST_TEST((handler_now() == own_handler));
}

BOOST_AUTO_TEST_CASE(a_callback_that_gives_false_ends_the_training) {
  Setup setup;
  nn::TrainerOptions options = quiet();
  options.on_epoch = [](const nn::EpochRecord& record) { return record.epoch < 2; };
  const nn::History epochs = nn::Trainer(setup.model, setup.optimizer, options).fit(setup.train);
  BOOST_TEST(epochs.epochs.size() == 2u);
  BOOST_TEST((epochs.ending == nn::Ending::stopped));
  options.on_epoch = {};
  options.on_batch = [](const nn::BatchRecord& record) { return record.iteration < 3; };
  const nn::History batches = nn::Trainer(setup.model, setup.optimizer, options).fit(setup.train);
  BOOST_TEST(batches.losses.size() == 3u);
  BOOST_TEST((batches.ending == nn::Ending::stopped));
}

BOOST_AUTO_TEST_CASE(stop_ends_one_training_and_not_the_next) {
  Setup setup;
  std::size_t calls = 0;
  nn::TrainerOptions options = quiet();
  nn::Trainer* running = nullptr;
  options.on_batch = [&](const nn::BatchRecord& record) {
    if (++calls == 5) running->stop();
    BOOST_TEST(record.epoch == (record.iteration - 1) / 4 + 1);
    BOOST_TEST(record.lr == 0.5);
    BOOST_TEST(record.loss == running->history().losses.back());
  };
  nn::Trainer trainer(setup.model, setup.optimizer, options);
  running = &trainer;
  BOOST_TEST(trainer.fit(setup.train).losses.size() == 5u);
  BOOST_TEST((trainer.history().ending == nn::Ending::stopped));
  BOOST_TEST(trainer.fit(setup.train).losses.size() == 12u);
  BOOST_TEST((trainer.history().ending == nn::Ending::completed));
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_ends_the_training_before_it_reaches_the_weights) {
  Setup setup;
  setup.optimizer.set_lr(0.1);
  nn::TrainerOptions options = quiet();
  std::int64_t calls = 0;
  options.loss = [&](const Tensor& x, const Tensor& y) {
    const Tensor loss = nn::cross_entropy(x, y);
    return grad_enabled() && ++calls == 6 ? loss / 0 : loss;
  };
  const nn::History history =
      nn::Trainer(setup.model, setup.optimizer, options).fit(setup.train, setup.validation);
  BOOST_TEST(history.diverged());
  BOOST_TEST(history.losses.size() == 6u);
  BOOST_TEST(std::isinf(history.losses.back()));
  BOOST_TEST(history.epochs.size() == 1u);
  BOOST_TEST(nn::accuracy(setup.model, setup.validation) == history.best().validation_accuracy);
  for (const Tensor& p : setup.model.parameters()) BOOST_TEST(std::isfinite(sum(p).item()));
}

BOOST_AUTO_TEST_CASE(a_learning_rate_far_too_great_is_reported_as_diverged) {
  Setup setup;
  setup.optimizer.set_lr(1e30);
  BOOST_TEST(
      nn::Trainer(setup.model, setup.optimizer, quiet()).fit(setup.train, setup.validation).diverged());
}

BOOST_AUTO_TEST_CASE(an_exception_in_a_callback_comes_out_and_leaves_all_as_it_was) {
  const OwnHandler own;
  Setup setup;
  nn::Sequential model{setup.model, nn::Dropout(0.0)};
  model[1].eval();
  nn::TrainerOptions options = quiet();
  options.seed = 1;
  options.on_batch = [&](const nn::BatchRecord& record) {
    BOOST_TEST(model[1].is_training());
    if (record.iteration == 5) throw std::logic_error("enough");
  };
  const auto before = default_generator().state();
  nn::Trainer trainer(model, setup.optimizer, options);
  BOOST_CHECK_THROW(trainer.fit(setup.train, setup.validation), std::logic_error);
  BOOST_TEST((handler_now() == own_handler));
  BOOST_TEST(model.is_training());
  BOOST_TEST(!model[1].is_training());
  BOOST_TEST((default_generator().state() == before));
  BOOST_TEST(trainer.history().losses.size() == 5u);
  BOOST_TEST(trainer.history().epochs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_model_in_evaluation_mode_trains_and_goes_back_to_it_under_a_no_grad_guard_too) {
  Setup setup;
  setup.model.eval();
  const NoGradGuard no_grad;
  const nn::History history = nn::Trainer(setup.model, setup.optimizer, quiet()).fit(setup.train);
  BOOST_TEST(!setup.model.is_training());
  BOOST_TEST(history.epochs.back().train_loss < history.epochs.front().train_loss);
}

BOOST_AUTO_TEST_CASE(a_trainer_checks_what_it_is_given) {
  Setup setup;
  const auto error_with = [&](const nn::TrainerOptions& options) {
    return error_of([&] { nn::Trainer(setup.model, setup.optimizer, options).fit(setup.train); });
  };
  BOOST_TEST(error_with({.epochs = -1}) == "Trainer: epochs is -1; expected 0 or more");
  BOOST_TEST(error_with({.batch_size = 0}) == "Trainer: batch_size is 0; expected at least 1");
  BOOST_TEST(error_with({.lr_decay = 0}) == "Trainer: lr_decay is 0; expected a factor above 0");
  BOOST_TEST(error_with({.print_every = -1}) == "Trainer: print_every is -1; expected 0 or more");
  BOOST_TEST(error_with({.early_stopping = {.patience = -1}}) ==
             "Trainer: early_stopping.patience is -1; expected 0 or more");
  BOOST_TEST(error_with({.early_stopping = {.min_delta = -1}}) ==
             "Trainer: early_stopping.min_delta is -1; expected 0 or more");
  BOOST_TEST(error_with({.train_accuracy_samples = -2}) ==
             "Trainer: train_accuracy_samples is -2; expected a number of examples, or -1 for all");
  BOOST_TEST(error_with({.num_workers = -1}) == "Trainer: num_workers is -1; expected 0 or more");
  BOOST_TEST(error_with({.early_stopping = {.patience = 1}}) ==
             "Trainer: early stopping needs a validation set; none is given");
  const auto none = datasets::TensorDataset(zeros({0, 2}), zeros({0}, {.dtype = kInt64}));
  expect_error([&] { nn::Trainer(setup.model, setup.optimizer, quiet()).fit(none); },
               "Trainer: the training set is empty");
  expect_error([&] { nn::Trainer(setup.model, setup.optimizer, quiet()).fit(setup.train, none); },
               "Trainer: the validation set is empty");
  nn::TrainerOptions options = quiet();
  options.loss = [](const Tensor& x, const Tensor&) { return x; };
  BOOST_TEST(error_with(options) ==
             "loss: the result has shape {16, 2}; expected one number, the mean over the batch");
  options = quiet();
  options.penalty = [](const nn::Module& m) { return m.parameters()[0]; };
  BOOST_TEST(error_with(options) == "Trainer: the penalty has shape {8, 2}; expected one number");
  BOOST_TEST(nn::Trainer(setup.model, setup.optimizer, {.epochs = 0}).fit(setup.train).losses.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
