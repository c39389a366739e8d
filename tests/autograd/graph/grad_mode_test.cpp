// What is recorded: guards, requires_grad, detach, and the guard that finds NaN gradients.
#include <thread>

#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_grad_mode)

BOOST_AUTO_TEST_CASE(guards_nest_and_restore) {
  BOOST_TEST(grad_enabled());
  {
    const NoGradGuard off;
    BOOST_TEST(!grad_enabled());
    {
      const EnableGradGuard on;
      BOOST_TEST(grad_enabled());
      {
        const AutoGradMode mode(false);
        BOOST_TEST(!grad_enabled());
      }
      BOOST_TEST(grad_enabled());
    }
    const NoGradGuard again;
    BOOST_TEST(!grad_enabled());
  }
  BOOST_TEST(grad_enabled());
}

BOOST_AUTO_TEST_CASE(a_guard_restores_when_an_exception_passes) {
  try {
    const NoGradGuard off;
    throw Error("out");
  } catch (const Error&) {}
  BOOST_TEST(grad_enabled());
}

BOOST_AUTO_TEST_CASE(the_mode_belongs_to_its_thread) {
  const NoGradGuard off;
  bool elsewhere = false;
  std::thread([&] { elsewhere = grad_enabled(); }).join();
  BOOST_TEST(elsewhere);
  BOOST_TEST(!grad_enabled());
}

BOOST_AUTO_TEST_CASE(nothing_is_recorded_under_a_guard) {
  const Tensor x = leaf({1, 2});
  const NoGradGuard off;
  const Tensor y = x * 2;
  BOOST_TEST(!y.requires_grad());
  BOOST_TEST(y.is_leaf());
  BOOST_TEST(x.requires_grad());
  const EnableGradGuard on;
  BOOST_TEST((x * 2).requires_grad());
}

BOOST_AUTO_TEST_CASE(backward_works_under_a_guard) {
  const Tensor x = leaf({3});
  const Tensor y = sum(x * x);
  const NoGradGuard off;
  y.backward();
  expect_values(x.grad(), {6});
}

BOOST_AUTO_TEST_CASE(requires_grad_spreads_from_inputs_to_outputs) {
  const Tensor x = leaf({1, 2}), c = tensor({1.0, 2.0});
  BOOST_TEST((x + c).requires_grad());
  BOOST_TEST(!(c + c).requires_grad());
  BOOST_TEST(!(x > 1).requires_grad());
  BOOST_TEST(!x.to(kInt64).requires_grad());
  BOOST_TEST(!argmax(x).requires_grad());
  BOOST_TEST((x + c).grad_fn() == "add");
  BOOST_TEST(x.grad_fn() == "");
}

BOOST_AUTO_TEST_CASE(requires_grad_can_be_switched_on_leaves_only) {
  const Tensor x = tensor({1.0, 2.0});
  BOOST_TEST(x.requires_grad_().requires_grad());
  BOOST_TEST(!x.requires_grad_(false).requires_grad());
  x.requires_grad_();
  const Tensor y = x * 2;
  y.requires_grad_();
  expect_error([&] { y.requires_grad_(false); }, "computed by mul_scalar; use detach()");
}

BOOST_AUTO_TEST_CASE(integers_have_no_gradient) {
  expect_error(
      [] {
        tensor({1, 2}).requires_grad_();
      },
      "only floating-point tensors have gradients, this is int64");
  expect_error([] { tensor({true}).requires_grad_(); }, "this is bool");
  BOOST_TEST(!tensor({1, 2}).requires_grad_(false).requires_grad());
}

BOOST_AUTO_TEST_CASE(detach_cuts_the_history_and_shares_the_values) {
  const Tensor x = leaf({3});
  const Tensor y = x * x;
  const Tensor d = y.detach();
  BOOST_TEST(!d.requires_grad());
  BOOST_TEST(d.is_leaf());
  BOOST_TEST(d.raw() == y.raw());
  sum(y * d).backward();  // d counts as a constant 9
  expect_values(x.grad(), {54});
}

BOOST_AUTO_TEST_CASE(an_anomaly_names_the_op_and_the_one_before_it) {
  const Tensor x = leaf({0, 4});
  const DetectAnomalyGuard anomaly;
  const std::string text = error_of([&] { sum(sqrt(x * 1)).backward(); });  // 1 / (2 sqrt 0) is infinite
  for (const char* part : {"anomaly", "sqrt", "mul", "input 0", "NaN or Inf", "{2}"}) {
    BOOST_CHECK_MESSAGE(text.find(part) != std::string::npos, text << " does not hold " << part);
  }
  expect_error([&] { sum(sqrt(x)).backward(); }, "a leaf");
  BOOST_TEST(!x.grad().defined());
}

BOOST_AUTO_TEST_CASE(without_the_guard_infinite_gradients_pass) {
  const Tensor x = leaf({0, 4});
  {
    const DetectAnomalyGuard anomaly;
    sum(x * 2).backward();  // finite: no error
  }
  sum(sqrt(x)).backward();
  expect_values(x.grad(), {INFINITY, 2.25});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
