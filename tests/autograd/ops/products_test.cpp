// What the golden files of products cannot say: large einsums, writes in place, errors.
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor random(const Shape& shape) {
  Generator generator(7);
  return randn(shape, {.dtype = kFloat64, .generator = &generator});
}

void expect_einsum_error(std::string_view equation, const std::vector<Tensor>& operands,
                         const std::string& part) {
  expect_error([&] { static_cast<void>(einsum(equation, operands)); }, part);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_products)

BOOST_AUTO_TEST_CASE(attention_by_einsum_is_attention_by_matmul) {
  const Tensor q = random({2, 3, 17, 5}).requires_grad_(), k = random({2, 3, 13, 5}).requires_grad_();
  const Tensor scores = einsum("bhqd,bhkd->bhqk", {q, k}), weights = random({2, 3, 17, 13});
  BOOST_TEST(allclose(scores, matmul(q, k.mT())));
  (scores * weights).sum().backward();
  BOOST_TEST(allclose(q.grad(), matmul(weights, k.detach())));
  BOOST_TEST(allclose(k.grad(), matmul(weights.mT(), q.detach())));
}

BOOST_AUTO_TEST_CASE(products_are_added_in_place) {
  const Tensor a = random({2, 3}).requires_grad_(), b = random({3, 2});
  const Tensor y = ones({2, 2}, {.dtype = kFloat64});
  y.addmm_(a, b, {.beta = 2, .alpha = 0.5});
  BOOST_TEST(allclose(y, 2 + 0.5 * matmul(a, b)));
  y.sum().backward();
  BOOST_TEST(allclose(a.grad(), 0.5 * b.sum(1).expand({2, 3})));
  const Tensor z = zeros({2});
  expect_values(z.addmv_(ones({2, 2}), ones({2})), {2, 2});
  expect_values(zeros({2, 2}).addr_(ones({2}), ones({2})), {1, 1, 1, 1});
  expect_values(zeros({1, 1, 1}).baddbmm_(ones({1, 1, 3}), ones({1, 3, 1})), {3});
  expect_values(zeros({1, 1}).addbmm_(ones({2, 1, 3}), ones({2, 3, 1})), {6});
}

BOOST_AUTO_TEST_CASE(einsum_points_at_the_letter_that_does_not_fit) {
  const Tensor x = random({2, 3}), y = random({4, 2});
  expect_einsum_error("ij,jk", {x, y}, "einsum: 'j' in \"ij,jk\" has size 3 in operand 0 and 4 in operand 1");
  expect_einsum_error("ii", {x}, "einsum: 'i' in \"ii\" has size 2 in operand 0 and 3 in operand 0");
  expect_einsum_error("ij->ik", {x}, "einsum: 'k' of the output of \"ij->ik\" is in no operand");
  expect_einsum_error("ij->ii", {x}, "einsum: 'i' is twice in the output of \"ij->ii\"");
  expect_einsum_error("ij,jk", {x}, "einsum: \"ij,jk\" names 2 operands, got 1");
  expect_einsum_error("ijk", {x}, "einsum: operand 0 of shape {2, 3} has 2 dims; \"ijk\" names 3");
  expect_einsum_error("i1", {x}, "einsum: '1' in \"i1\" is not a letter");
  expect_einsum_error("ij->j->i", {x}, "einsum: '-' in \"ij->j->i\" is not a letter");
  expect_einsum_error("...i...", {x}, "has \"...\" twice");
  expect_einsum_error("...ij,...jk", {random({2, 2, 3}), random({3, 3, 2})},
                      "einsum: '...' in \"...ij,...jk\" has size 2 in operand 0 and 3 in operand 1");
  expect_einsum_error("ij,jk", {x, ones({3, 2})},
                      "einsum: operands of float64 and float32; expected one dtype");
}

BOOST_AUTO_TEST_CASE(other_errors_say_what_came_and_what_would_fit) {
  const Tensor x = random({2, 3});
  expect_error([&] { static_cast<void>(mv(x, x)); },
               "mv: expected a matrix and a vector, got {2, 3} and {2, 3}");
  expect_error(
      [&] {
        static_cast<void>(addmm(random({5, 5}), x, x.t()));
      },
      "addmm: an input of shape {5, 5} does not broadcast to the product's {2, 2}");
  expect_error([&] { static_cast<void>(tensordot(x, x, 1)); },
               "tensordot: dim 1 of {2, 3} and dim 0 of {2, 3} have sizes 3");
  expect_error([&] { static_cast<void>(cross(x.t(), x.t(), 1)); },
               "cross: dim 1 of {3, 2} and {3, 2} is not of size 3");
  expect_error([&] { static_cast<void>(matrix_power(x, 2)); },
               "matrix_power: expected square matrices, got {2, 3}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
