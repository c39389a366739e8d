// clip_grad_norm_ and clip_grad_value_.
#include "nn/utils/clip_grad.hpp"

#include <limits>

#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

const double kInf = std::numeric_limits<double>::infinity();

Tensor with_gradient(const std::vector<double>& gradient) {
  const Tensor p = zeros({gradient.size()}, {.dtype = kFloat64, .requires_grad = true});
  p.set_grad(from_vector(gradient, {gradient.size()}));
  return p;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_clip_grad)

BOOST_AUTO_TEST_CASE(gradients_are_scaled_to_the_norm_of_all_together) {
  const Tensor a = with_gradient({3, 0}), b = with_gradient({-4});
  BOOST_TEST(nn::utils::clip_grad_norm_({a, b}, 1.0) == 5.0);
  const double scale = 1 / (5 + 1e-6);
  expect_values(a.grad(), {3 * scale, 0}, 1e-12);
  expect_values(b.grad(), {-4 * scale}, 1e-12);
}

BOOST_AUTO_TEST_CASE(small_gradients_stay_as_they_are) {
  const Tensor a = with_gradient({3, 4});
  BOOST_TEST(nn::utils::clip_grad_norm_({a}, 10) == 5.0);
  expect_values(a.grad(), {3, 4}, 0);
}

BOOST_AUTO_TEST_CASE(the_norm_may_be_of_another_power) {
  const std::vector<Tensor> params{with_gradient({3, -4}), with_gradient({1})};
  BOOST_TEST(nn::utils::clip_grad_norm_(params, 100, 1) == 8.0);
  BOOST_TEST(nn::utils::clip_grad_norm_(params, 100, kInf) == 4.0);
  BOOST_TEST(nn::utils::clip_grad_norm_(params, 100, {.norm_type = 3}) == std::cbrt(27.0 + 64 + 1),
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(parameters_without_a_gradient_are_left_out) {
  const Tensor none = ones({2}, {.requires_grad = true});
  BOOST_TEST(nn::utils::clip_grad_norm_({none}, 1) == 0.0);
  BOOST_TEST(nn::utils::clip_grad_norm_({none, with_gradient({2})}, 5) == 2.0);
}

BOOST_AUTO_TEST_CASE(a_norm_that_is_not_finite_is_shown_or_refused) {
  BOOST_TEST(std::isnan(nn::utils::clip_grad_norm_({with_gradient({std::nan(""), 1})}, 1)));
  BOOST_TEST(std::isnan(nn::utils::clip_grad_norm_({with_gradient({std::nan(""), 1})}, 1, kInf)));
  expect_error([] { nn::utils::clip_grad_norm_({with_gradient({kInf})}, 1, {.error_if_nonfinite = true}); },
               "clip_grad_norm_: the norm of the gradients is inf");
  expect_error([] { nn::utils::clip_grad_norm_({with_gradient({1})}, 1, -1.0); }, "norm_type is -1");
}

BOOST_AUTO_TEST_CASE(values_are_clamped_one_by_one) {
  const Tensor a = with_gradient({3, -0.5, -2});
  nn::utils::clip_grad_value_({a}, 1);
  expect_values(a.grad(), {1, -0.5, -1}, 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
