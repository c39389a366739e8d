// nn::clone: what the copy has for itself, what stays shared inside it, and what it refuses.
#include "nn/module/clone.hpp"

#include "nn/layers/dropout.hpp"
#include "nn/layers/linear.hpp"
#include "nn/layers/mlp.hpp"
#include "nn/losses/modules.hpp"
#include "nn/module/module_list.hpp"
#include "nn/module/module_of.hpp"
#include "nn/module/sequential.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

struct Net : nn::Module {
  nn::Linear fc = register_module("fc", nn::Linear(3, 3));
  nn::Parameter scale = register_parameter("scale", full({3}, 2.0));
  nn::Buffer shift = register_buffer("shift", ones({3}));
  Tensor forward(const Tensor& x) override { return fc(x) * scale + shift; }
};

struct WithPlainTensor : nn::Module {
  Tensor scale = register_parameter("scale", ones({3}));
  Tensor forward(const Tensor& x) override { return x * scale; }
};

struct WithPointer : nn::Module {
  std::shared_ptr<nn::Linear> fc = register_module("fc", std::make_shared<nn::Linear>(2, 2));
  Tensor forward(const Tensor& x) override { return (*fc)(x); }
};

struct Shared : nn::ModuleOf<Shared> {
  nn::Linear a = register_module("a", nn::Linear(2, 2));
  nn::Linear b = register_module("b", a);
  nn::Linear tied = register_module("tied", nn::Linear(2, 2));
  std::vector<nn::Linear> held{a, tied};
  Shared() { tied.set_weight(a.weight()); }
  Tensor forward(const Tensor& x, const Tensor& y) { return held[0](x) + held[1](y); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_clone)

BOOST_AUTO_TEST_CASE(a_clone_computes_the_same_and_shares_nothing) {
  Net net;
  Net twin = nn::clone(net);
  const Tensor x = ones({2, 3});
  const Tensor y = net(x).detach();
  BOOST_TEST(twin(x).equal(y));
  BOOST_TEST(!twin.is_same(net));
  BOOST_TEST(!twin.fc.is_same(net.fc));
  BOOST_TEST(twin.state_dict().keys() == net.state_dict().keys());
  {
    const NoGradGuard no_grad;
    for (const Tensor& value : twin.parameters()) value.zero_();
    for (const Tensor& value : twin.buffers()) value.fill_(7);
  }
  BOOST_TEST(net(x).equal(y));
  BOOST_TEST(twin(x).equal(full({2, 3}, 7)));
}

BOOST_AUTO_TEST_CASE(members_of_a_clone_are_handles_of_what_it_registered) {
  Net net;
  Net twin = nn::clone(net);
  BOOST_TEST(twin.named_parameters()["fc.weight"].is_same(twin.fc.weight()));
  BOOST_TEST(twin.named_parameters()["scale"].is_same(*twin.scale));
  BOOST_TEST(twin.named_buffers()["shift"].is_same(*twin.shift));
  Net handle = twin;
  BOOST_TEST(handle.is_same(twin));
}

// PyTorch's deepcopy: parameters lose their gradients, the mode, requires_grad and hooks stay.
BOOST_AUTO_TEST_CASE(a_clone_keeps_modes_hooks_and_what_is_frozen_and_leaves_gradients_behind) {
  Net net;
  net(ones({1, 3})).sum().backward();
  net.fc.eval();
  net.fc.weight().requires_grad_(false);
  int calls = 0;
  net.register_forward_hook([&](nn::Module&, const Tensor&, const Tensor&) { ++calls; });
  Net twin = nn::clone(net);
  BOOST_TEST(twin.is_training());
  BOOST_TEST(!twin.fc.is_training());
  BOOST_TEST(!twin.fc.weight().requires_grad());
  BOOST_TEST(twin.scale->requires_grad());
  BOOST_TEST(!twin.scale->grad().defined());
  BOOST_TEST(!twin.shift->requires_grad());
  twin(ones({1, 3}));
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(what_is_shared_in_a_module_is_shared_in_its_clone) {
  Shared net;
  Shared twin = nn::clone(net);
  BOOST_TEST(twin.a.is_same(twin.b));
  BOOST_TEST(twin.held[0].is_same(twin.a));
  BOOST_TEST(twin.tied.weight().is_same(twin.a.weight()));
  BOOST_TEST(!twin.tied.bias().is_same(twin.a.bias()));
  BOOST_TEST(!twin.a.weight().is_same(net.a.weight()));
  BOOST_TEST(twin.parameters().size() == net.parameters().size());
  BOOST_TEST(twin.state_dict().size() == net.state_dict().size());
}

BOOST_AUTO_TEST_CASE(containers_and_losses_are_cloned_with_the_types_of_what_they_hold) {
  nn::MLP mlp({3, 4, 2}, {.dropout = 0.5});
  nn::MLP twin = nn::clone(mlp);
  BOOST_TEST(to_string(twin) == to_string(mlp));
  BOOST_TEST(!twin.parameters()[0].is_same(mlp.parameters()[0]));

  nn::Sequential net{nn::Linear(2, 2), nn::Sequential{nn::ReLU(), nn::Linear(2, 1)}, nn::Dropout()};
  BOOST_TEST(to_string(nn::clone(net)) == to_string(net));
  const nn::CrossEntropyLoss criterion({.weight = ones({2})});
  const nn::CrossEntropyLoss other = nn::clone(criterion);
  BOOST_TEST(!other.buffers()[0].is_same(criterion.buffers()[0]));

  nn::ModuleListOf<Shared> list(2, [] { return Shared(); });
  BOOST_TEST(nn::clone(list)[1].held[1].weight().is_same(nn::clone(list)[1].a.weight()) == false);
}

BOOST_AUTO_TEST_CASE(a_plain_tensor_that_aliases_a_parameter_is_an_error_that_names_it) {
  expect_error([] { (void)nn::clone(WithPlainTensor()); },
               "clone: WithPlainTensor holds \"scale\" as a plain Tensor");
  nn::Sequential outer{nn::ReLU(), WithPlainTensor()};
  expect_error([&] { (void)nn::clone(outer); }, "clone: Sequential holds \"1.scale\" as a plain Tensor");
  Net net;  // a failed clone leaves no trace
  BOOST_TEST(!nn::clone(net).is_same(net));
}

BOOST_AUTO_TEST_CASE(a_shared_pointer_to_a_child_is_an_error_that_names_it) {
  expect_error([] { (void)nn::clone(WithPointer()); }, "clone: WithPointer holds \"fc\" by a shared pointer");
}

BOOST_AUTO_TEST_CASE(a_child_whose_type_is_not_known_is_an_error) {
  nn::Sequential net;
  net.push_back(nn::make_activation(nn::Activation::relu));  // a std::shared_ptr<Module>
  expect_error([&] { (void)nn::clone(net); }, "clone: ReLU cannot be copied; register it by its own type");
}

BOOST_AUTO_TEST_CASE(a_handle_to_a_base_is_not_cloned) {
  nn::MLP mlp({2, 2});
  const nn::Sequential& base = mlp;
  expect_error([&] { (void)nn::clone(base); }, "clone: MLP cannot be copied by a handle to its base");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
