// What all optimisers share: groups, learning rates, checks, saving and loading, and how parameters are
// written.
#include "nn/optim/optimizer.hpp"

#include <xtape/optim.hpp>
#include "nn/layers/linear.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// A leaf with a gradient.
Tensor parameter(const std::vector<double>& values, const std::vector<double>& gradient,
                 DType dtype = kFloat64) {
  const Tensor p = from_vector(values, {values.size()}, {.dtype = dtype}).requires_grad_();
  p.set_grad(from_vector(gradient, {gradient.size()}, {.dtype = dtype}));
  return p;
}

/// f(p) = sum(p^4), whose gradient changes from step to step.
void quartic_step(optim::Optimizer& optimizer, const std::vector<Tensor>& params) {
  optimizer.zero_grad();
  for (const Tensor& p : params) sum(pow(p, 4)).backward();
  optimizer.step();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_optimizer)

BOOST_AUTO_TEST_CASE(groups_override_the_options_they_set) {
  const Tensor a = parameter({1}, {1}), b = parameter({1}, {1});
  optim::SGD optimizer({{.params = {a}, .lr = 0.01}, {.params = {b}}}, {.lr = 0.1});
  optimizer.step();
  expect_values(a, {0.99}, 1e-12);
  expect_values(b, {0.9}, 1e-12);
  BOOST_TEST(optimizer.lr() == 0.01);
  BOOST_TEST(optimizer.param_groups().size() == 2u);
  BOOST_TEST(optimizer.param_groups()[1].lr == 0.1);
  BOOST_TEST(optimizer.param_groups()[1].params.size() == 1u);
}

BOOST_AUTO_TEST_CASE(learning_rates_can_be_set_for_all_groups_or_one) {
  const Tensor a = parameter({1}, {1}), b = parameter({1}, {1});
  optim::SGD optimizer({{.params = {a}}, {.params = {b}}}, {.lr = 0.1});
  optimizer.set_lr(0.5);
  optimizer.param_groups()[1].lr = 0.25;
  optimizer.step();
  expect_values(a, {0.5}, 1e-12);
  expect_values(b, {0.75}, 1e-12);
  expect_error([&] { optimizer.set_lr(-1); }, "the learning rate is -1");
}

BOOST_AUTO_TEST_CASE(a_group_can_be_added_later) {
  const Tensor a = parameter({1}, {1}), b = parameter({2}, {1});
  optim::Adam optimizer({a}, {.lr = 0.1});
  optimizer.add_param_group({.params = {b}, .lr = 0.5, .betas = {0.5, 0.9}});
  optimizer.step();
  expect_values(a, {0.9}, 1e-6);  // the first step of Adam is lr times the gradient's sign
  expect_values(b, {1.5}, 1e-6);
}

BOOST_AUTO_TEST_CASE(parameters_without_a_gradient_stay_and_zero_grad_makes_them_undefined) {
  const Tensor a = parameter({1}, {1});
  const Tensor b = ones({1}, {.requires_grad = true});
  optim::SGD optimizer({a, b}, {.lr = 0.1});
  optimizer.step();
  expect_values(b, {1});
  optimizer.zero_grad();
  BOOST_TEST(!a.grad().defined());
}

BOOST_AUTO_TEST_CASE(a_step_with_a_closure_gives_its_loss) {
  const Tensor w = full({1}, 3.0, {.requires_grad = true});
  optim::SGD optimizer({w}, {.lr = 0.5});
  const NoGradGuard no_grad;  // the closure records all the same
  const Tensor loss = optimizer.step([&] {
    optimizer.zero_grad();
    Tensor value = sum(square(w));
    value.backward();
    return value;
  });
  BOOST_TEST(loss.item() == 9.0);
  expect_values(w, {0});
}

BOOST_AUTO_TEST_CASE(what_cannot_be_optimised_is_refused) {
  const Tensor leaf = ones({2}, {.requires_grad = true});
  const Tensor computed = leaf * 2;
  expect_error([&] { optim::SGD(std::vector<Tensor>{}); }, "optim: the list of parameters is empty");
  expect_error([&] { optim::SGD({computed}); },
               "parameter 0 was computed by mul_scalar; only leaves can be optimised");
  expect_error([&] { optim::SGD({leaf, leaf}); }, "parameter 1, of shape {2}, appears twice");
  expect_error([&] { optim::Adam({{.params = {leaf}}, {.params = {leaf}}}); }, "appears twice");
  expect_error([&] { optim::SGD({zeros({2}, {.dtype = kInt64})}); }, "parameter 0 is int64");
  expect_error([&] { optim::SGD({leaf, Tensor()}); }, "parameter 1 is undefined");
}

BOOST_AUTO_TEST_CASE(a_step_counts_as_a_write_so_that_a_stale_backward_is_an_error) {
  const Tensor w = ones({2}, {.requires_grad = true});
  const Tensor y = sum(square(w));
  y.backward(BackwardOptions{.retain_graph = true});
  optim::SGD optimizer({w}, {.lr = 0.1});
  optimizer.step();
  expect_error([&] { y.backward(); }, "sgd");
}

BOOST_AUTO_TEST_CASE(a_strided_parameter_is_updated_through_its_strides) {
  const Tensor base = tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}});
  const Tensor w = base.t().requires_grad_();
  BOOST_TEST(!w.is_contiguous());
  w.set_grad(ones({3, 2}));
  optim::SGD({w}, {.lr = 1}).step();
  expect_values(w, {0, 3, 1, 4, 2, 5});
}

BOOST_AUTO_TEST_CASE(a_converted_module_keeps_training) {
  nn::Linear model(2, 1);
  optim::SGD optimizer(model.parameters(), {.lr = 0.1, .momentum = 0.9});
  sum(model(ones({1, 2}))).backward();
  optimizer.step();
  model.to(kFloat64);
  const std::vector<double> before = model.bias().to_vector<double>();
  optimizer.zero_grad();
  sum(model(ones({1, 2}, {.dtype = kFloat64}))).backward();
  optimizer.step();
  expect_values(model.bias(), {before[0] - 0.1 * 1.9}, 1e-7);
}

BOOST_AUTO_TEST_CASE(a_loaded_state_continues_exactly_where_it_was_saved) {
  const std::vector<double> start{0.5, -1.5};
  const Tensor a = parameter(start, {0, 0});
  optim::Adam first({a}, {.lr = 0.1, .amsgrad = true});
  for (int i = 0; i < 3; ++i) quartic_step(first, {a});
  const StateDict saved = first.state_dict();

  const Tensor b = parameter(a.to_vector<double>(), {0, 0});
  optim::Adam second({b}, {.lr = 0.7});
  second.load_state_dict(saved);
  BOOST_TEST(second.lr() == 0.1);
  BOOST_TEST(second.param_groups()[0].amsgrad);
  for (int i = 0; i < 3; ++i) {
    quartic_step(first, {a});
    quartic_step(second, {b});
  }
  BOOST_TEST(a.detach().equal(b.detach()));
}

BOOST_AUTO_TEST_CASE(moments_of_a_weight_without_gradient_decay_to_zero) {
  const Tensor p = parameter({1}, {1e-30}, kFloat32);
  optim::Adam optimizer({p});
  optimizer.step();
  p.set_grad(zeros_like(p.detach()));
  for (int i = 0; i < 500; ++i) optimizer.step();
  BOOST_TEST(optimizer.state_dict().at("state.0.exp_avg").item() == 0);
}

BOOST_AUTO_TEST_CASE(a_state_dict_names_state_by_parameter_and_options_by_group) {
  const Tensor a = parameter({1}, {1}), b = parameter({1, 2}, {1, 1});
  optim::SGD optimizer({{.params = {a}}, {.params = {b}, .momentum = 0.9}}, {.lr = 0.1});
  optimizer.step();
  const StateDict dict = optimizer.state_dict();
  const std::vector<std::string> expected{
      "state.1.momentum_buffer",  "param_groups.0.lr",           "param_groups.0.momentum",
      "param_groups.0.dampening", "param_groups.0.weight_decay", "param_groups.0.nesterov",
      "param_groups.0.maximize",  "param_groups.0.params",       "param_groups.1.lr",
      "param_groups.1.momentum",  "param_groups.1.dampening",    "param_groups.1.weight_decay",
      "param_groups.1.nesterov",  "param_groups.1.maximize",     "param_groups.1.params"};
  BOOST_TEST(dict.keys() == expected);
  expect_values(dict.at("state.1.momentum_buffer"), {1, 1});
  expect_values(dict.at("param_groups.1.params"), {1});

  optim::Adam adam({a});
  adam.step();
  BOOST_TEST(adam.state_dict().at("state.0.step").item<std::int64_t>() == 1);
}

BOOST_AUTO_TEST_CASE(a_state_that_does_not_fit_is_refused_as_a_whole) {
  const Tensor a = parameter({1}, {1}), b = parameter({1, 2}, {1, 1});
  optim::Adam of_one({a}), of_two({a, b}), of_b({b});
  of_one.step();
  expect_error([&] { of_two.load_state_dict(of_one.state_dict()); },
               "\"param_groups.0.params\" holds 1 values; expected 2");
  expect_error([&] { of_b.load_state_dict(of_one.state_dict()); },
               "wrong shape: \"state.0.exp_avg\" is {1}; expected {2}");
  StateDict two_steps = of_one.state_dict();
  two_steps["state.0.step"] = tensor({1, 2});
  expect_error([&] { of_one.load_state_dict(two_steps); }, "\"state.0.step\" holds 2 values; expected 1");
  BOOST_TEST(of_one.state_dict().contains("state.0.exp_avg"));
  optim::SGD sgd({a});
  expect_error(
      [&] { sgd.load_state_dict(of_one.state_dict()); },
      "unexpected: \"state.0.step\", \"state.0.exp_avg\", \"state.0.exp_avg_sq\", \"param_groups.0.beta1\"");
}

BOOST_AUTO_TEST_CASE(a_state_with_values_that_cannot_be_is_refused_and_changes_nothing) {
  const Tensor a = parameter({1}, {1});
  optim::Adam adam({a}, {.lr = 0.1});
  adam.step();
  const StateDict before = adam.state_dict();
  const auto expect_refused = [&](const std::string& name, const Tensor& value, const std::string& fault) {
    StateDict changed = adam.state_dict();
    changed["param_groups.0.eps"] = tensor(0.5);
    changed[name] = value;
    expect_error([&] { adam.load_state_dict(changed); },
                 "load_state_dict: the state does not fit this adam:");
    expect_error([&] { adam.load_state_dict(changed); }, fault);
    for (const auto& [key, kept] : before) BOOST_TEST(adam.state_dict().at(key).equal(kept));
  };
  const double nan = std::nan("");
  expect_refused("param_groups.0.lr", tensor(-1.0), "param_groups.0: Adam: lr is -1; expected 0 or more");
  expect_refused("param_groups.0.lr", tensor(nan), "param_groups.0: Adam: lr is nan; expected 0 or more");
  expect_refused("param_groups.0.beta2", tensor(1.0), "Adam: the betas are 0.9 and 1; expected numbers");
  expect_refused("state.0.step", tensor(-3), "\"state.0.step\" is -3; expected a number of steps");
  expect_refused("state.0.step", tensor(2.5), "\"state.0.step\" is 2.5; expected a number of steps");
  expect_refused("state.0.step", tensor(nan), "\"state.0.step\" is nan; expected a number of steps");
  expect_refused("state.0.exp_avg", Tensor(), "undefined: \"state.0.exp_avg\"");
  expect_refused("param_groups.0.lr", Tensor(), "undefined: \"param_groups.0.lr\"");

  optim::SGD sgd({a}, {.lr = 0.1, .momentum = 0.9, .nesterov = true});
  StateDict without_momentum = sgd.state_dict();
  without_momentum["param_groups.0.momentum"] = tensor(0.0);
  expect_error([&] { sgd.load_state_dict(without_momentum); }, "SGD: nesterov wants momentum above 0");
  BOOST_TEST(sgd.option(0, "momentum") == 0.9);
}

BOOST_AUTO_TEST_CASE(a_group_that_there_is_not_is_an_error) {
  optim::SGD sgd({parameter({1}, {1})}, {.lr = 0.1});
  const std::string message = "sgd: there is no group 99; there are 1";
  expect_error([&] { sgd.set_group_lr(99, 0.5); }, message);
  expect_error([&] { (void)sgd.group_lr(99); }, message);
  expect_error([&] { (void)sgd.initial_lr(99); }, message);
  expect_error([&] { sgd.set_initial_lr(99, 0.5); }, message);
  expect_error([&] { (void)sgd.option(99, "momentum"); }, message);
  expect_error([&] { sgd.set_option(99, "momentum", 0.5); }, message);
  const optim::SGD moved = std::move(sgd);
  expect_error([&] { (void)sgd.lr(); }, "sgd: there is no group 0; there are 0");
}

BOOST_AUTO_TEST_CASE(a_closure_that_is_empty_is_an_error) {
  const Tensor p = parameter({1}, {1});
  optim::SGD sgd({p}, {.lr = 0.1});
  expect_error([&] { sgd.step(std::function<Tensor()>()); }, "sgd: the closure of step() is empty");
  expect_values(p, {1});
}

BOOST_AUTO_TEST_CASE(any_number_in_a_state_is_refused_or_steps_without_harm) {
  const Tensor p = parameter({1, 2}, {1, 1});
  optim::SGD sgd({p}, {.lr = 0.1, .momentum = 0.9});
  optim::Adam adam({p}, {.amsgrad = true});
  optim::AdamW adamw({p});
  optim::RMSprop rmsprop({p}, {.momentum = 0.9, .centered = true});
  optim::Adagrad adagrad({p});
  for (optim::Optimizer* optimizer :
       std::initializer_list<optim::Optimizer*>{&sgd, &adam, &adamw, &rmsprop, &adagrad}) {
    optimizer->set_initial_lr(0, 0.1);
    optimizer->step();
    const StateDict fine = optimizer->state_dict();
    for (const std::string& name : fine.keys()) {
      for (const double number :
           {0.0, 1.0, -1.0, 0.5, 1e15, 1e19, 1e300, -1e300, 0x1p-1074, double{INFINITY}, double{NAN}}) {
        StateDict dict = fine;
        dict[name] = full(fine.at(name).shape(), number, {.dtype = kFloat64});
        try {
          optimizer->load_state_dict(dict);
          optimizer->step();
          optimizer->step();
        } catch (const Error&) {  // as good, and all else fails the test
        }
        optimizer->load_state_dict(fine);
      }
    }
    StateDict dict = fine;
    dict["param_groups.0.initial_lr"] = tensor(std::nan(""));
    expect_error([&] { optimizer->load_state_dict(dict); },
                 "\"param_groups.0.initial_lr\" is nan; expected a number");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
