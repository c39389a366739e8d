// A Trainer of several processes against one process that takes all batches of a step.
#include "nn/train/trainer.hpp"

#include "distributed/reducer.hpp"
#include "tests/distributed/world_of_tests.hpp"
#include "tests/nn/train/trainer_fixture.hpp"

namespace xtape::testing {

namespace {

struct Outcome {
  nn::MLP model;
  nn::History history;
};

/// With dropout, whose numbers have to be those of the same batch in one process.
Outcome trained(const nn::TrainerOptions& options, bool together) {
  manual_seed(3);
  nn::MLP model = small_model(1, 0.3);
  optim::SGD optimizer(model.parameters(), {.lr = 0.1, .momentum = 0.9});
  distributed::Reducer reducer(world(), model);
  nn::TrainerOptions own = options;
  if (together) {
    own.peers = &reducer;
  } else {
    own.accumulate *= world().size();
    reducer.set_sync(false);
  }
  return {model, nn::Trainer(model, optimizer, own).fit(points(103, 1), points(40, 2))};
}

void expect_same(const Outcome& a, const Outcome& b) {
  BOOST_TEST(a.history.losses == b.history.losses, boost::test_tools::per_element());
  BOOST_REQUIRE(a.history.epochs.size() == b.history.epochs.size());
  for (std::size_t i = 0; i < a.history.epochs.size(); ++i) {
    BOOST_TEST(a.history.epochs[i].train_loss == b.history.epochs[i].train_loss);
    BOOST_TEST(a.history.epochs[i].train_accuracy == b.history.epochs[i].train_accuracy);
    BOOST_TEST(a.history.epochs[i].validation_loss == b.history.epochs[i].validation_loss);
  }
  const StateDict weights = b.model.state_dict();
  for (const auto& [name, value] : a.model.state_dict()) BOOST_TEST(same_bits(value, weights.at(name)), name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(distributed_trainer)

BOOST_AUTO_TEST_CASE(ranks_have_the_history_and_the_weights_of_one_process) {
  for (const std::int64_t accumulate : {1, 2}) {
    const nn::TrainerOptions options{
        .epochs = 3, .batch_size = 10, .accumulate = accumulate, .print_every = 0, .seed = 5};
    expect_same(trained(options, true), trained(options, false));
  }
}

BOOST_AUTO_TEST_CASE(rank_0_alone_prints) {
  Lines lines;
  trained({.epochs = 1, .batch_size = 10, .print_every = 1, .print = std::ref(lines)}, true);
  BOOST_TEST(lines.all.empty() == (world().rank() > 0));
}

BOOST_AUTO_TEST_CASE(all_end_together_when_one_wants_to) {
  if (world().size() == 1) return;
  const bool is_last = world().rank() == world().size() - 1;
  const Outcome ended =
      trained({.epochs = 5,
               .batch_size = 5,
               .print_every = 0,
               .on_batch = [&](const nn::BatchRecord& r) { return !is_last || r.iteration < 2; }},
              true);
  BOOST_TEST(nn::to_string(ended.history.ending) == "stopped");
  BOOST_TEST(ended.history.losses.size() == 3u);  // the step after tells the others
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_ends_all) {
  const bool is_last = world().rank() == world().size() - 1;
  int batches = 0;
  const Outcome ended = trained({.epochs = 5,
                                 .batch_size = 5,
                                 .print_every = 0,
                                 .loss =
                                     [&](const Tensor& y, const Tensor& labels) {
                                       const Tensor loss = nn::cross_entropy(y, labels);
                                       return is_last && ++batches == 3 ? loss / 0.0 : loss;
                                     }},
                                true);
  BOOST_TEST(ended.history.diverged());
  BOOST_TEST(ended.history.losses.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
