// Modules of other signatures than one tensor: calls, hooks, and being seen in a tree.
#include "nn/module/module_of.hpp"

#include <memory>
#include <optional>

#include "nn/layers/linear.hpp"
#include "nn/losses/modules.hpp"
#include "nn/module/sequential.hpp"
#include "nn/module/summary.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

struct ActorCritic : nn::ModuleOf<ActorCritic> {
  nn::Linear actor = register_module("actor", nn::Linear(3, 2));
  nn::Linear critic = register_module("critic", nn::Linear(3, 1));
  std::pair<Tensor, Tensor> forward(const Tensor& x) { return {actor(x), critic(x)}; }
};

struct Masked : nn::ModuleOf<Masked> {
  Tensor forward(const Tensor& x, const std::optional<Tensor>& mask = {}, double scale = 1) const {
    return mask ? x * *mask * scale : x * scale;
  }
};

struct Scaled : nn::ModuleOf<Scaled> {
  Tensor forward(std::unique_ptr<double> scale, const std::vector<Tensor>& xs) { return xs.at(0) * *scale; }
};

struct Outer : nn::Module {
  ActorCritic inner = register_module("inner", ActorCritic());
  Tensor forward(const Tensor& x) override { return inner(x).first; }
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverloaded-virtual"  // which compilers warn of already
/// Its forward takes its tensor by value and so overrides nothing.
struct ByValue : nn::Module {
  Tensor forward(Tensor x) { return x; }  // NOLINT: the mistake that is tested
};
#pragma GCC diagnostic pop

template <class M, class... Args>
concept Callable = std::invocable<M&, Args...>;

using Tensors = std::vector<Tensor>;

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_module_of)

BOOST_AUTO_TEST_CASE(a_call_takes_and_gives_what_forward_takes_and_gives) {
  ActorCritic net;
  const auto [action, value] = net(ones({5, 3}));
  BOOST_TEST((action.shape() == Shape{5, 2}));
  BOOST_TEST((value.shape() == Shape{5, 1}));
  const Masked masked;
  expect_values(masked(ones({2})), {1, 1});
  expect_values(masked(ones({2}), zeros({2})), {0, 0});
  expect_values(masked(ones({2}), std::nullopt, 3), {3, 3});
  Scaled scaled;
  expect_values(scaled(std::make_unique<double>(2), Tensors{ones({2})}), {2, 2});
}

BOOST_AUTO_TEST_CASE(what_forward_does_not_take_does_not_compile) {
  static_assert(Callable<ActorCritic, const Tensor&>);
  static_assert(!Callable<ActorCritic, const Tensor&, const Tensor&>);
  static_assert(!Callable<ActorCritic>);
  static_assert(Callable<const Masked, const Tensor&>);
  static_assert(!Callable<const ActorCritic, const Tensor&>);
}

BOOST_AUTO_TEST_CASE(a_forward_by_value_leaves_a_module_abstract) {
  static_assert(std::is_abstract_v<ByValue>);
  static_assert(!std::is_abstract_v<Outer>);
}

BOOST_AUTO_TEST_CASE(hooks_see_the_tensors_of_any_signature_as_lists) {
  ActorCritic net;
  Masked masked;
  Scaled scaled;
  std::vector<std::size_t> seen;
  const auto hook = [&](nn::ModuleBase&, const Tensors& inputs, const Tensors& outputs) {
    seen.push_back(inputs.size());
    seen.push_back(outputs.size());
  };
  const std::size_t id = net.register_forward_hook(hook);
  masked.register_forward_hook(hook);
  scaled.register_forward_hook(hook);
  net(ones({1, 3}));
  masked(ones({2}), zeros({2}), 2);
  masked(ones({2}));
  scaled(std::make_unique<double>(2), Tensors{ones({2}), ones({3})});
  net.remove_forward_hook(id);
  net(ones({1, 3}));
  BOOST_TEST((seen == std::vector<std::size_t>{1, 2, 2, 1, 1, 1, 2, 1}));
}

BOOST_AUTO_TEST_CASE(a_module_of_one_tensor_takes_hooks_of_both_kinds) {
  nn::Linear linear(2, 3);
  int calls = 0;
  linear.register_forward_hook(
      [&](nn::Module&, const Tensor& x, const Tensor& y) { calls += x.size(1) == 2 && y.size(1) == 3; });
  linear.register_forward_hook([&](nn::ModuleBase&, const Tensors& inputs, const Tensors& outputs) {
    calls += inputs.at(0).size(1) == 2 && outputs.at(0).size(1) == 3;
  });
  linear(ones({1, 2}));
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(a_hook_of_one_tensor_does_not_fit_a_module_of_another_signature) {
  ActorCritic net;
  expect_error([&] { net.register_forward_hook([](nn::Module&, const Tensor&, const Tensor&) {}); },
               "ActorCritic.register_forward_hook: the hook takes an nn::Module&, which ActorCritic is not");
}

BOOST_AUTO_TEST_CASE(losses_run_their_hooks) {
  const nn::MSELoss criterion;
  nn::MSELoss handle = criterion;
  std::size_t inputs_seen = 0;
  handle.register_forward_hook(
      [&](nn::ModuleBase&, const Tensors& inputs, const Tensors&) { inputs_seen = inputs.size(); });
  BOOST_TEST(criterion(ones({2}), zeros({2})).item() == 1.0);
  BOOST_TEST(inputs_seen == 2u);
}

BOOST_AUTO_TEST_CASE(a_loss_s_weights_are_buffers_that_are_converted_and_replace_those_of_the_options) {
  nn::CrossEntropyLoss criterion({.weight = tensor({1.0, 3.0}).to(kFloat32)});
  BOOST_TEST(criterion.state_dict().keys() == std::vector<std::string>{"weight"});
  criterion.to(kFloat64);
  const Tensor logits = zeros({2, 2}, {.dtype = kFloat64});
  const Tensor labels = zeros({2}, {.dtype = kInt64});
  BOOST_TEST(criterion(logits, labels).item() ==
             nn::cross_entropy(logits, labels, {.weight = criterion.buffers()[0]}).item());
}

BOOST_AUTO_TEST_CASE(trees_printing_modes_and_apply_see_every_signature) {
  Outer net;
  std::vector<std::string> names;
  for (const auto& [name, module] : net.named_modules()) names.push_back(name);
  BOOST_TEST((names == std::vector<std::string>{"", "inner", "inner.actor", "inner.critic"}));
  BOOST_TEST(net.state_dict().contains("inner.actor.weight"));
  net.eval();
  BOOST_TEST(!net.inner.is_training());
  BOOST_TEST(to_string(net).find("(inner): ActorCritic(") != std::string::npos);
  int all = 0, of_one_tensor = 0;
  net.apply([&](nn::ModuleBase&) { ++all; });
  net.apply([&](nn::Module&) { ++of_one_tensor; });
  BOOST_TEST(all == 4);
  BOOST_TEST(of_one_tensor == 3);
}

BOOST_AUTO_TEST_CASE(a_summary_shows_each_output_of_any_signature) {
  Outer net;
  BOOST_TEST(nn::summary(net, {4, 3}).rows[1].output_shape == "{4, 2}, {4, 1}");
  ActorCritic root;
  const nn::Summary summary = nn::summary(root, ones({4, 3}));
  BOOST_TEST(summary.rows[0].output_shape == "{4, 2}, {4, 1}");
  BOOST_TEST(summary.total_parameters == 12);
}

BOOST_AUTO_TEST_CASE(a_sequential_takes_no_module_of_another_signature) {
  nn::Sequential net;
  expect_error([&] { net.register_module("inner", ActorCritic()); },
               "Sequential: \"inner\" is ActorCritic, which is not an nn::Module");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
