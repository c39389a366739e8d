// PerAxis: which ways of writing one integer, or one for each axis, convert, and to what.
#include "autograd/base/per_axis.hpp"

#include <array>
#include <vector>

#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using detail::PerAxis;

Shape two(const PerAxis& value) { return value.values(2, "conv2d", "stride", 1); }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_per_axis)

BOOST_AUTO_TEST_CASE(one_integer_serves_all_axes) {
  const std::size_t n = 3;
  BOOST_TEST(two(2) == Shape({2, 2}));
  BOOST_TEST(two({2}) == Shape({2, 2}));
  BOOST_TEST(two(n) == Shape({3, 3}));
  BOOST_TEST(PerAxis(4).values(1, "conv1d", "stride", 1) == Shape{4});
}

BOOST_AUTO_TEST_CASE(a_list_has_one_integer_for_each_axis) {
  const std::size_t n = 3;
  BOOST_TEST(two({2, n}) == Shape({2, 3}));
  BOOST_TEST(two(std::vector<int>{2, 1}) == Shape({2, 1}));
  BOOST_TEST(two(std::array<std::int64_t, 2>{2, 1}) == Shape({2, 1}));
  BOOST_TEST(two(Shape({5, 4})) == Shape({5, 4}));
  static_assert(!std::convertible_to<double, PerAxis> && !std::convertible_to<bool, PerAxis> &&
                !std::convertible_to<std::vector<double>, PerAxis>);
}

BOOST_AUTO_TEST_CASE(what_was_left_out_is_empty) {
  struct Options {
    PerAxis stride = {};
    PerAxis padding = 0;
  };
  const Options options{.padding = {1, 2}};
  BOOST_TEST(options.stride.empty());
  BOOST_TEST(!options.padding.empty());
  BOOST_TEST(two(options.padding) == Shape({1, 2}));
}

BOOST_AUTO_TEST_CASE(an_error_names_the_op_and_the_option) {
  BOOST_TEST(error_of([] { two({1, 1, 2}); }) == "conv2d: stride has 3 values, {1, 1, 2}; expected 1 or 2");
  BOOST_TEST(error_of([] {
               PerAxis({1, 1}).values(1, "conv1d", "padding", 0);
             }) == "conv1d: padding has 2 values, {1, 1}; expected 1");
  BOOST_TEST(error_of([] { two({2, 0}); }) == "conv2d: stride is 0; expected 1 or more");
  BOOST_TEST(error_of([] { two(std::int64_t{1} << 40); }) ==
             "conv2d: stride is 1099511627776; expected 2147483647 or less");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
