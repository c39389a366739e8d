// Arguments that PyTorch takes by position or by keyword: here both spellings mean the same.
#include "autograd/ops/distance.hpp"
#include "autograd/ops/linalg.hpp"
#include "autograd/tensor/reduce_by_dtype.hpp"
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

BOOST_AUTO_TEST_CASE(inplace_writes_over_what_is_given) {
  const Tensor x = numbers({4, 6});
  const auto expect_written = [&](auto function, const Tensor& expected) {
    const Tensor y = x.clone(), result = function(y);
    BOOST_TEST(equal(y, expected));
    BOOST_TEST(result.raw() == y.raw());
  };
  expect_written([](const Tensor& y) { return leaky_relu(y, {.negative_slope = 0.2, .inplace = true}); },
                 leaky_relu(x, 0.2));
  expect_written([](const Tensor& y) { return elu(y, {.alpha = 2, .inplace = true}); }, elu(x, 2));
  expect_written([](const Tensor& y) { return celu(y, {.alpha = 2, .inplace = true}); }, celu(x, 2));
  expect_written([](const Tensor& y) { return hardtanh(y, {.max_val = 0.5, .inplace = true}); },
                 hardtanh(x, -1, 0.5));
  Generator first(1), second(1);
  expect_written([&](const Tensor& y) { return dropout(y, {.inplace = true, .generator = &first}); },
                 dropout(x, 0.5, true, &second));
  expect_written([&](const Tensor& y) { return dropout(y, {.training = false, .inplace = true}); }, x);
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

BOOST_AUTO_TEST_CASE(of_reductions_mean_what_their_positions_mean) {
  const Tensor x = numbers({4, 6}), p = sigmoid(x), mask = x > 0;
  BOOST_TEST(equal(x.sum(1, {.keepdim = true}), sum(x, 1, true)));
  BOOST_TEST(equal(x.mean({0, 1}, {.keepdim = true}), mean(x, {0, 1}, true)));
  BOOST_TEST(equal(x.prod(0, {.keepdim = true}), prod(x, 0, true)));
  BOOST_TEST(equal(x.nansum(1, {.keepdim = true}), nansum(x, 1, true)));
  BOOST_TEST(equal(x.nanmean(1, {.keepdim = true}), nanmean(x, 1, true)));
  BOOST_TEST(equal(x.amax(1, {.keepdim = true}), amax(x, 1, true)));
  BOOST_TEST(equal(x.amin(1, {.keepdim = true}), amin(x, 1, true)));
  BOOST_TEST(equal(x.logsumexp(1, {.keepdim = true}), logsumexp(x, 1, true)));
  BOOST_TEST(equal(x.norm(1, 0, {.keepdim = true}), norm(x, 1, 0, true)));
  BOOST_TEST(equal(mask.any(1, {.keepdim = true}), any(mask, 1, true)));
  BOOST_TEST(equal(mask.all(1, {.keepdim = true}), all(mask, 1, true)));
  BOOST_TEST(equal(x.max(1, {.keepdim = true}).indices, max(x, 1, true).indices));
  BOOST_TEST(equal(x.min(0, {.keepdim = true}).values, min(x, 0, true).values));
  BOOST_TEST(equal(x.argmax(1, {.keepdim = true}), argmax(x, 1, true)));
  BOOST_TEST(equal(x.argmin(1, {.keepdim = true}), argmin(x, 1, true)));
  BOOST_TEST(equal(x.median(0, {.keepdim = true}).indices, median(x, 0, true).indices));
  BOOST_TEST(equal(x.nanmedian(0, {.keepdim = true}).values, nanmedian(x, 0, true).values));
  BOOST_TEST(equal(x.kthvalue(2, {.dim = 0, .keepdim = true}).values, kthvalue(x, 2, 0, true).values));
  BOOST_TEST(equal(mask.to(kInt64).mode({.dim = 0}).values, mode(mask.to(kInt64), 0).values));
  BOOST_TEST(equal(x.var(1, {.unbiased = false, .keepdim = true}), var(x, 1, false, true)));
  BOOST_TEST(equal(std(x, {.unbiased = true}), std(x)));
}

BOOST_AUTO_TEST_CASE(an_alpha_of_integers_is_an_integer) {
  const Tensor x = tensor({1, 2, 3});
  BOOST_TEST(equal(x.add(x, {.alpha = 2}), x * 3));
  expect_error([&] { x.add(x, {.alpha = 0.5}); }, "add: alpha is 0.5 and the tensors are int64 and int64");
  expect_error([&] { sub(x, x, 0.5); }, "sub: alpha is 0.5");
  BOOST_TEST(equal(add(x, tensor({1.0, 1.0, 1.0}), 0.5), x + 0.5));
}

BOOST_AUTO_TEST_CASE(of_diagonals_shapes_and_factors_mean_what_their_positions_mean) {
  const Tensor x = numbers({4, 4}), y = numbers({4, 4}), b = numbers({2, 3, 4}), rows = tensor({2, 0});
  BOOST_TEST(equal(x.tril({.diagonal = 1}), tril(x, 1)));
  BOOST_TEST(equal(x.triu({.diagonal = -1}), triu(x, -1)));
  BOOST_TEST(equal(x.diag({.diagonal = 1}), diag(x, 1)));
  BOOST_TEST(equal(b.diagonal({.offset = 1, .dim1 = -2, .dim2 = -1}), diagonal(b, 1, -2, -1)));
  BOOST_TEST(equal(x.diag_embed({.offset = 1, .dim1 = 0}), diag_embed(x, 1, 0)));
  BOOST_TEST(equal(meshgrid({rows, rows}, {.indexing = "xy"})[0], meshgrid({rows, rows}, "xy")[0]));
  BOOST_TEST(equal(x.repeat_interleave(2, {.dim = 1}), repeat_interleave(x, 2, 1)));
  BOOST_TEST(equal(b.repeat_interleave(rows, {.dim = 0}), repeat_interleave(b, rows, 0)));
  BOOST_TEST(equal(x.roll({1, 2}, {.dims = {1, 0}}), roll(x, {1, 2}, {1, 0})));
  BOOST_TEST(equal(x.rot90({.k = 3}), rot90(x, 3)));
  BOOST_TEST(equal(x.tensordot(y, {.dims = 1}), matmul(x, y)));
  BOOST_TEST(equal(x.add(y, {.alpha = 3}), add(x, y, 3)));
  BOOST_TEST(equal(x.sub(y, {.alpha = 3}), sub(x, y, 3)));
  BOOST_TEST(equal(x.clone().add_(y, {.alpha = 3}), add(x, y, 3)));
  BOOST_TEST(equal(x.clone().sub_(y, {.alpha = 3}), sub(x, y, 3)));
  BOOST_TEST(equal(x.index_add(0, rows, y.slice(0, 0, 2), {.alpha = 2}),
                   index_add(x, 0, rows, y.slice(0, 0, 2), 2)));
  BOOST_TEST(equal(x.clone().index_add_(0, rows, y.slice(0, 0, 2), {.alpha = 2}),
                   index_add(x, 0, rows, y.slice(0, 0, 2), 2)));
  BOOST_TEST(equal(x.clone().round_({.decimals = 1}), round(x, 1)));
}

BOOST_AUTO_TEST_CASE(a_dtype_is_what_is_computed_in) {
  const Tensor x = numbers({4, 6}).to(kFloat32), wide = x.to(kFloat64), counts = (x * 10).to(kInt32);
  BOOST_TEST(equal(x.sum(kFloat64), sum(wide)));
  BOOST_TEST(equal(sum(x, 0, true, kFloat64), sum(wide, 0, true)));
  BOOST_TEST(equal(x.sum(0, {.dtype = kFloat64}), sum(wide, 0)));
  BOOST_TEST(equal(mean(counts, kFloat64), mean(counts.to(kFloat64))));
  BOOST_TEST(equal(counts.mean(1, {.dtype = kFloat32}), mean(counts.to(kFloat32), 1)));
  BOOST_TEST(equal(mean(counts, 1, false, kFloat64), mean(counts.to(kFloat64), 1)));
  BOOST_TEST(equal(prod(x, kFloat64), prod(wide)));
  BOOST_TEST(equal(prod(x, 1, true, kFloat64), x.prod(1, {.keepdim = true, .dtype = kFloat64})));
  BOOST_TEST(equal(x.nansum(1, {.dtype = kFloat64}), nansum(wide, 1)));
  BOOST_TEST(equal(x.cumsum(1, {.dtype = kFloat64}), cumsum(x, 1, kFloat64)));
  BOOST_TEST(equal(x.cumprod(1, {.dtype = kFloat64}), cumprod(x, 1, kFloat64)));
  BOOST_TEST(equal(softmax(x, 1, kFloat64), softmax(wide, 1)));
  BOOST_TEST(equal(log_softmax(counts, 1, kFloat64), log_softmax(counts.to(kFloat64), 1)));
  BOOST_TEST(equal(x.sum({}), sum(x)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
