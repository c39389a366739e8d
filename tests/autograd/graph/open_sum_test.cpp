// Gradients that are added to what has arrived before without being formed: they are those of a replay that
// forms each.
#include <functional>
#include <tuple>
#include <utility>

#include "autograd/graph/backward.hpp"
#include "autograd/graph/mutation.hpp"
#include "autograd/graph/record.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

void expect_close(const Tensor& actual, const Tensor& expected, double tolerance) {
  BOOST_CHECK_MESSAGE(allclose(actual, expected, tolerance, tolerance),
                      fmt::format("{} is not {}", actual, expected));
}

/// The gradient of `weight`, by a replay that adds in place and by one that is recorded and hence forms each
/// gradient.
void expect_both_alike(const Tensor& weight, const std::function<Tensor()>& loss) {
  weight.zero_grad();
  loss().backward();
  expect_close(weight.grad(), grad({loss()}, {weight}, {.create_graph = true})[0].detach(), 1e-12);
}

Tensor parameter(const Shape& shape, std::uint64_t seed) {
  Generator generator(seed);
  return randn(shape, {.dtype = kFloat64, .requires_grad = true, .generator = &generator});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_open_sum)

/// x times a factor, whose gradient says when it is added instead of formed.
struct Scaled {
  static constexpr std::string_view name = "test.scaled";

  Tensor forward(const Tensor& x) const { return x * 3; }
  void vjp(const op::Inputs&, const Tensor&, const Tensor& g, op::Wrt& wrt) const {
    wrt(
        0, [&] { return 3 * g; },
        [&](const Tensor& sum) {
          ++*added;
          sum.add_(3 * g);
        });
  }
  static op::Cases<Scaled> cases() { return {}; }

  int* added = nullptr;
};

BOOST_AUTO_TEST_CASE(sums_are_offered_from_the_second_gradient_on_where_nobody_else_sees_them) {
  int added = 0;
  const Tensor x = parameter({3}, 1), held = ones({3}, {.dtype = kFloat64});
  const auto twice = [&] { return sum(record(Scaled{&added}, x) * record(Scaled{&added}, x)); };
  const bool is_offered = !detail::mutation::is_possible;
  twice().backward();
  BOOST_TEST(added == (is_offered ? 1 : 0));
  added = 0;
  grad({twice()}, {x}, {.create_graph = true});
  BOOST_TEST(added == 0);
  backward({x, sum(record(Scaled{&added}, x))}, {held, Tensor()});
  BOOST_TEST(added == 0);
  grad({twice()}, {x});
  BOOST_TEST(added == (is_offered ? 1 : 0));
}

BOOST_AUTO_TEST_CASE(a_weight_that_every_step_uses_gets_the_sum_of_all) {
  const Tensor weight = parameter({4, 4}, 1), bias = parameter({4}, 2), x = parameter({3, 4}, 3);
  const auto by_linear = [&] {
    Tensor h = x;
    for (int step = 0; step < 3; ++step) h = tanh(linear(h, weight, bias));
    return sum(h * h);
  };
  const auto by_matmul = [&] {
    Tensor h = x;
    for (int step = 0; step < 3; ++step) h = tanh(matmul(h, weight));
    return sum(matmul(weight, t(h)));
  };
  expect_both_alike(weight, by_linear);
  expect_both_alike(bias, by_linear);
  expect_both_alike(weight, by_matmul);
}

BOOST_AUTO_TEST_CASE(products_of_all_kinds_add) {  // m, k, n of weight {m, k} times {k, n}
  for (const auto& [m, k, n] :
       {std::tuple{5, 4, 3}, {1, 6, 70}, {40, 30, 200}, {300, 310, 320}, {10, 512, 600}, {90, 80, 3000}}) {
    const Tensor weight = parameter({m, k}, 4), right = parameter({k, n}, 5), left = parameter({n, m}, 6);
    expect_both_alike(weight, [&, r = right] {
      return mean(square(matmul(weight, r))) + mean(square(matmul(weight, r * 2)));
    });
    expect_both_alike(weight, [&, l = left] {
      return mean(square(matmul(l, weight))) + mean(square(matmul(l * 2, weight)));
    });
    const Tensor bias = parameter({m}, 7), x = parameter({n, k}, 8);
    expect_both_alike(weight, [&, in = x] {
      return mean(square(linear(in, weight, bias))) + mean(linear(in * 2, weight, bias));
    });
  }
}

BOOST_AUTO_TEST_CASE(a_penalty_adds_to_the_gradient_of_the_product) {
  for (const auto& [out, in] : {std::pair{5, 4}, {300, 301}}) {
    const Tensor bias = parameter({out}, 5), x = parameter({3, in}, 6);
    const Tensor plain = parameter({out, in}, 4),
                 turned = t(parameter({in, out}, 4).detach()).requires_grad_();
    for (const Tensor& weight : {plain, turned})
      expect_both_alike(weight, [&, w = weight] { return sum(linear(x, w, bias)) + 0.3 * sum_squares(w); });
  }
}

BOOST_AUTO_TEST_CASE(a_gradient_that_the_caller_holds_is_not_written_to) {
  const Tensor weight = parameter({4, 4}, 7), x = parameter({3, 4}, 8);
  const Tensor given = ones({4, 4}, {.dtype = kFloat64});
  backward({weight, sum(matmul(x, weight))}, {given, Tensor()});
  expect_close(given, ones({4, 4}, {.dtype = kFloat64}), 0);
  expect_close(weight.grad(), 1 + matmul(t(x.detach()), ones({3, 4}, {.dtype = kFloat64})), 1e-12);
}

BOOST_AUTO_TEST_CASE(hooks_of_the_weight_see_the_whole_sum_once) {
  const Tensor weight = parameter({4, 4}, 9), x = parameter({3, 4}, 10);
  int calls = 0;
  weight.register_hook([&](const Tensor& gradient) {
    ++calls;
    return gradient * 2;
  });
  sum(matmul(matmul(x, weight), weight)).backward();
  const Tensor doubled = weight.grad().clone();
  BOOST_TEST(calls == 1);
  const Tensor plain = parameter({4, 4}, 9);
  sum(matmul(matmul(x, plain), plain)).backward();
  expect_close(doubled, plain.grad() * 2, 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
