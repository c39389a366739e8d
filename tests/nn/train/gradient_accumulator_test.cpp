// Gradients of several batches as one: the tree, the weights, and the Trainer's accumulate.
#include "nn/train/gradient_accumulator.hpp"

#include "tests/nn/train/trainer_fixture.hpp"

namespace xtape::testing {

namespace {

/// Gradients whose sum depends on the order of the additions.
std::vector<float> awkward(int count) {
  std::vector<float> values;
  for (int i = 0; i < count; ++i) values.push_back(static_cast<float>(std::pow(-7.3, i % 9)) / 3);
  return values;
}

float accumulated(const std::vector<float>& gradients) {
  const Tensor p = zeros({1}, {.requires_grad = true});
  nn::GradientAccumulator accumulator({p});
  for (const float g : gradients) {
    p.set_grad(tensor({g}));
    accumulator.add();
    BOOST_TEST(!p.grad().defined());
  }
  accumulator.finish();
  return p.grad().item<float>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_gradient_accumulator)

BOOST_AUTO_TEST_CASE(gradients_are_added_as_a_tree) {
  const auto g = awkward(7);
  BOOST_TEST(accumulated({g[0], g[1]}) == (g[0] + g[1]) / 2);
  BOOST_TEST(accumulated({g[0], g[1], g[2]}) == ((g[0] + g[1]) + g[2]) / 3);
  BOOST_TEST(accumulated({g[0], g[1], g[2], g[3]}) == ((g[0] + g[1]) + (g[2] + g[3])) / 4);
  BOOST_TEST(accumulated(g) == (((g[0] + g[1]) + (g[2] + g[3])) + ((g[4] + g[5]) + g[6])) / 7);
  const float in_a_row = (((((g[0] + g[1]) + g[2]) + g[3]) + g[4]) + g[5]) + g[6];
  BOOST_TEST(accumulated(g) != in_a_row / 7);
}

BOOST_AUTO_TEST_CASE(one_batch_alone_keeps_its_gradient_whatever_it_weighs) {
  const Tensor p = zeros({1}, {.requires_grad = true});
  nn::GradientAccumulator accumulator({p});
  p.set_grad(tensor({0.1}));
  accumulator.add(0.3);
  BOOST_TEST(accumulator.size() == 1);
  accumulator.finish();
  BOOST_TEST(p.grad().item<float>() == 0.1f);
  BOOST_TEST(accumulator.size() == 0);
}

BOOST_AUTO_TEST_CASE(a_smaller_batch_weighs_less_and_a_gradient_may_be_absent) {
  const Tensor p = zeros({1}, {.requires_grad = true}), q = zeros({1}, {.requires_grad = true});
  const Tensor idle = zeros({1}, {.requires_grad = true});
  nn::GradientAccumulator accumulator({p, q, idle});
  p.set_grad(tensor({1.0}));
  accumulator.add();
  p.set_grad(tensor({4.0}));
  q.set_grad(tensor({3.0}));
  accumulator.add(0.5);
  accumulator.finish();
  BOOST_TEST(p.grad().item() == 2.0);  // (1 + 0.5 * 4) / 1.5
  BOOST_TEST(q.grad().item() == 1.0);
  BOOST_TEST(!idle.grad().defined());
  expect_error([&] { accumulator.finish(); }, "GradientAccumulator: there are no gradients");
  expect_error([&] { accumulator.add(0); }, "GradientAccumulator: weight is 0; expected a number above 0");
}

BOOST_AUTO_TEST_CASE(gradients_that_others_see_stay_as_they_are) {
  const Tensor p = zeros({1}, {.requires_grad = true}), q = zeros({1}, {.requires_grad = true});
  const Tensor shared = tensor({1.0});
  nn::GradientAccumulator accumulator({p, q});
  for (int i = 0; i < 3; ++i) {
    p.set_grad(shared);
    q.set_grad(shared);
    accumulator.add();
  }
  accumulator.finish();
  BOOST_TEST(shared.item() == 1.0);
  BOOST_TEST(p.grad().item() == 1.0);
  BOOST_TEST(q.grad().item() == 1.0);
}

BOOST_AUTO_TEST_CASE(small_batches_of_one_step_learn_as_one_large_batch_does) {
  const auto train = points(90, 1);  // steps of 40, 40 and 10
  const auto run = [&](std::int64_t batch_size, std::int64_t accumulate) {
    nn::MLP model = small_model();
    optim::SGD optimizer(model.parameters(), {.lr = 0.5, .momentum = 0.9});
    const nn::TrainerOptions options{
        .epochs = 3, .batch_size = batch_size, .accumulate = accumulate, .print_every = 0, .seed = 5};
    nn::History history = nn::Trainer(model, optimizer, options).fit(train);
    return std::pair(std::move(history), model.state_dict().at("0.weight").clone());
  };
  const auto [large, expected] = run(40, 1);
  const auto [small, weight] = run(10, 4);
  const auto [uneven, other] = run(20, 2);  // 20 + 20, 20 + 20, 10
  BOOST_TEST(small.losses.size() == 9U);
  for (std::size_t i = 0; i < 9; ++i) {
    BOOST_TEST(small.losses[i] == large.losses[i], boost::test_tools::tolerance(1e-4));
    BOOST_TEST(uneven.losses[i] == large.losses[i], boost::test_tools::tolerance(1e-4));
  }
  BOOST_TEST(allclose(weight, expected, 1e-4, 1e-5));
  BOOST_TEST(allclose(other, expected, 1e-4, 1e-5));
  BOOST_TEST(small.epochs[2].train_loss == large.epochs[2].train_loss, boost::test_tools::tolerance(1e-4));
}

BOOST_AUTO_TEST_CASE(a_smaller_last_batch_of_a_step_counts_by_its_examples) {
  const auto train = points(25, 1);
  const auto weight_after = [&](std::int64_t batch_size, std::int64_t accumulate) {
    nn::MLP model = small_model();
    optim::SGD optimizer(model.parameters(), {.lr = 0.5});
    nn::Trainer(
        model, optimizer,
        {.epochs = 1, .batch_size = batch_size, .accumulate = accumulate, .print_every = 0, .seed = 5})
        .fit(train);
    return model.state_dict().at("0.weight").clone();
  };
  BOOST_TEST(allclose(weight_after(10, 3), weight_after(25, 1), 1e-4, 1e-6));  // 10 + 10 + 5
}

BOOST_AUTO_TEST_CASE(iterations_callbacks_and_lines_are_of_steps) {
  const auto train = points(50, 1);
  nn::MLP model = small_model();
  optim::SGD optimizer(model.parameters(), {.lr = 0.1});
  Lines lines;
  int calls = 0;
  nn::TrainerOptions options{.epochs = 2, .batch_size = 10, .accumulate = 3, .print_every = 1};
  options.train_accuracy_samples = 0;
  options.on_batch = [&](const nn::BatchRecord&) { ++calls; };
  options.print = std::ref(lines);
  nn::Trainer(model, optimizer, options).fit(train);
  BOOST_TEST(calls == 4);  // of 3 + 2 batches an epoch
  BOOST_TEST(lines.all[0].starts_with("(Iteration 1 / 4)"));
  options.accumulate = 0;
  expect_error([&] { nn::Trainer(model, optimizer, options); },
               "Trainer: accumulate is 0; expected at least 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
