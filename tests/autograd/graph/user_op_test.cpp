// Ops that a user defines through record(), exactly as the library does.
#include "autograd/check/gradcheck.hpp"
#include "autograd/graph/backward.hpp"
#include "autograd/graph/record.hpp"
#include "tests/support/check_op.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

// As in the comment of record.hpp.
struct Cube {
  static constexpr std::string_view name = "cube";
  static constexpr op::Reads reads = op::Reads::inputs;
  Tensor forward(const Tensor& x) const { return x * x * x; }
  void vjp(const op::Inputs& x, const Tensor&, const Tensor& g, op::Wrt& wrt) const {
    wrt(0, [&] { return 3 * square(x[0]) * g; });
  }
  static double reference(double x) { return x * x * x; }
  static op::Cases<Cube> cases() { return {{.inputs = {{2, 3}}}}; }
};
Tensor cube(const Tensor& x) { return record(Cube{}, x); }

/// (sin x, cos x)     dx = g0 cos x - g1 sin x
struct SinCos {
  static constexpr std::string_view name = "test.sin_cos";
  static constexpr op::Reads reads = op::Reads::output;
  std::array<Tensor, 2> forward(const Tensor& x) const { return {sin(x), cos(x)}; }
  void vjp(const op::Inputs&, const op::Outputs& y, const op::Outputs& g, op::Wrt& wrt) const {
    wrt(0, [&] {
      if (!g[1].defined()) return g[0] * y[1];
      if (!g[0].defined()) return -g[1] * y[0];
      return g[0] * y[1] - g[1] * y[0];
    });
  }
  static op::Cases<SinCos> cases() { return {{.inputs = {{2, 3}}}}; }
};

/// The sum of a list of tensors of one shape, each times `factor`: an op with an attribute and any number of
/// inputs.
struct ScaledTotal {
  static constexpr std::string_view name = "test.scaled_total";
  double factor = 1;
  Tensor forward(const std::vector<Tensor>& x) const {
    Tensor total = zeros_like(x[0]);
    for (const Tensor& part : x) total = total + part * factor;
    return total;
  }
  void vjp(const op::Inputs& x, const Tensor&, const Tensor& g, op::Wrt& wrt) const {
    for (std::size_t i = 0; i < x.size(); ++i) wrt(i, [&] { return g * factor; });
  }
  static op::Cases<ScaledTotal> cases() {
    return op::Cases<ScaledTotal>().add({.inputs = {{2}, {2}, {2}}}, ScaledTotal{2.5});
  }
};

/// y = 3 x     dx = g + 2 g, handed in one after the other
struct TwoTerms {
  static constexpr std::string_view name = "test.two_terms";
  Tensor forward(const Tensor& x) const { return x * 3; }
  void vjp(const op::Inputs&, const Tensor&, const Tensor& g, op::Wrt& wrt) const {
    wrt(0, [&] { return g; });
    wrt(0, [&] { return 2 * g; });
  }
  static op::Cases<TwoTerms> cases() { return {{.inputs = {{2, 3}}}}; }
};

/// An op whose vjp gives a gradient that no broadcast explains.
struct Misshapen {
  static constexpr std::string_view name = "test.misshapen";
  Tensor forward(const Tensor& x) const { return x * 1; }
  void vjp(const op::Inputs&, const Tensor&, const Tensor&, op::Wrt& wrt) const {
    wrt(0, [] { return zeros({7}, {.dtype = kFloat64}); });
  }
  static op::Cases<Misshapen> cases() { return {}; }
};

/// An op that reads nothing and still looks at its input.
struct Steps {
  static constexpr std::string_view name = "test.steps";
  Tensor forward(const Tensor& x) const { return (x > 0).to(x.dtype()); }
  static op::Cases<Steps> cases() { return {}; }
};

const op::CatalogEntry* find(const std::vector<op::CatalogEntry>& entries, std::string_view name) {
  for (const op::CatalogEntry& entry : entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_user_op)

BOOST_AUTO_TEST_CASE(a_user_op_computes_and_differentiates) {
  const Tensor x = leaf({2, -1});
  const Tensor y = cube(x);
  BOOST_TEST(y.grad_fn() == "cube");
  expect_values(y, {8, -1});
  sum(y).backward();
  expect_values(x.grad(), {12, 3});
  const TensorFunction f = [](const std::vector<Tensor>& in) { return cube(in[0]); };
  BOOST_TEST(gradcheck(f, {x}).ok);
  BOOST_TEST(gradgradcheck(f, {x}).ok);
}

BOOST_AUTO_TEST_CASE(a_user_op_stands_in_the_catalogue_and_its_cases_hold) {
  const std::vector<op::CatalogEntry> catalog = op_catalog();
  for (const char* name : {"cube", "test.sin_cos", "test.scaled_total"}) {
    const op::CatalogEntry* entry = find(catalog, name);
    BOOST_REQUIRE_MESSAGE(entry, name);
    BOOST_TEST(entry->differentiable);
    BOOST_TEST(!entry->is_view);
    BOOST_TEST(entry->cases().size() == 1u);
    for (const std::string& failure : test::failures_of(*entry, entry->cases()[0])) BOOST_ERROR(failure);
  }
  BOOST_TEST(find(catalog, "cube")->inputs == 1);
  BOOST_TEST(find(catalog, "test.scaled_total")->inputs == 0);
}

BOOST_AUTO_TEST_CASE(the_harness_finds_a_user_op_whose_reference_disagrees) {
  const std::vector<op::CatalogEntry> catalog = op_catalog();
  op::OpCase wrong = find(catalog, "cube")->cases()[0];
  wrong.reference = [](const std::vector<double>& x) { return x[0] * x[0]; };
  BOOST_TEST(!test::failures_of(*find(catalog, "cube"), wrong).empty());
}

BOOST_AUTO_TEST_CASE(an_op_may_have_several_outputs) {
  const Tensor x = leaf({0.5, 1});
  const auto [s, c] = record(SinCos{}, x);
  expect_values(s, {std::sin(0.5), std::sin(1.0)});
  sum(s).backward({.retain_graph = true});  // only one of them
  expect_values(x.grad(), {std::cos(0.5), std::cos(1.0)});
  x.zero_grad();
  sum(c * 2).backward({.retain_graph = true});
  expect_values(x.grad(), {-2 * std::sin(0.5), -2 * std::sin(1.0)});
  x.zero_grad();
  sum(s * s + c * c).backward();  // constant
  expect_values(x.grad(), {0, 0}, 1e-15);
  const TensorFunction f = [](const std::vector<Tensor>& in) {
    const auto [a, b] = record(SinCos{}, in[0]);
    return a * exp(b);
  };
  BOOST_TEST(gradgradcheck(f, {x}).ok);
}

BOOST_AUTO_TEST_CASE(an_op_may_take_a_list) {
  const Tensor x = leaf({1, 2}), y = leaf({3, 4});
  const Tensor total = record(ScaledTotal{10}, std::vector<Tensor>{x, y, x});
  expect_values(total, {50, 80});
  sum(total).backward();
  expect_values(x.grad(), {20, 20});
  expect_values(y.grad(), {10, 10});
}

BOOST_AUTO_TEST_CASE(a_gradient_of_a_wrong_shape_is_an_error_naming_the_op) {
  const Tensor x = leaf({1, 2, 3});
  expect_error([&] { sum(record(Misshapen{}, x)).backward(); },
               "test.misshapen: its vjp gave a gradient of shape {7} for input 0, whose shape is {3}");
}

BOOST_AUTO_TEST_CASE(an_op_without_a_vjp_is_not_recorded) {
  const Tensor x = leaf({1, -2});
  const Tensor y = record(Steps{}, x);
  BOOST_TEST(!y.requires_grad());
  expect_values(y, {1, 0});
}

BOOST_AUTO_TEST_CASE(what_happens_inside_forward_is_not_recorded) {
  const Tensor x = leaf({2});
  const Tensor y = cube(x);
  int nodes = 0;
  const Tensor z = y * 1;
  z.register_hook([&](const Tensor&) {
    ++nodes;
    return Tensor();
  });
  y.register_hook([&](const Tensor&) {
    ++nodes;
    return Tensor();
  });
  sum(z).backward();
  BOOST_TEST(nodes == 2);
  BOOST_TEST(grad_enabled());
}

BOOST_AUTO_TEST_CASE(operands_reach_forward_contiguous) {
  const Tensor x = tensor({{1.0, 2.0}, {3.0, 4.0}}, {.dtype = kFloat64}).t().requires_grad_();
  expect_values(cube(x), {1, 27, 8, 64});
  sum(cube(x) * tensor({{1, 0}, {0, 1}})).backward();
  expect_values(x.grad(), {3, 0, 0, 48});
}

BOOST_AUTO_TEST_CASE(a_vjp_may_hand_in_a_gradient_in_parts) {
  const Tensor x = leaf({1, 2});
  sum(record(TwoTerms{}, x * 5)).backward();  // the product leads nowhere else
  expect_values(x.grad(), {15, 15});
  x.zero_grad();
  sum(record(TwoTerms{}, x)).backward();
  expect_values(x.grad(), {3, 3});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
