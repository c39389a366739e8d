// Arguments that PyTorch takes by position or by keyword: here both spellings mean the same.
#include "autograd/ops/distance.hpp"
#include "autograd/ops/linalg.hpp"
#include "autograd/tensor/results.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor numbers(const Shape& shape) {
  Generator generator(7);
  return randn(shape, {.dtype = kFloat64, .generator = &generator});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_options)

BOOST_AUTO_TEST_CASE(of_activations_mean_what_their_positions_mean) {
  const Tensor x = numbers({4, 6});
  BOOST_TEST(equal(leaky_relu(x, {.negative_slope = 0.2}), leaky_relu(x, 0.2)));
  BOOST_TEST(equal(elu(x, {.alpha = 0.5}), elu(x, 0.5)));
  BOOST_TEST(equal(celu(x, {.alpha = 0.5}), celu(x, 0.5)));
  BOOST_TEST(equal(softplus(x, {.beta = 2, .threshold = 1}), softplus(x, 2, 1)));
  BOOST_TEST(equal(gelu(x, {.approximate = "tanh"}), gelu(x, "tanh")));
  BOOST_TEST(equal(hardtanh(x, {.min_val = -0.5, .max_val = 0.25}), hardtanh(x, -0.5, 0.25)));
  BOOST_TEST(equal(glu(x, {.dim = 0}), glu(x, 0)));
  Generator first(1), second(1);
  BOOST_TEST(equal(dropout(x, {.p = 0.75, .generator = &first}), dropout(x, 0.75, true, &second)));
  BOOST_TEST(equal(dropout(x, {.training = false}), x));
}

BOOST_AUTO_TEST_CASE(of_orders_and_ranks_mean_what_their_positions_mean) {
  const Tensor x = numbers({4, 6}), q = tensor({0.25, 0.75}, {.dtype = kFloat64});
  BOOST_TEST(equal(x.sort({.dim = 0, .descending = true}).indices, sort(x, 0, true).indices));
  BOOST_TEST(equal(x.argsort({.dim = 0, .descending = true}), argsort(x, 0, true)));
  BOOST_TEST(equal(x.topk(2, {.dim = 0, .largest = false}).values, topk(x, 2, 0, false).values));
  BOOST_TEST(equal(x.quantile(0.3, {.dim = 1, .keepdim = true, .interpolation = "lower"}),
                   quantile(x, 0.3, 1, true, "lower")));
  BOOST_TEST(equal(x.quantile(q, {.dim = 1}), quantile(x, q, 1)));
  BOOST_TEST(equal(x.nanquantile(0.3, {.dim = 1}), nanquantile(x, 0.3, 1)));
  BOOST_TEST(equal(x.nanquantile(q, {.interpolation = "higher"}), nanquantile(x, q, {}, false, "higher")));
}

BOOST_AUTO_TEST_CASE(of_products_and_factors_mean_what_their_positions_mean) {
  const Tensor a = numbers({3, 3}), b = numbers({2, 3, 3}), v = numbers({3});
  BOOST_TEST(equal(addmm(a, a, a, 0.5, 2), addmm(a, a, a, {.beta = 0.5, .alpha = 2})));
  BOOST_TEST(equal(v.addmv(a, v, 0.5, 2), addmv(v, a, v, {.beta = 0.5, .alpha = 2})));
  BOOST_TEST(equal(a.addr(v, v, 0.5), addr(a, v, v, {.beta = 0.5})));
  BOOST_TEST(equal(b.baddbmm(b, b, 0, 3), baddbmm(b, b, b, {.beta = 0, .alpha = 3})));
  BOOST_TEST(equal(a.addbmm(b, b, 2, 3), addbmm(a, b, b, {.beta = 2, .alpha = 3})));
  BOOST_TEST(equal(a.clone().addmm_(a, a, 0.5, 2), addmm(a, a, a, {.beta = 0.5, .alpha = 2})));
  BOOST_TEST(equal(cross(a, a.t(), {.dim = 0}), cross(a, a.t(), 0)));
  BOOST_TEST(equal(cdist(a, b[0], {.p = 1}), cdist(a, b[0], 1.0)));
  BOOST_TEST(equal(linalg::qr(a, {.mode = "r"}).R, linalg::qr(a, "r").R));
  BOOST_TEST(equal(linalg::eigh(a, {.UPLO = "U"}).eigenvalues, linalg::eigh(a, "U").eigenvalues));
  BOOST_TEST(equal(clip(a, 0, 1), clamp(a, 0, 1)));
  BOOST_TEST(equal(a.clip({.max = 0.5}), clamp(a, {.max = 0.5})));
  BOOST_TEST(equal(a.clip(-v.abs(), v.abs()), clamp(a, -abs(v), abs(v))));
  BOOST_TEST(equal(a.clone().clip_(0, 1), clamp(a, 0, 1)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
