// The gradient checker: that it finds wrong gradients of every kind, what it says, and what it refuses.
#include "autograd/check/gradcheck.hpp"

#include "autograd/graph/record.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

/// y = x^3 with a vjp that is wrong in a way of its own. Without cases, so that only these tests check it.
enum class Fault { none, sign, factor, scaled_term, order_2 };

template <Fault fault>
struct WrongCube {
  static constexpr std::string_view name = "test.wrong_cube";
  static constexpr op::Reads reads = op::Reads::inputs;

  Tensor forward(const Tensor& x) const { return x * x * x; }
  void vjp(const op::Inputs& x, const Tensor&, const Tensor& g, op::Wrt& wrt) const {
    wrt(0, [&] {
      switch (fault) {
        case Fault::sign: return -3 * square(x[0]) * g;
        case Fault::factor: return square(x[0]) * g;
        case Fault::scaled_term: return 3.01 * square(x[0]) * g;
        case Fault::order_2: return 3 * x[0] * x[0].detach() * g;
        default: return 3 * square(x[0]) * g;
      }
    });
  }
  static op::Cases<WrongCube> cases() { return {}; }
};

template <Fault fault>
Tensor wrong_cube(const std::vector<Tensor>& x) {
  return record(WrongCube<fault>{}, x[0]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_gradcheck)

BOOST_AUTO_TEST_CASE(a_right_gradient_passes_at_both_orders) {
  const GradcheckResult first = gradcheck(wrong_cube<Fault::none>, {leaf({0.5, -1.5})});
  BOOST_TEST(first.ok, first.message);
  const GradcheckResult second = gradgradcheck(wrong_cube<Fault::none>, {leaf({0.5, -1.5})});
  BOOST_TEST(second.ok, second.message);
}

BOOST_AUTO_TEST_CASE(a_wrong_sign_is_found) {
  BOOST_TEST(!gradcheck(wrong_cube<Fault::sign>, {leaf({0.5})}).ok);
}

BOOST_AUTO_TEST_CASE(a_missing_factor_is_found) {
  BOOST_TEST(!gradcheck(wrong_cube<Fault::factor>, {leaf({0.5})}).ok);
}

BOOST_AUTO_TEST_CASE(a_factor_wrong_by_a_third_of_a_percent_is_found) {
  BOOST_TEST(!gradcheck(wrong_cube<Fault::scaled_term>, {leaf({0.5})}).ok);
}

BOOST_AUTO_TEST_CASE(a_detached_factor_is_found_at_order_2_only) {
  BOOST_TEST(gradcheck(wrong_cube<Fault::order_2>, {leaf({0.5})}).ok);
  BOOST_TEST(!gradgradcheck(wrong_cube<Fault::order_2>, {leaf({0.5})}).ok);
}

BOOST_AUTO_TEST_CASE(the_message_names_input_element_and_both_values) {
  const TensorFunction f = [](const std::vector<Tensor>& x) {
    return x[0] + record(WrongCube<Fault::sign>{}, x[1] * tensor({{0, 0}, {0, 1}}));
  };
  const GradcheckResult result = gradcheck(f, {leaf({{1, 1}, {1, 1}}), leaf({{2, 2}, {2, 2}})});
  BOOST_TEST(!result);
  // the numeric value is 12 but for rounding, the analytic one -12
  BOOST_TEST(result.message.starts_with("input 1, element {1, 1}, output element 3: numeric 1"),
             result.message);
  BOOST_TEST(result.message.ends_with("analytic -12"), result.message);
}

BOOST_AUTO_TEST_CASE(float32_is_refused) {
  const Tensor x = tensor({1.0}, {.requires_grad = true});
  expect_error([&] { (void)gradcheck(wrong_cube<Fault::none>, {x}); }, "gradcheck: input 0 is float32");
  expect_error([&] { (void)gradgradcheck(wrong_cube<Fault::none>, {x}); }, "to(kFloat64)");
}

BOOST_AUTO_TEST_CASE(a_function_that_is_not_deterministic_is_refused) {
  const TensorFunction f = [](const std::vector<Tensor>& x) { return x[0] * rand({2}, {.dtype = kFloat64}); };
  expect_error([&] { (void)gradcheck(f, {leaf({1, 2})}); }, "two results for the same inputs");
  expect_error([&] { (void)gradgradcheck(f, {leaf({1, 2})}); }, "two results");
}

BOOST_AUTO_TEST_CASE(only_inputs_that_require_grad_are_checked) {
  const TensorFunction f = [](const std::vector<Tensor>& x) { return x[0] * x[1].detach(); };
  const Tensor free = tensor({3.0}, {.dtype = kFloat64});
  BOOST_TEST(gradcheck(f, {leaf({2}), free}).ok);
  BOOST_TEST(!gradcheck(f, {leaf({2}), leaf({3})}).ok);
  BOOST_TEST(!gradcheck(f, {free, free}).ok);  // none requires grad, so all are checked
}

BOOST_AUTO_TEST_CASE(integer_inputs_are_handed_on_unchecked) {
  const TensorFunction f = [](const std::vector<Tensor>& x) { return index_select(x[0], 0, x[1]) * 2; };
  BOOST_TEST(gradcheck(f, {leaf({1, 2, 3}), tensor({2, 0, 2})}).ok);
}

BOOST_AUTO_TEST_CASE(a_wrong_constant_gradient_is_found) {
  // Cut off from the graph altogether: the analytic gradient is zero, the numeric one is not.
  const TensorFunction cut = [](const std::vector<Tensor>& x) { return x[0].detach() * 2; };
  BOOST_TEST(!gradcheck(cut, {leaf({1})}).ok);
  const TensorFunction constant = [](const std::vector<Tensor>& x) { return ones_like(x[0]); };
  BOOST_TEST(gradcheck(constant, {leaf({1})}).ok);
}

BOOST_AUTO_TEST_CASE(tolerances_are_those_of_the_options) {
  const std::vector<Tensor> x{leaf({0.5})};
  BOOST_TEST(gradcheck(wrong_cube<Fault::scaled_term>, x, {.rtol = 1e-2}).ok);
  BOOST_TEST(gradcheck(wrong_cube<Fault::scaled_term>, x, {.atol = 1e-2}).ok);
  BOOST_TEST(gradcheck(wrong_cube<Fault::none>, x, {.eps = 1e-4, .atol = 1e-7, .rtol = 0}).ok);
}

BOOST_AUTO_TEST_CASE(the_inputs_are_left_as_they_were) {
  const Tensor x = leaf({0.5, 0.25});
  BOOST_TEST(gradgradcheck(wrong_cube<Fault::none>, {x}).ok);
  expect_values(x, {0.5, 0.25}, 0);
  BOOST_TEST(!x.grad().defined());
  BOOST_TEST(x.version() == 0u);
}

BOOST_AUTO_TEST_CASE(strided_and_empty_inputs_are_checked) {
  const TensorFunction f = [](const std::vector<Tensor>& x) { return matmul(x[0], x[0].t()); };
  const Tensor x = tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}, {.dtype = kFloat64}).t().requires_grad_();
  const GradcheckResult result = gradcheck(f, {x});
  BOOST_TEST(result.ok, result.message);
  BOOST_TEST(gradcheck(f, {zeros({0, 3}, {.dtype = kFloat64})}).ok);
}

BOOST_AUTO_TEST_CASE(numerical_gradient_is_a_central_difference) {
  const TensorFunction f = [](const std::vector<Tensor>& x) { return x[0] * x[0] * x[1].to(kFloat64); };
  const std::vector<Tensor> gs = numerical_gradient(f, {leaf({1, -2, 3}), tensor({1, 2, 3})});
  expect_values(gs[0], {2, -8, 18}, 1e-8);
  BOOST_TEST(!gs[1].defined());
  // Of x^3 with a step of 0.5 it is 3 x^2 + 0.25, exactly.
  expect_values(numerical_gradient(wrong_cube<Fault::none>, {leaf({2})}, 0.5)[0], {12.25}, 1e-15);
  BOOST_TEST((numerical_gradient(f, {tensor({1.0}), tensor({1})})[0].dtype() == kFloat64));
}

BOOST_AUTO_TEST_CASE(relative_error_is_the_worst_of_the_elements) {
  BOOST_TEST(relative_error(tensor({1.0, 2.0}), tensor({1.0, 2.0})) == 0);
  BOOST_TEST(relative_error(leaf({1, 10}), leaf({3, 10})) == 0.5);  // 2 / (1 + 3)
  BOOST_TEST(relative_error(leaf({1}), leaf({-1})) == 1);
  BOOST_TEST(relative_error(leaf({0}), leaf({1e-9})) == 0.1,
             boost::test_tools::tolerance(1e-12));  // over 1e-8
  BOOST_TEST(relative_error(zeros({0}), zeros({0})) == 0);
  BOOST_TEST(std::isnan(relative_error(leaf({NAN, 1}), leaf({1, 1}))));
  expect_error([] { (void)relative_error(zeros({2}), zeros({3})); },
               "relative_error: shapes {2} and {3} differ");
}

BOOST_AUTO_TEST_CASE(norm_relative_error_compares_euclidean_norms) {
  BOOST_TEST(norm_relative_error(leaf({3, 4}), leaf({0, 0})) == 1);
  BOOST_TEST(norm_relative_error(leaf({3, 4}), leaf({6, 8})) == 5.0 / 15,
             boost::test_tools::tolerance(1e-15));
  BOOST_TEST(norm_relative_error(leaf({0, 0}), leaf({0, 0})) == 0);
  expect_error([] { (void)norm_relative_error(zeros({2}), zeros({3})); }, "norm_relative_error");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
