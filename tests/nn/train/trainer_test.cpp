// Trainer: what it learns, measures, prints and restores.
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>

#include "nn/layers/dropout.hpp"
#include "nn/layers/linear.hpp"
#include "nn/losses/modules.hpp"
#include "nn/losses/penalty.hpp"
#include "nn/module/sequential.hpp"
#include "nn/optim/adam.hpp"
#include "tests/nn/train/trainer_fixture.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(nn_trainer)

BOOST_AUTO_TEST_CASE(a_fit_learns_and_its_history_has_every_iteration_and_epoch) {
  const auto train = points(200, 1), validation = points(100, 2);
  nn::MLP model = small_model();
  optim::SGD optimizer(model.parameters(), {.lr = 0.5});
  nn::Trainer trainer(model, optimizer,
                      {.epochs = 5, .batch_size = 32, .lr_decay = 0.5, .print_every = 0, .seed = 3});
  const nn::History history = trainer.fit(train, validation);

  BOOST_TEST(history.losses.size() == 5u * 7);  // six batches of 32 and one of 8
  BOOST_TEST(history.epochs.size() == 5u);
  BOOST_TEST(history.losses.front() > 0.5);
  BOOST_TEST(history.best().validation_accuracy > 0.9);
  BOOST_TEST((history.ending == nn::Ending::completed));
  BOOST_TEST(history.values(&nn::EpochRecord::lr) == (std::vector<double>{0.5, 0.25, 0.125, 0.0625, 0.03125}),
             boost::test_tools::per_element());
  BOOST_TEST(optimizer.lr() == 0.015625);
  for (std::size_t i = 0; i < 5; ++i) {
    const nn::EpochRecord& record = history.epochs[i];
    BOOST_TEST(record.epoch == static_cast<std::int64_t>(i) + 1);
    BOOST_TEST((record.train_loss > 0 && record.train_loss < 1 && record.validation_loss > 0));
    BOOST_TEST((record.train_accuracy > 0.3 && record.train_accuracy <= 1));
    BOOST_TEST(record.seconds > 0);
  }
  BOOST_TEST(history.seconds >= history.epochs[0].seconds);
  BOOST_TEST(trainer.history().losses == history.losses, boost::test_tools::per_element());
  BOOST_TEST(trainer.evaluate(validation).accuracy == history.best().validation_accuracy);
  BOOST_TEST(trainer.evaluate(validation).loss == history.best().validation_loss);
}

BOOST_AUTO_TEST_CASE(an_epoch_is_the_loop_that_a_program_would_write) {
  const auto train = points(50, 1);
  nn::MLP by_hand = small_model(), model = small_model();
  optim::SGD hand_optimizer(by_hand.parameters(), {.lr = 0.3}), optimizer(model.parameters(), {.lr = 0.3});
  std::vector<double> losses;
  double weighted = 0;
  for (const std::int64_t first : {0, 20, 40}) {
    const std::int64_t last = std::min<std::int64_t>(first + 20, 50);
    const Tensor x = train.x().slice(0, first, last), y = train.y().slice(0, first, last);
    hand_optimizer.zero_grad();
    const Tensor loss = nn::cross_entropy(by_hand(x), y) + nn::l2_penalty(by_hand, 0.1);
    losses.push_back(loss.item());
    weighted += (loss - nn::l2_penalty(by_hand, 0.1)).item() * static_cast<double>(last - first);
    loss.backward();
    hand_optimizer.step();
  }
  const auto penalty = [](const nn::Module& m) { return nn::l2_penalty(m, 0.1); };
  const nn::History history = nn::Trainer(model, optimizer,
                                          {.epochs = 1,
                                           .batch_size = 20,
                                           .print_every = 0,
                                           .shuffle = false,
                                           .penalty = penalty,
                                           .train_accuracy_samples = -1})
                                  .fit(train);
  BOOST_TEST(history.losses == losses, boost::test_tools::per_element());
  BOOST_TEST(history.epochs[0].train_loss == weighted / 50, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(history.epochs[0].train_accuracy == nn::accuracy(by_hand, train));
  BOOST_TEST(std::isnan(history.epochs[0].validation_loss));
  for (const auto& [name, value] : model.state_dict()) BOOST_TEST(value.equal(by_hand.state_dict().at(name)));
}

BOOST_AUTO_TEST_CASE(batches_of_one_some_and_all_examples_work) {
  const auto train = points(20, 1);
  for (const auto& [batch_size, iterations] :
       std::vector<std::pair<std::int64_t, std::size_t>>{{1, 20}, {7, 3}, {20, 1}, {1000, 1}}) {
    nn::MLP model = small_model();
    optim::SGD optimizer(model.parameters(), {.lr = 0.1});
    const nn::History history =
        nn::Trainer(model, optimizer, {.epochs = 2, .batch_size = batch_size, .print_every = 0})
            .fit(train, train);
    BOOST_TEST(history.losses.size() == 2 * iterations);
    BOOST_TEST(history.epochs[1].validation_loss < history.losses[0]);
  }
}

BOOST_AUTO_TEST_CASE(the_lines_are_those_of_the_notebooks_solver) {
  const auto train = points(40, 1);
  nn::MLP model = small_model();
  optim::SGD optimizer(model.parameters(), {.lr = 0.1});
  Lines lines;
  const nn::TrainerOptions options{.epochs = 2,
                                   .batch_size = 10,
                                   .print_every = 3,
                                   .shuffle = false,
                                   .evaluate_first = true,
                                   .print = std::ref(lines)};
  const nn::History history = nn::Trainer(model, optimizer, options).fit(train, train);
  const auto iteration = [&](int i) {
    return fmt::format("(Iteration {} / 8) loss: {:.6f}", i, history.losses[static_cast<std::size_t>(i - 1)]);
  };
  const auto epoch = [&](std::size_t i) {
    return fmt::format("(Epoch {} / 2) train acc: {:.6f}; val_acc: {:.6f}", i,
                       history.epochs[i].train_accuracy, history.epochs[i].validation_accuracy);
  };
  const std::vector<std::string> expected{iteration(1), epoch(0),     iteration(4),
                                          epoch(1),     iteration(7), epoch(2)};
  BOOST_TEST(lines.all == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(lines_name_only_what_is_measured_and_none_come_where_none_are_wanted) {
  const auto train = points(20, 1);
  nn::MLP model = small_model();
  optim::SGD optimizer(model.parameters(), {.lr = 0.1});
  const auto last_line = [&](nn::TrainerOptions options, bool validate) {
    Lines lines;
    options.epochs = 1;
    options.print = std::ref(lines);
    nn::Trainer trainer(model, optimizer, options);
    validate ? trainer.fit(train, train) : trainer.fit(train);
    if (lines.all.empty()) return std::string("nothing");
    return lines.all.back().substr(0, lines.all.back().find(':'));
  };
  BOOST_TEST(last_line({}, false) == "(Epoch 1 / 1) train acc");
  BOOST_TEST(last_line({.train_accuracy_samples = 0}, true) == "(Epoch 1 / 1) val_acc");
  BOOST_TEST(last_line({.accuracy = nullptr}, true) == "(Epoch 1 / 1) train loss");
  BOOST_TEST(last_line({.print_every = 0}, true) == "nothing");
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_bits_and_leaves_the_default_generator_alone) {
  const auto train = points(100, 1), validation = points(50, 2);
  const auto run = [&](std::uint64_t seed, std::int64_t samples, int workers) {
    nn::MLP model = small_model(1, 0.3);
    optim::SGD optimizer(model.parameters(), {.lr = 0.2, .momentum = 0.9});
    nn::Trainer trainer(model, optimizer,
                        {.epochs = 3,
                         .batch_size = 16,
                         .print_every = 0,
                         .seed = seed,
                         .train_accuracy_samples = samples,
                         .num_workers = workers});
    const auto before = default_generator().state();
    nn::History first = trainer.fit(train, validation);
    const nn::History second = trainer.fit(train, validation);
    BOOST_TEST((default_generator().state() == before));
    first.losses.insert(first.losses.end(), second.losses.begin(), second.losses.end());
    first.epochs.insert(first.epochs.end(), second.epochs.begin(), second.epochs.end());
    return first;
  };
  manual_seed(5);
  const nn::History a = run(3, 20, 0);
  manual_seed(6);
  const nn::History b = run(3, 20, 0), measured_otherwise = run(3, -1, 0), other = run(4, 20, 0),
                    ahead = run(3, 20, 1);
  BOOST_TEST(a.losses == b.losses, boost::test_tools::per_element());
  for (const auto field :
       {&nn::EpochRecord::lr, &nn::EpochRecord::train_loss, &nn::EpochRecord::train_accuracy,
        &nn::EpochRecord::validation_loss, &nn::EpochRecord::validation_accuracy}) {
    BOOST_TEST(a.values(field) == b.values(field), boost::test_tools::per_element());
  }
  BOOST_TEST(a.losses == measured_otherwise.losses, boost::test_tools::per_element());
  BOOST_TEST(a.losses == ahead.losses, boost::test_tools::per_element());
  BOOST_TEST((a.losses != other.losses));
  // the second fit goes on with new numbers: its batches are not those of the first
  BOOST_TEST((std::vector<double>(a.losses.begin(), a.losses.begin() + 21) !=
              std::vector<double>(a.losses.begin() + 21, a.losses.end())));
}

BOOST_AUTO_TEST_CASE(without_a_seed_manual_seed_governs) {
  const auto train = points(40, 1);
  const auto run = [&] {
    manual_seed(9);
    nn::MLP model = small_model(1, 0.3);
    optim::SGD optimizer(model.parameters(), {.lr = 0.2});
    return nn::Trainer(model, optimizer, quiet()).fit(train).losses;
  };
  BOOST_TEST(run() == run(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(binary_models_and_other_losses_fit) {
  const auto classes = points(64, 1);
  const datasets::TensorDataset train(classes.x(), classes.y().to(kFloat32).reshape({64, 1}));
  Generator generator(1);
  nn::MLP model({2, 4, 1}, {.generator = &generator});
  optim::SGD optimizer(model.parameters(), {.lr = 1});
  const nn::History history = nn::Trainer(model, optimizer,
                                          {.epochs = 10,
                                           .batch_size = 16,
                                           .print_every = 0,
                                           .seed = 0,
                                           .loss = nn::binary_cross_entropy_with_logits,
                                           .accuracy = nn::binary_accuracy_with_logits})
                                  .fit(train, train);
  BOOST_TEST(history.best().validation_accuracy > 0.9);

  nn::MLP scores = small_model();
  optim::SGD scores_optimizer(scores.parameters(), {.lr = 0.1});
  nn::TrainerOptions options = quiet();
  options.loss = nn::CrossEntropyLoss({.label_smoothing = 0.1});
  BOOST_TEST(nn::Trainer(scores, scores_optimizer, options).fit(classes).epochs.size() == 3u);
  options.loss = nn::multi_margin_loss;
  BOOST_TEST(nn::Trainer(scores, scores_optimizer, options).fit(classes).epochs.size() == 3u);
}

BOOST_AUTO_TEST_CASE(evaluate_looks_at_the_wanted_examples_in_evaluation_mode) {
  nn::MLP model = small_model();
  const auto train = points(64, 1);
  const std::vector<std::int64_t> indices{3, 5, 8};
  const Tensor x = datasets::gather_rows(train.x(), indices), y = datasets::gather_rows(train.y(), indices);
  const nn::Evaluation some = nn::evaluate(model, train, {.batch_size = 2, .indices = indices});
  BOOST_TEST(some.examples == 3);
  BOOST_TEST(some.loss == nn::cross_entropy(model(x), y).item(), boost::test_tools::tolerance(1e-6));
  BOOST_TEST(some.accuracy == nn::accuracy(model(x), y));
  BOOST_TEST(std::isnan(nn::evaluate(model, train, {.accuracy = nullptr}).accuracy));
  BOOST_TEST(nn::evaluate(model, train, {.cancelled = [] { return true; }}).examples == 0);
  expect_error([&] { nn::evaluate(model, train, {.indices = std::vector<std::int64_t>{}}); },
               "evaluate: there are no examples");
  expect_error([&] { nn::evaluate(model, train, {.batch_size = 0}); }, "evaluate: batch_size is 0");
}

BOOST_AUTO_TEST_CASE(a_history_becomes_a_csv_file) {
  nn::History history;
  history.epochs = {{.epoch = 1, .lr = 0.1, .train_loss = 0.5, .train_accuracy = 0.25, .seconds = 2}};
  const TemporaryFolder folder;
  const std::string path = (folder / "history.csv").string();
  nn::save_csv(history, path);
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  BOOST_TEST(text.str() ==
             "epoch,lr,train_loss,train_accuracy,validation_loss,validation_accuracy,seconds\n"
             "1,0.1,0.5,0.25,,,2\n");
  expect_error([&] { nn::save_csv(history, "/nowhere/history.csv"); }, "/nowhere/history.csv");
}

BOOST_AUTO_TEST_CASE(empty_functions_are_errors_where_one_is_needed_and_nothing_elsewhere) {
  using Loss = std::function<Tensor(const Tensor&, const Tensor&)>;
  using PlainLoss = Tensor (*)(const Tensor&, const Tensor&);
  using LibraryLoss = Tensor (*)(const Tensor&, const Tensor&, const nn::LossOptions&);
  expect_error([] { nn::BatchLoss{Loss()}; }, "loss: the function is empty");
  expect_error([] { nn::BatchLoss{PlainLoss(nullptr)}; }, "loss: the function is empty");
  expect_error([] { nn::BatchLoss{LibraryLoss(nullptr)}; }, "loss: the function is empty");

  const auto train = points(20, 1);
  nn::MLP model = small_model();
  optim::SGD optimizer(model.parameters(), {.lr = 0.5});
  nn::TrainerOptions options = quiet();
  options.on_batch = std::function<void(const nn::BatchRecord&)>();
  options.on_epoch = std::function<bool(const nn::EpochRecord&)>();
  options.accuracy = {};
  options.penalty = {};
  options.print = {};
  BOOST_TEST(nn::Trainer(model, optimizer, options).fit(train).epochs.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_training_needs_no_targets) {
  Generator generator(2);
  const datasets::TensorDataset data(randn({40, 3}, {.generator = &generator}));
  nn::Sequential autoencoder{nn::Linear(3, 2), nn::Linear(2, 3)};
  optim::Adam optimizer(autoencoder.parameters(), {.lr = 0.05});
  nn::TrainerOptions options{.epochs = 30, .batch_size = 10, .print_every = 0};
  options.loss = [](const Tensor& y, const Tensor& target) {
    check(!target.defined(), "a target");
    return mean(square(y));
  };
  options.accuracy = {};
  const nn::History history = nn::Trainer(autoencoder, optimizer, options).fit(data, data);
  BOOST_TEST(history.losses.back() < 0.1 * history.losses.front());
  expect_error([&] { (void)nn::accuracy(autoencoder, data); },
               "accuracy: an undefined tensor; expected labels {N}, which the examples may lack");
}

BOOST_AUTO_TEST_CASE(epochs_without_end_are_stopped_by_a_callback) {
  const auto train = points(64, 1);
  nn::MLP model = small_model();
  optim::SGD optimizer(model.parameters(), {.lr = 0.5});
  nn::TrainerOptions options = quiet();
  options.epochs = std::numeric_limits<std::int64_t>::max();
  options.on_epoch = [](const nn::EpochRecord& record) { return record.epoch < 2; };
  BOOST_TEST(nn::Trainer(model, optimizer, options).fit(train).epochs.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
