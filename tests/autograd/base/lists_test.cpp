// Lists as arguments and options take them: which ways of writing one convert, and to what.
#include "autograd/base/lists.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <concepts>

namespace xtape::testing {

namespace {

using detail::Integers;
using detail::OneOrMore;

std::vector<std::int64_t> integers(const Integers& list) { return list.values(); }
std::vector<double> numbers(const OneOrMore<double>& list) { return list.values(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_lists)

BOOST_AUTO_TEST_CASE(integers_are_of_any_types_and_of_any_number) {
  const std::size_t n = 3;
  const std::vector<std::int64_t> expected{2, 3};
  BOOST_TEST(integers({2, 3}) == expected);
  BOOST_TEST(integers({2, n}) == expected);
  BOOST_TEST(integers({n}) == std::vector<std::int64_t>{3});
  BOOST_TEST(integers({}).empty());
  BOOST_TEST(integers(std::vector<int>{2, 3}) == expected);
  BOOST_TEST(integers(std::array<std::uint8_t, 2>{2, 3}) == expected);
  BOOST_TEST(integers({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}).size() == 10u);
  static_assert(!std::convertible_to<int, Integers> && !std::convertible_to<std::vector<double>, Integers>);
}

BOOST_AUTO_TEST_CASE(one_value_stands_for_a_list_of_one) {
  BOOST_TEST(numbers(2) == std::vector<double>{2});
  BOOST_TEST(numbers({1, 2.5f}) == (std::vector<double>{1, 2.5}));
  BOOST_TEST(numbers({}).empty());
  BOOST_TEST(numbers(std::vector<float>{0.5f}) == std::vector<double>{0.5});
  OneOrMore<double> list = 1;
  const OneOrMore<double> copy = list;
  list = {2, 3};
  BOOST_TEST(list[1] == 3.0);
  BOOST_TEST(numbers(copy) == std::vector<double>{1});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
