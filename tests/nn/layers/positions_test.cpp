// Places as numbers: the formulas written out, what they are for, errors.
#include "nn/layers/positions.hpp"

#include <cmath>

#include "autograd/check/gradcheck.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(nn_positions)

BOOST_AUTO_TEST_CASE(waves_are_those_of_the_paper) {
  const Tensor p = nn::sinusoidal_positions(50, 6);
  BOOST_TEST((p.shape() == Shape{50, 6}));
  BOOST_TEST(p.dtype() == kFloat32);
  std::vector<double> expected;
  for (const int t : {0, 49})
    for (int i = 0; i < 3; ++i) {
      const double angle = t / std::pow(10000.0, 2.0 * i / 6);
      expected.insert(expected.end(), {std::sin(angle), std::cos(angle)});
    }
  expect_values(p.index_select(0, tensor({0, 49})), expected);
  const Tensor odd = nn::sinusoidal_positions(2, 3, {.base = 100, .dtype = kFloat64});
  expect_values(odd[1], {std::sin(1), std::cos(1), std::sin(std::pow(100, -2.0 / 3))}, 1e-12);
  BOOST_TEST((nn::sinusoidal_positions(0, 4).shape() == Shape{0, 4}));
}

BOOST_AUTO_TEST_CASE(pairs_are_turned_by_angles_of_their_places) {
  manual_seed(0);
  const Tensor x = randn({2, 3, 4}, {.dtype = kFloat64});
  const Tensor y = rotary_embedding(x, {.base = 100, .offset = 5});
  const Tensor halves = rotary_embedding(x, {.base = 100, .offset = 5, .interleaved = false});
  const auto in = x.accessor<double, 3>(), out = y.accessor<double, 3>(),
             others = halves.accessor<double, 3>();
  for (int n = 0; n < 2; ++n)
    for (int t = 0; t < 3; ++t)
      for (int i = 0; i < 2; ++i) {
        const double angle = (5 + t) / std::pow(100.0, i / 2.0), c = std::cos(angle), s = std::sin(angle);
        BOOST_TEST(std::abs(out[n][t][2 * i] - (in[n][t][2 * i] * c - in[n][t][2 * i + 1] * s)) < 1e-12);
        BOOST_TEST(std::abs(out[n][t][2 * i + 1] - (in[n][t][2 * i] * s + in[n][t][2 * i + 1] * c)) < 1e-12);
        BOOST_TEST(std::abs(others[n][t][i] - (in[n][t][i] * c - in[n][t][i + 2] * s)) < 1e-12);
        BOOST_TEST(std::abs(others[n][t][i + 2] - (in[n][t][i] * s + in[n][t][i + 2] * c)) < 1e-12);
      }
}

BOOST_AUTO_TEST_CASE(products_of_turned_rows_depend_on_their_distance_alone) {
  manual_seed(1);
  const Tensor q = randn({1, 8}, {.dtype = kFloat64}), k = randn({1, 8}, {.dtype = kFloat64});
  for (const bool interleaved : {true, false}) {
    const auto product = [&](std::int64_t at_q, std::int64_t at_k) {
      return sum(rotary_embedding(q, {.offset = at_q, .interleaved = interleaved}) *
                 rotary_embedding(k, {.offset = at_k, .interleaved = interleaved}))
          .item();
    };
    BOOST_TEST(std::abs(product(3, 1) - product(47, 45)) < 1e-10);
    BOOST_TEST(std::abs(product(3, 1) - product(3, 2)) > 1e-3);
    BOOST_TEST(std::abs(product(0, 0) - sum(q * k).item()) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(word_by_word_with_an_offset_gives_what_all_at_once_give) {
  const Tensor x = randn({2, 5, 4});
  const Tensor all = rotary_embedding(x);
  for (std::int64_t t = 0; t < 5; ++t)
    BOOST_TEST(allclose(rotary_embedding(narrow(x, 1, t, 1), {.offset = t}), narrow(all, 1, t, 1)));
}

BOOST_AUTO_TEST_CASE(turns_are_differentiable) {
  const Tensor x = randn({2, 3, 4}, {.dtype = kFloat64, .requires_grad = true});
  for (const bool interleaved : {true, false}) {
    const auto f = [&](const std::vector<Tensor>& in) {
      return rotary_embedding(in[0], {.interleaved = interleaved});
    };
    const GradcheckResult result = gradcheck(f, {x});
    BOOST_TEST(bool(result), result.message);
  }
  BOOST_TEST((rotary_embedding(zeros({0, 3, 4})).shape() == Shape{0, 3, 4}));
}

BOOST_AUTO_TEST_CASE(errors_say_what_would_fit) {
  expect_error(
      [] {
        rotary_embedding(ones({2, 3}));
      },
      "rotary_embedding: x is of shape {2, 3}; expected {..., T, dim}, dim even");
  expect_error([] { rotary_embedding(ones({4})); }, "rotary_embedding: x is of shape {4}");
  expect_error(
      [] {
        rotary_embedding(tensor({{1, 2}}));
      },
      "rotary_embedding: expected float32 or float64, got int64");
  expect_error([] { rotary_embedding(ones({2, 4}), {.base = 0}); }, "rotary_embedding: base is 0");
  expect_error([] { nn::sinusoidal_positions(-1, 2); }, "sinusoidal_positions: the length is -1 and dim 2");
  expect_error([] { nn::sinusoidal_positions(1, 2, {.base = -1}); }, "sinusoidal_positions: base is -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
