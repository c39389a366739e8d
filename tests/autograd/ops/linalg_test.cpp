// What the golden files of linear algebra cannot say: that factors multiply to what they are of, and errors.
#include "autograd/ops/linalg.hpp"

#include <limits>

#include "autograd/check/gradcheck.hpp"
#include "autograd/tensor/results.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor random(const Shape& shape) {
  Generator generator(3);
  return randn(shape, {.dtype = kFloat64, .generator = &generator});
}
Tensor turned(const Tensor& x) { return transpose(x, -2, -1); }

void expect_orthogonal(const Tensor& columns) {
  const Tensor gram = matmul(turned(columns), columns);
  BOOST_TEST(allclose(gram, eye(columns.size(-1), {.dtype = kFloat64}).expand(gram.shape()), 1e-12, 1e-12));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_linalg)

BOOST_AUTO_TEST_CASE(factors_multiply_to_the_matrix) {
  for (const Shape& shape : {Shape{4, 2}, Shape{2, 4}, Shape{3, 3}, Shape{2, 3, 4}}) {
    const Tensor a = random(shape);
    for (const char* mode : {"reduced", "complete"}) {
      const auto [q, r] = linalg::qr(a, mode);
      BOOST_TEST(allclose(matmul(q, r), a, 1e-12, 1e-12));
      expect_orthogonal(q);
    }
    const auto [u, s, vh] = linalg::svd(a);
    const std::int64_t least = s.size(-1);
    BOOST_TEST(
        allclose(matmul(u.narrow(-1, 0, least) * s.unsqueeze(-2), vh.narrow(-2, 0, least)), a, 1e-12, 1e-12));
    BOOST_TEST((u.size(-1) == a.size(-2) && vh.size(-2) == a.size(-1)));
    expect_orthogonal(u);
    expect_orthogonal(turned(vh));
    const Tensor symmetric = matmul(a, turned(a));
    const auto [values, vectors] = linalg::eigh(symmetric);
    BOOST_TEST(allclose(matmul(vectors * values.unsqueeze(-2), turned(vectors)), symmetric, 1e-12, 1e-12));
  }
}

BOOST_AUTO_TEST_CASE(bases_have_no_gradient_and_say_so) {
  const Tensor a = random({3, 3}).requires_grad_();
  const auto [q, r] = linalg::qr(a);
  expect_error([&q = q] { q.sum().backward(); }, "linalg::qr: Q has no gradient; detach() it");
  expect_error([&r = r] { r.sum().backward(); }, "linalg::qr: R has no gradient");
  const auto [u, s, vh] = linalg::svd(a);
  expect_error([&u = u] { u.sum().backward(); }, "linalg::svd: U has no gradient");
  expect_error([&vh = vh] { vh.sum().backward(); }, "linalg::svd: Vh has no gradient");
  s.sum().backward();
  BOOST_TEST(allclose(a.grad(), matmul(u, vh).detach(), 1e-10, 1e-10));  // d(sum of singular values) = U Vh
  const auto [values, vectors] = linalg::eigh(a);
  expect_error([&vectors = vectors] { vectors.sum().backward(); },
               "linalg::eigh: eigenvectors has no gradient");
  a.zero_grad();
  values.sum().backward();  // the trace
  BOOST_TEST(allclose(a.grad(), eye(3, {.dtype = kFloat64}), 1e-10, 1e-10));
}

BOOST_AUTO_TEST_CASE(an_input_that_does_not_serve_is_named_with_its_place) {
  const Tensor batch = stack({eye(2), zeros({2, 2})});
  expect_error([&] { static_cast<void>(linalg::inv(batch)); },
               "linalg_inv: the matrix at {1} of the batch is singular: pivot 0 of 2 is 0");
  expect_error(
      [&] {
        static_cast<void>(linalg::solve(zeros({2, 2}), ones({2})));
      },
      "linalg_solve: the matrix is singular");
  expect_error(
      [&] {
        static_cast<void>(linalg::cholesky(stack({eye(2), -eye(2)})));
      },
      "linalg_cholesky: the matrix at {1} of the batch is not positive definite");
  expect_error(
      [&] {
        static_cast<void>(linalg::inv(ones({2, 3})));
      },
      "linalg_inv: expected square matrices, got {2, 3}");
  expect_error(
      [&] {
        static_cast<void>(linalg::det(tensor({{1, 2}, {3, 4}})));
      },
      "expected float32 or float64, got int64");
  expect_error([&] { static_cast<void>(linalg::solve(eye(2), ones({3}))); },
               "linalg_solve: b of shape {3, 1} does not fit a of {2, 2}; expected 2 rows");
  expect_error(
      [&] {
        static_cast<void>(linalg::svd(full({2, 2}, std::numeric_limits<double>::quiet_NaN())));
      },
      "linalg_svd: the input holds NaN or an infinity");
  expect_error([&] { static_cast<void>(linalg::qr(eye(2), "full")); },
               "linalg::qr: mode is \"full\"; expected");
  expect_error([&] { static_cast<void>(linalg::eigh(eye(2), "l")); },
               "linalg::eigh: UPLO is \"l\"; expected");
  expect_error(
      [&] {
        static_cast<void>(linalg::norm(ones({2, 2}), "max"));
      },
      "linalg::matrix_norm: ord is \"max\"");
}

BOOST_AUTO_TEST_CASE(least_squares_takes_vectors_and_names_what_does_not_fit) {
  const Tensor a = tensor({{1.0, 0.0}, {0.0, 2.0}, {0.0, 0.0}}, {.dtype = kFloat64, .requires_grad = true});
  const Tensor b = tensor({3.0, 4.0, 5.0}, {.dtype = kFloat64, .requires_grad = true});
  const auto [x, residuals, rank, singular_values] = linalg::lstsq(a, b, {.driver = "gelsd"});
  expect_values(x, {3, 2});
  expect_values(residuals, {25});
  BOOST_TEST(rank.item<int>() == 2);
  expect_values(singular_values, {2, 1});
  const auto solve = [](const std::vector<Tensor>& in) { return linalg::lstsq(in[0], in[1]).solution; };
  const GradcheckResult result = gradcheck(solve, {a, b});
  BOOST_CHECK_MESSAGE(result, result.message);
  BOOST_TEST(linalg::lstsq(ones({3, 2}), ones({3}), {.rcond = 1e-3}).rank.item<int>() == 1);
  BOOST_TEST((linalg::lstsq(zeros({0, 2}), zeros({0, 1})).solution.shape() == Shape{2, 1}));
  expect_error(
      [&] {
        return linalg::lstsq(a, ones({4, 1}, {.dtype = kFloat64}));
      },
      "does not fit a of shape {3, 2}; expected 3 rows");
  expect_error([&] { return linalg::lstsq(a, ones({3})); }, "a is float64 and b float32; expected one dtype");
  expect_error([&] { return linalg::lstsq(b, b); }, "expected a matrix or a batch of them, got {3}");
  expect_error([&] { return linalg::lstsq(a, b, {.driver = "qr"}); }, "driver is \"qr\"");
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_determinant_needs_an_inverse) {
  const Tensor a = tensor({{1.0, 2.0}, {2.0, 4.0}}, {.requires_grad = true});
  const Tensor y = linalg::det(a);
  BOOST_TEST(y.item() == 0);
  expect_error([&] { y.backward(); }, "linalg_inv: the matrix is singular");
}

BOOST_AUTO_TEST_CASE(the_short_forms_are_the_same_functions) {
  const Tensor a = matmul(random({3, 3}), turned(random({3, 3}))) + eye(3, {.dtype = kFloat64});
  BOOST_TEST(equal(a.inverse(), linalg::inv(a)));
  BOOST_TEST(equal(a.det(), linalg::det(a)));
  BOOST_TEST(equal(std::get<1>(a.slogdet()), linalg::slogdet(a).logabsdet));
  BOOST_TEST(equal(a.cholesky(true), linalg::cholesky(a, {.upper = true})));
  BOOST_TEST(allclose(a.pinverse(), a.inverse()));
  BOOST_TEST(allclose(a.logdet(), a.det().log()));
  BOOST_TEST(allclose(a.matrix_power(-1), a.inverse()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
