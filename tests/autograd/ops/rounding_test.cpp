// Division to whole numbers beyond what the golden files hold: spellings, writes in place, and what is
// refused.
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(autograd_rounding)

BOOST_AUTO_TEST_CASE(division_takes_its_rounding_by_name_or_by_position) {
  const Tensor a = tensor({7, -7, 6}), b = tensor({2, 2, -4});
  expect_values(a.div(b, {.rounding_mode = "floor"}), {3, -4, -2});
  expect_values(div(a, b, "trunc"), {3, -3, -1});
  expect_values(a.div(2, "floor"), {3, -4, 3});
  expect_values(a.floor_divide(b), {3, -4, -2});
  expect_values(floor_divide(a, 4), {1, -2, 1});
  expect_values(a.div(b, DivOptions{}), {3.5, -3.5, -1.5});
  BOOST_TEST((div(a, 2, {.rounding_mode = "trunc"}).dtype() == kInt64));
}

BOOST_AUTO_TEST_CASE(rounded_division_writes_in_place) {
  const Tensor x = tensor({7.0, -7.0});
  expect_values(x.floor_divide_(2), {3, -4});
  expect_values(x.div_(tensor({2.0, 3.0}), {.rounding_mode = "trunc"}), {1, -1});
  expect_values(x.div_(2, {}), {0.5, -0.5});
  expect_values(tensor({7, -7}).div_(2, {.rounding_mode = "floor"}), {3, -4});
}

BOOST_AUTO_TEST_CASE(rounded_division_refuses_what_has_no_quotient) {
  const Tensor a = tensor({1, 2});
  expect_error([&] { return floor_divide(a, tensor({1, 0})); }, "floor_divide: an integer is divided by 0");
  expect_error([&] { return div(a, 0, "trunc"); }, "trunc_divide: an integer is divided by 0");
  expect_error([&] { return floor_divide(a == 1, a == 2); },
               "floor_divide: not defined for two bool tensors");
  expect_error([&] { return div(a, a, {.rounding_mode = "up"}); },
               "div: rounding_mode is \"up\"; expected \"floor\", \"trunc\" or none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
