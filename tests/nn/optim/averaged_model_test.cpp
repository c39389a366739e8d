// AveragedModel: means of weights, of modules of one tensor and of others.
#include "nn/optim/averaged_model.hpp"

#include "nn/layers/linear.hpp"
#include "nn/metrics.hpp"
#include "nn/module/sequential.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

struct Scale : nn::Module {
  nn::Parameter weight = register_parameter("weight", zeros({2}));
  nn::Buffer seen = register_buffer("seen", zeros({1}));
  Tensor forward(const Tensor& x) override { return x * weight; }
  void set(double value) {
    const NoGradGuard no_grad;
    weight->fill_(value);
    seen->fill_(10 * value);
  }
};

struct Sum : nn::ModuleOf<Sum> {
  nn::Parameter weight = register_parameter("weight", ones({1}));
  Tensor forward(const Tensor& a, const Tensor& b) { return (a + b) * weight; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_averaged_model)

BOOST_AUTO_TEST_CASE(by_default_it_is_the_mean_of_all_models) {
  Scale net;
  optim::AveragedModel mean(net);
  for (double value : {1.0, 2.0, 6.0}) {
    net.set(value);
    mean.update_parameters(net);
  }
  expect_values(mean(ones({2})), {3, 3}, 1e-6);
  expect_values(mean.module().seen, {60});  // buffers are the last model's
  expect_values(net.weight, {6, 6});
  BOOST_TEST(mean.n_averaged() == 3);
}

BOOST_AUTO_TEST_CASE(an_exponential_mean_begins_with_the_first_model) {
  Scale net;
  optim::AveragedModel ema(net, {.avg_fn = optim::get_ema_avg_fn(0.75), .use_buffers = true});
  for (double value : {4.0, 8.0, 1.0}) {
    net.set(value);
    ema.update_parameters(net);
  }
  expect_values(ema.module().weight, {4, 4});  // 0.75 (0.75 * 4 + 0.25 * 8) + 0.25 * 1
  expect_values(ema.module().seen, {40});
  expect_error([] { optim::get_ema_avg_fn(1.5); }, "get_ema_avg_fn: decay is 1.5; expected 0 to 1");
}

BOOST_AUTO_TEST_CASE(any_function_averages) {
  Scale net;
  std::vector<std::int64_t> counts;
  optim::AveragedModel greatest(
      net, {.avg_fn = [&](const Tensor& averaged, const Tensor& current, std::int64_t num_averaged) {
        counts.push_back(num_averaged);
        return maximum(averaged, current);
      }});
  for (double value : {1.0, 5.0, 2.0}) {
    net.set(value);
    greatest.update_parameters(net);
  }
  expect_values(greatest.module().weight, {5, 5});
  BOOST_TEST(counts == (std::vector<std::int64_t>{1, 2}));
}

BOOST_AUTO_TEST_CASE(it_is_a_module_whose_state_is_pytorch_s) {
  const nn::Sequential net{nn::Linear(3, 2)};
  optim::AveragedModel averaged(net);
  averaged.update_parameters(net);
  BOOST_TEST(averaged.state_dict().keys() ==
             (std::vector<std::string>{"n_averaged", "module.0.weight", "module.0.bias"}));
  BOOST_TEST(averaged.name() == "AveragedModel");
  nn::Module& module = averaged;
  BOOST_TEST(module(ones({1, 3})).shape() == Shape(1, 2));
  BOOST_TEST(nn::accuracy(averaged(ones({1, 3})), tensor({0})) >= 0);
  auto twin = nn::clone(averaged);
  twin.update_parameters(net);
  BOOST_TEST(twin.n_averaged() == 2);
  BOOST_TEST(averaged.n_averaged() == 1);
  optim::AveragedModel other(net);
  other.load_state_dict(twin.state_dict());
  BOOST_TEST(other.n_averaged() == 2);
}

BOOST_AUTO_TEST_CASE(modules_of_other_signatures_are_called_as_they_are) {
  const Sum sum;
  optim::AveragedModel averaged(sum);
  averaged.update_parameters(sum);
  expect_values(averaged(ones({1}), ones({1})), {2});
}

BOOST_AUTO_TEST_CASE(a_model_that_does_not_fit_is_refused) {
  const nn::Linear two(3, 2), three(3, 3), bare(3, 2, {.bias = false});
  optim::AveragedModel averaged(two);
  expect_error([&] { averaged.update_parameters(three); },
               "AveragedModel: tensor 0 is of shape {3, 3}; expected {2, 3}");
  expect_error([&] { averaged.update_parameters(bare); },
               "AveragedModel: a model with 1 tensors does not fit one with 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
