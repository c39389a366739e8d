// Leaves whose gradients are followed through a replay: when each is final, and what may still be changed.
#include "autograd/graph/detail/final_hooks.hpp"

#include "autograd/graph/backward.hpp"
#include "autograd/graph/record.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using detail::FinalHooks;
using Names = std::vector<std::string>;

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

/// Writes down what happens in a replay, "begin", "final 0", ..., "end", and the final gradients.
struct Log {
  Names names = {};
  std::vector<double> values = {};

  detail::FinalCalls calls() {
    return {.begin = [this] { names.push_back("begin"); },
            .final =
                [this](std::size_t i, const Tensor& gradient) {
                  names.push_back(fmt::format("final {}", i));
                  values.push_back(gradient.item());
                },
            .end = [this](std::vector<Tensor>&) { names.push_back("end"); }};
  }
  /// A hook that writes down a name.
  Hook note(const std::string& name) {
    return [this, name](const Tensor&) {
      names.push_back(name);
      return Tensor();
    };
  }
  void expect(const Names& expected) const {
    BOOST_TEST(names == expected, boost::test_tools::per_element());
  }
};

/// y = x, and no gradient.
struct Silent {
  static constexpr std::string_view name = "test.silent";
  Tensor forward(const Tensor& x) const { return x * 1; }
  void vjp(const op::Inputs&, const Tensor&, const Tensor&, op::Wrt&) const {}
  static op::Cases<Silent> cases() { return {}; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(autograd_final_hooks, Log)

BOOST_AUTO_TEST_CASE(a_leaf_is_final_when_the_last_op_that_uses_it_was_visited) {
  const Tensor x = leaf({2}), w = leaf({3});
  const FinalHooks hooks({x, w}, calls());
  const Tensor h = x * x, y = h * w;
  y.register_hook(note("y"));
  h.register_hook(note("h"));
  y.backward();
  expect({"begin", "y", "final 1", "h", "final 0", "end"});
  BOOST_TEST(values == (std::vector<double>{4, 12}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_leaf_that_several_ops_share_is_final_after_the_oldest) {
  const Tensor x = leaf({2});
  const FinalHooks hooks({x}, calls());
  const Tensor h = x * 5, y = h * x * x;  // 5 x^3
  h.register_hook(note("h"));
  y.backward();
  expect({"begin", "h", "final 0", "end"});
  expect_values(x.grad(), {60});
  BOOST_TEST(values == std::vector<double>{60}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(uses_by_several_outputs_count_together) {
  const Tensor x = leaf({2});
  const FinalHooks hooks({x}, calls());
  const Tensor a = x * 3, b = exp(a * 0) * x * 4;
  backward({a, b, x});
  BOOST_TEST(values == std::vector<double>{8}, boost::test_tools::per_element());
  expect_values(x.grad(), {8});
}

BOOST_AUTO_TEST_CASE(an_output_that_is_a_leaf_is_final_at_the_end) {
  const Tensor x = leaf({2});
  const FinalHooks hooks({x}, calls());
  x.backward();
  expect({"begin", "final 0", "end"});
}

BOOST_AUTO_TEST_CASE(a_leaf_whose_user_gets_no_gradient_is_final_at_the_end) {
  const Tensor x = leaf({2});
  const FinalHooks hooks({x}, calls());
  const Tensor first = x * 1, silent = record(Silent{}, x * 7);
  first.register_hook(note("first"));
  (silent + first * 2).backward();
  expect({"begin", "first", "final 0", "end"});
  expect_values(x.grad(), {2});
}

BOOST_AUTO_TEST_CASE(an_unused_leaf_is_never_final_and_undefined_at_the_end) {
  const Tensor x = leaf({2}), unused = leaf({3});
  std::vector<bool> defined;
  auto c = calls();
  c.end = [&](const std::vector<Tensor>& gradients) {
    for (const Tensor& gradient : gradients) defined.push_back(gradient.defined());
  };
  const FinalHooks hooks({unused, x}, c);
  (x * 2).backward();
  expect({"begin", "final 1"});
  BOOST_TEST(defined == (std::vector<bool>{false, true}), boost::test_tools::per_element());
  BOOST_TEST(!unused.grad().defined());
  expect_values(x.grad(), {2});
}

BOOST_AUTO_TEST_CASE(what_the_end_leaves_behind_is_what_is_added_to_grad) {
  const Tensor x = leaf({2}), unused = leaf({3}), withheld = leaf({4});
  auto c = calls();
  c.end = [](std::vector<Tensor>& gradients) {
    gradients[0] = gradients[0] * 10;
    gradients[1] = tensor({7.0}, {.dtype = kFloat64});
    gradients[2] = Tensor();
  };
  const FinalHooks hooks({x, unused, withheld}, c);
  for (int i = 0; i < 2; ++i) (x * 2 + withheld).backward();
  expect_values(x.grad(), {40});
  expect_values(unused.grad(), {14});
  BOOST_TEST(!withheld.grad().defined());
}

BOOST_AUTO_TEST_CASE(grad_is_written_after_the_end_alone) {
  const Tensor x = leaf({2});
  auto c = calls();
  const auto check_unwritten = [&] { BOOST_TEST(!x.grad().defined()); };
  c.final = [&](std::size_t, const Tensor&) { check_unwritten(); };
  c.end = [&](std::vector<Tensor>&) { check_unwritten(); };
  const FinalHooks hooks({x}, c);
  (x * x * 3).backward();
  expect_values(x.grad(), {12});
}

BOOST_AUTO_TEST_CASE(the_hooks_of_a_leaf_run_before_it_is_final) {
  const Tensor x = leaf({2});
  x.register_hook([](const Tensor& g) { return g * 100; });
  const FinalHooks hooks({x}, calls());
  (x * 3).backward();
  BOOST_TEST(values == std::vector<double>{300}, boost::test_tools::per_element());
  expect_values(x.grad(), {300});
}

BOOST_AUTO_TEST_CASE(wherever_a_replay_throws_no_leaf_changes_and_the_next_one_is_followed) {
  const Tensor x = leaf({2}), y = leaf({3});
  const auto thrower = [](bool& throws) {
    return [&throws](const auto&...) { check(!throws, "thrown on purpose"); };
  };
  bool in_begin = false, in_final = false, in_end = false, in_hook = false;
  int ended = 0;
  const auto end = [&](const std::vector<Tensor>&) {
    thrower(in_end)();
    ++ended;
  };
  const FinalHooks hooks({x, y}, {.begin = thrower(in_begin), .final = thrower(in_final), .end = end});
  const auto replay = [&] {
    const Tensor h = x * 2;
    h.register_hook([&](const Tensor&) {
      thrower(in_hook)();
      return Tensor();
    });
    (h * y).backward();  // y is final before h is visited
  };
  for (bool* where : {&in_begin, &in_final, &in_end, &in_hook}) {
    *where = true;
    expect_error(replay, "thrown on purpose");
    *where = false;
    BOOST_TEST(!x.grad().defined());
    BOOST_TEST(!y.grad().defined());
  }
  BOOST_TEST(ended == 0);
  replay();
  BOOST_TEST(ended == 1);
  expect_values(y.grad(), {4});
}

BOOST_AUTO_TEST_CASE(a_gradient_of_another_shape_or_dtype_is_an_error) {
  const Tensor x = leaf({2});
  Tensor replacement = zeros({3}, {.dtype = kFloat64});
  const FinalHooks hooks({x}, {.end = [&](std::vector<Tensor>& gradients) { gradients[0] = replacement; }});
  expect_error([&] { (x * 2).backward(); },
               "the final gradient of leaf 0 is float64 of shape {3}; the leaf is float64 of shape {1}");
  replacement = zeros({1});
  expect_error([&] { (x * 2).backward(); }, "is float32 of shape {1}");
  BOOST_TEST(!x.grad().defined());
}

BOOST_AUTO_TEST_CASE(a_product_is_written_where_a_follower_wants_it) {
  const Tensor x = ones({3, 2}, {.dtype = kFloat64}), w = leaf({{1, 2}, {3, 4}}), b = leaf({5, 6});
  const std::vector<Tensor> places{empty({2, 2}, {.dtype = kFloat64}), empty({2}, {.dtype = kFloat64})};
  std::vector<bool> stands_there(2);
  const FinalHooks hooks({w, b}, {.destination = [&](std::size_t i) { return places[i]; },
                                  .final =
                                      [&](std::size_t i, const Tensor& gradient) {
                                        stands_there[i] = gradient.raw() == places[i].raw();
                                      }});
  linear(x, w, b).sum().backward();
  BOOST_TEST(stands_there == (std::vector<bool>{true, false}), boost::test_tools::per_element());
  expect_values(w.grad(), {3, 3, 3, 3});
  expect_values(b.grad(), {3, 3});  // a sum, which chooses its own place
}

BOOST_AUTO_TEST_CASE(no_destination_is_asked_for_where_others_add_to_a_gradient_or_keep_it) {
  const Tensor x = ones({3, 2}, {.dtype = kFloat64}), w = leaf({{1, 2}, {3, 4}});
  int asked = 0;
  const detail::FinalCalls calls{.destination = [&](std::size_t) {
    ++asked;
    return Tensor();
  }};
  const FinalHooks hooks({w}, calls);
  (matmul(x, w) + matmul(x * 2, w)).sum().backward();
  expect_values(w.grad(), {9, 9, 9, 9});
  matmul(x, w).sum().backward({.create_graph = true});
  w.zero_grad();
  {
    const FinalHooks others({w}, calls);
    matmul(x, w).sum().backward();
  }
  const std::size_t hook = w.register_hook([](const Tensor& g) { return g; });
  matmul(x, w).sum().backward();
  BOOST_TEST(asked == 0);
  w.remove_hook(hook);
  matmul(x, w).sum().backward();
  BOOST_TEST(asked == 1);
}

BOOST_AUTO_TEST_CASE(who_follows_other_leaves_or_none_any_more_hears_nothing) {
  const Tensor x = leaf({2}), other = leaf({3});
  const FinalHooks hooks({other}, calls());
  { const FinalHooks gone({x}, calls()); }
  (x * 2).backward();
  grad({other * 2}, {other});
  expect({});
  expect_values(x.grad(), {2});
}

BOOST_AUTO_TEST_CASE(two_may_follow_one_leaf) {
  const Tensor x = leaf({2}), y = leaf({3});
  Log second;
  const FinalHooks hooks({x}, calls()), others({y, x}, second.calls());
  (x * y).backward();
  expect({"begin", "final 0", "end"});
  second.expect({"begin", "final 1", "final 0", "end"});
}

BOOST_AUTO_TEST_CASE(a_graph_that_is_kept_is_followed_in_each_replay) {
  const Tensor x = leaf({2});
  const FinalHooks hooks({x}, calls());
  const Tensor y = x * x;
  y.backward({.retain_graph = true});
  y.backward();
  BOOST_TEST(values == (std::vector<double>{4, 4}), boost::test_tools::per_element());
  expect_values(x.grad(), {8});
}

BOOST_AUTO_TEST_CASE(final_gradients_have_a_history_under_create_graph) {
  const Tensor x = leaf({3});
  bool has_history = false;
  const FinalHooks hooks({x},
                         {.final = [&](std::size_t, const Tensor& g) { has_history = g.requires_grad(); }});
  (x * x * x).backward({.create_graph = true});
  BOOST_TEST(has_history);
  expect_values(grad({x.grad()}, {x})[0], {18});
  x.zero_grad();  // a gradient with a history leads back to its leaf, which would keep itself alive
}

BOOST_AUTO_TEST_CASE(a_long_chain_has_the_same_gradient_whether_it_is_followed_or_not) {
  const Tensor x = leaf({1.5});
  const auto chain = [&] {
    Tensor y = x;
    for (int i = 0; i < 1000; ++i) y = i % 10 == 0 ? y * 0.9 + x * 0.01 : tanh(y);
    return y;
  };
  chain().backward();
  const double alone = x.grad().item();
  x.zero_grad();
  const FinalHooks hooks({x}, calls());
  chain().backward();
  BOOST_TEST(x.grad().item() == alone);
  BOOST_TEST(values == std::vector<double>{alone}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_replay_within_a_replay_of_the_same_leaves_is_an_error) {
  const Tensor x = leaf({2}), y = x * 5;
  const FinalHooks hooks({x}, {.final = [&](std::size_t, const Tensor&) { y.backward(); }});
  expect_error([&] { (x * 2).backward(); },
               "another replay is at work that reaches leaves of the same final hooks");
  BOOST_TEST(!x.grad().defined());
}

BOOST_AUTO_TEST_CASE(only_leaves_that_require_grad_are_followed_each_once) {
  const Tensor x = leaf({2}), constant = tensor({1.0});
  expect_error(
      [&] {
        FinalHooks({x, x * 2}, {});
      },
      "final hooks: tensor 1 of shape {1} is not a leaf that requires grad");
  expect_error([&] { FinalHooks({constant}, {}); }, "tensor 0 of shape {1} is not a leaf");
  expect_error([&] { FinalHooks({x, leaf({1}), x}, {}); }, "tensor 2 is tensor 0 again");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
