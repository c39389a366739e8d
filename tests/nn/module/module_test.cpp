// Module: registration, handle semantics, traversal, modes and conversion.
#include "nn/module/module.hpp"

#include "nn/gradcheck.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/linear.hpp"
#include "nn/module/sequential.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

struct Net : nn::Module {
  nn::Linear fc1 = register_module("fc1", nn::Linear(4, 3));
  nn::Linear fc2 = register_module("fc2", nn::Linear(3, 2));
  Tensor forward(const Tensor& x) override { return fc2(relu(fc1(x))); }
};

/// A parameter, a buffer and a child.
struct Scaled : nn::Module {
  Tensor scale = register_parameter("scale", full({3}, 2.0));
  Tensor shift = register_buffer("shift", ones({3}));
  Tensor count = register_buffer("count", zeros({1}, {.dtype = kInt64}));
  nn::Linear fc = register_module("fc", nn::Linear(3, 3, {.bias = false}));
  Tensor forward(const Tensor& x) override { return fc(x) * scale + shift; }
};

std::vector<std::string> names(const nn::NamedTensors& named) {
  std::vector<std::string> result;
  for (const auto& [name, value] : named) result.push_back(name);
  return result;
}

using Names = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_module)

BOOST_AUTO_TEST_CASE(a_user_s_module_names_its_parameters_by_its_children) {
  const Net net;
  const Names expected{"fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"};
  BOOST_TEST(names(net.named_parameters()) == expected);
  BOOST_TEST(net.parameters().size() == 4u);
  BOOST_TEST(net.num_parameters() == 4 * 3 + 3 + 3 * 2 + 2);
  BOOST_TEST(net.named_parameters(false).empty());
  BOOST_TEST((net.parameters()[0].shape() == Shape{3, 4}));
}

BOOST_AUTO_TEST_CASE(a_user_s_module_computes_with_its_members) {
  Net net;
  const Tensor x = randn({5, 4});
  const Tensor y = net(x);
  BOOST_TEST((y.shape() == Shape{5, 2}));
  BOOST_TEST(y.allclose(
      linear(relu(linear(x, net.fc1.weight(), net.fc1.bias())), net.fc2.weight(), net.fc2.bias())));
}

BOOST_AUTO_TEST_CASE(own_parameters_come_before_those_of_children_and_buffers_are_apart) {
  Scaled net;
  BOOST_TEST((names(net.named_parameters()) == Names{"scale", "fc.weight"}));
  BOOST_TEST((names(net.named_buffers()) == Names{"shift", "count"}));
  BOOST_TEST(net.scale.requires_grad());
  BOOST_TEST(!net.shift.requires_grad());
  BOOST_TEST(net.buffers().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_copy_shares_parameters_children_and_the_training_flag) {
  Net net;
  Net copy = net;
  BOOST_TEST(copy.is_same(net));
  BOOST_TEST(copy.fc1.weight().is_same(net.fc1.weight()));
  copy.eval();
  BOOST_TEST(!net.is_training());
  BOOST_TEST(!net.fc1.is_training());
  copy.register_parameter("later", ones({2}));
  BOOST_TEST(net.parameters().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_member_and_the_child_in_the_tree_are_the_same_module) {
  Net net;
  for (const auto& [name, child] : net.named_children()) {
    if (name == "fc1") BOOST_TEST(child.is_same(net.fc1));
  }
  {
    const NoGradGuard no_grad;
    net.fc1.weight().fill_(0.5);
  }
  BOOST_TEST(net.named_parameters()[0].second.sum().item() == 6.0);
}

BOOST_AUTO_TEST_CASE(every_module_is_visited_once_parents_first) {
  Net net;
  Names found;
  for (const auto& [name, module] : net.named_modules()) found.push_back(name + ":" + module.name());
  BOOST_TEST((found == Names{":Net", "fc1:Linear", "fc2:Linear"}));
}

BOOST_AUTO_TEST_CASE(a_module_of_a_number_that_there_is_not_is_an_error) {
  nn::Sequential net{nn::Linear(2, 2)};
  BOOST_TEST(net.modules()[1].name() == "Linear");
  expect_error([&] { (void)net.modules()[2]; }, "index 2 is out of range for 2 modules");
}

BOOST_AUTO_TEST_CASE(a_shared_child_counts_once_but_is_saved_under_both_names) {
  nn::Linear shared(2, 2);
  nn::Sequential net{shared, shared};
  BOOST_TEST(net.named_modules().size() == 2u);
  BOOST_TEST(net.parameters().size() == 2u);
  BOOST_TEST(net.num_parameters() == 6);
  BOOST_TEST(net.state_dict().size() == 4u);
}

BOOST_AUTO_TEST_CASE(apply_reaches_children_before_their_parent) {
  Net net;
  Names order;
  net.apply([&](nn::Module& module) {
    order.push_back(module.name());
    if (auto* linear = module.as<nn::Linear>()) {
      const NoGradGuard no_grad;
      linear->bias().fill_(7);
    }
  });
  BOOST_TEST((order == Names{"Linear", "Linear", "Net"}));
  BOOST_TEST(net.fc2.bias().sum().item() == 14.0);
}

BOOST_AUTO_TEST_CASE(train_and_eval_reach_every_module) {
  nn::Sequential net{nn::Linear(2, 2), nn::Sequential{nn::Dropout(), nn::Linear(2, 2)}};
  BOOST_TEST(net.is_training());
  net.eval();
  for (const auto& [name, module] : net.named_modules()) BOOST_TEST(!module.is_training());
  net.train();
  for (const auto& [name, module] : net.named_modules()) BOOST_TEST(module.is_training());
}

BOOST_AUTO_TEST_CASE(zero_grad_makes_gradients_undefined) {
  Net net;
  sum(net(ones({1, 4}))).backward();
  BOOST_TEST(net.fc2.bias().grad().defined());
  net.zero_grad();
  for (const Tensor& parameter : net.parameters()) BOOST_TEST(!parameter.grad().defined());
}

BOOST_AUTO_TEST_CASE(to_converts_in_place_so_that_handles_stay_valid) {
  Scaled net;
  const Tensor weight = net.fc.weight();
  const std::vector<double> before = weight.to_vector<double>();
  net.to(kFloat64);
  BOOST_TEST((net.scale.dtype() == kFloat64));
  BOOST_TEST((weight.dtype() == kFloat64));
  BOOST_TEST((net.shift.dtype() == kFloat64));
  BOOST_TEST((net.count.dtype() == kInt64));
  BOOST_TEST(weight.requires_grad());
  BOOST_TEST(weight.is_leaf());
  BOOST_TEST(weight.to_vector<double>() == before);

  sum(net(ones({2, 3}, {.dtype = kFloat64}))).backward();
  BOOST_TEST((weight.grad().dtype() == kFloat64));
  net.to(kFloat32);
  BOOST_TEST((weight.grad().dtype() == kFloat32));
  BOOST_TEST((net(ones({2, 3})).dtype() == kFloat32));
  expect_error([&] { net.to(kInt64); }, "Scaled.to: parameters are float32 or float64, not int64");
}

BOOST_AUTO_TEST_CASE(to_keeps_a_gradient_s_values) {
  nn::Linear linear(2, 1);
  sum(linear(ones({3, 2}))).backward();
  linear.to(kFloat64);
  expect_values(linear.weight().grad(), {3, 3});
}

BOOST_AUTO_TEST_CASE(an_undefined_parameter_is_none_but_takes_its_name) {
  Net net;
  BOOST_TEST(!net.register_parameter("none", Tensor()).defined());
  BOOST_TEST(net.parameters().size() == 4u);
  BOOST_TEST(net.state_dict().size() == 4u);
  expect_error([&] { net.register_buffer("none", ones({1})); }, "Net has a \"none\" already");
}

BOOST_AUTO_TEST_CASE(a_frozen_parameter_needs_no_gradient) {
  Net net;
  BOOST_TEST(!net.register_parameter("frozen", ones({2}), false).requires_grad());
}

BOOST_AUTO_TEST_CASE(names_are_unique_not_empty_and_without_dots) {
  Net net;
  expect_error([&] { net.register_parameter("fc1", ones({1})); }, "Net has a \"fc1\" already");
  expect_error([&] { net.register_buffer("", ones({1})); }, "cannot be empty");
  expect_error([&] { net.register_module("a.b", nn::Linear(1, 1)); }, "\"a.b\" in Net cannot hold a dot");
}

BOOST_AUTO_TEST_CASE(a_parameter_must_be_a_leaf_and_floating_point) {
  Net net;
  const Tensor x = ones({2}, {.requires_grad = true});
  expect_error([&] { net.register_parameter("twice", x * 2); }, "a parameter is a leaf");
  BOOST_CHECK_THROW(net.register_parameter("whole", ones({2}, {.dtype = kInt64})), Error);
}

BOOST_AUTO_TEST_CASE(a_module_cannot_become_its_own_child) {
  Net net;
  expect_error([&] { net.register_module("self", net); }, "its own child");
  nn::Sequential outer{net};
  expect_error([&] { net.register_module("outer", outer); }, "its own child");
}

BOOST_AUTO_TEST_CASE(a_child_may_be_held_by_a_shared_pointer) {
  Net net;
  const auto extra = net.register_module("extra", std::make_shared<nn::Linear>(2, 2));
  BOOST_TEST(extra->out_features() == 2);
  BOOST_TEST(net.parameters().size() == 6u);
}

BOOST_AUTO_TEST_CASE(forward_hooks_see_input_and_output_until_removed) {
  Net net;
  int calls = 0;
  const std::size_t id =
      net.fc1.register_forward_hook([&](nn::Module& module, const Tensor& x, const Tensor& y) {
        ++calls;
        BOOST_TEST(module.name() == "Linear");
        BOOST_TEST((x.shape() == Shape{1, 4}));
        BOOST_TEST((y.shape() == Shape{1, 3}));
      });
  net(ones({1, 4}));
  net.fc1.remove_forward_hook(id);
  net(ones({1, 4}));
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(named_parameters_are_found_by_name_by_place_and_as_pairs) {
  Net net;
  BOOST_TEST(net.named_parameters()["fc1.weight"].is_same(net.fc1.weight()));
  BOOST_TEST(net.named_parameters()[1].key() == "fc1.bias");
  BOOST_TEST(net.named_parameters()[1].value().is_same(net.fc1.bias()));
  for (const auto& item : net.named_parameters()) BOOST_TEST(item.key() == item.first);
  BOOST_TEST(!net.named_parameters().contains("weight"));
  expect_error([&] { (void)net.named_parameters()["fc3.weight"]; },
               "there is no \"fc3.weight\"; there are fc1.weight, fc1.bias, fc2.weight, fc2.bias");
  expect_error([&] { (void)net.named_parameters()[4]; }, "index 4 is out of range for 4 names");
}

BOOST_AUTO_TEST_CASE(modules_and_children_are_gone_through_by_reference) {
  Net net;
  Names found;
  for (nn::ModuleBase& module : net.modules()) found.push_back(module.name());
  BOOST_TEST((found == Names{"Net", "Linear", "Linear"}));
  for (auto& child : net.children()) child.eval();
  BOOST_TEST(net.children().size() == 2u);
  BOOST_TEST(!net.fc2.is_training());
  BOOST_TEST(net.is_training());
}

BOOST_AUTO_TEST_CASE(requires_grad_freezes_every_parameter) {
  Net net;
  net.requires_grad_(false);
  for (const Tensor& parameter : net.parameters()) BOOST_TEST(!parameter.requires_grad());
  net.requires_grad_();
  for (const Tensor& parameter : net.parameters()) BOOST_TEST(parameter.requires_grad());
}

// What a tied parameter counts for is PyTorch's: once in parameters(), twice in state_dict().
BOOST_AUTO_TEST_CASE(a_weight_that_is_set_is_tied_for_every_handle) {
  struct Tied : nn::Module {
    nn::Linear encoder = register_module("encoder", nn::Linear(3, 4));
    nn::Linear head = register_module("head", nn::Linear(3, 4));
    Tensor forward(const Tensor& x) override { return head(x) + encoder(x); }
  };
  Tied net;
  net.head.set_weight(net.encoder.weight());
  BOOST_TEST(net.head.weight().is_same(net.encoder.weight()));
  BOOST_TEST((names(net.named_parameters()) == Names{"encoder.weight", "encoder.bias", "head.bias"}));
  BOOST_TEST(net.state_dict().size() == 4u);
  net.head.bias().detach().zero_();
  net.encoder.bias().detach().zero_();
  net(ones({1, 3})).sum().backward();
  BOOST_TEST(net.encoder.weight().grad().equal(full({4, 3}, 2)));
}

BOOST_AUTO_TEST_CASE(a_parameter_is_replaced_by_a_leaf_of_its_shape_and_dtype_only) {
  nn::Linear linear(3, 4, {.bias = false});
  expect_error(
      [&] {
        linear.set_weight(ones({3, 4}));
      },
      "Linear: \"weight\" cannot be a tensor of shape {3, 4}");
  expect_error(
      [&] {
        linear.set_weight(ones({4, 3}, {.dtype = kFloat64}));
      },
      "dtype float64; expected {4, 3}");
  expect_error([&] { linear.set_weight(Tensor()); }, "\"weight\" cannot become undefined");
  expect_error([&] { linear.set_weight(linear.weight() * 2); }, "a parameter is a leaf");
  expect_error([&] { linear.set_bias(ones({4})); }, "Linear: there is no parameter \"bias\"");
}

BOOST_AUTO_TEST_CASE(a_parameter_member_reads_what_was_set_last_and_goes_where_a_tensor_goes) {
  struct Scale : nn::Module {
    nn::Parameter scale = register_parameter("scale", full({2}, -2.0));
    nn::Buffer shift = register_buffer("shift", ones({2}));
    Tensor forward(const Tensor& x) override { return x * scale + shift; }
  };
  Scale net;
  expect_values(net(ones({2})), {-1, -1});
  net.set_parameter("scale", full({2}, 3.0, {.requires_grad = true}));
  expect_values(net(ones({2})), {4, 4});
  expect_values(relu(net.scale), {3, 3});
  net(ones({2})).sum().backward();
  expect_values(net.scale->grad(), {1, 1});
}

BOOST_AUTO_TEST_CASE(empty_functions_are_errors) {
  nn::Linear linear(2, 2);
  expect_error([&] { linear.register_forward_hook({}); }, "Linear.register_forward_hook: the hook is empty");
  expect_error([&] { linear.apply({}); }, "Linear.apply: the function is empty");
  expect_error(
      [&] {
        (void)gradcheck(linear, ones({1, 2}), ones({1, 2}), LossFunction());
      },
      "gradcheck: the loss function is empty");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
