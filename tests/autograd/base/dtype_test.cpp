// Element types: what is known of each dtype, and that the C++ type says the same.
#include "autograd/base/dtype.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/temporary_files.hpp"

namespace xtape::testing {
namespace {

struct Facts {
  DType dtype;
  std::string_view name;
  std::size_t size;
  int category;  // as PyTorch ranks them: bool, integers, floats
};

/// Names and sizes of PyTorch's dtypes.
constexpr Facts kFacts[] = {{kBool, "bool", 1, 0},       {kUInt8, "uint8", 1, 1},    {kInt8, "int8", 1, 1},
                            {kInt16, "int16", 2, 1},     {kInt32, "int32", 4, 1},    {kInt64, "int64", 8, 1},
                            {kFloat32, "float32", 4, 2}, {kFloat64, "float64", 8, 2}};

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_dtype)

BOOST_AUTO_TEST_CASE(each_dtype_has_its_name_size_and_category) {
  for (const Facts& facts : kFacts) {
    BOOST_TEST(name_of(facts.dtype) == facts.name);
    BOOST_TEST(size_of(facts.dtype) == facts.size);
    BOOST_TEST(detail::category_of(facts.dtype) == facts.category);
    BOOST_TEST(is_floating(facts.dtype) == (facts.category == 2));
    BOOST_TEST(is_integral(facts.dtype) == (facts.category == 1));
  }
}

BOOST_AUTO_TEST_CASE(visit_gives_the_type_that_stores_the_dtype) {
  for (const Facts& facts : kFacts) {
    detail::visit(facts.dtype, [&]<class T>(T zero) {
      BOOST_TEST((dtype_of<T>() == facts.dtype));
      BOOST_TEST(zero == T{});
    });
  }
  static_assert(!is_element_type<char> && !is_element_type<const float> && !is_element_type<long double>);
}

BOOST_AUTO_TEST_CASE(visit_floating_takes_floats_alone_and_names_the_op) {
  for (const Facts& facts : kFacts) {
    const auto visited = [&] {
      detail::visit_floating(facts.dtype, "erf",
                             [&]<class T>(T) { BOOST_TEST((dtype_of<T>() == facts.dtype)); });
    };
    if (is_floating(facts.dtype)) {
      visited();
    } else {
      BOOST_TEST(fails_with(visited, fmt::format("erf: expected float32 or float64, got {}", facts.name)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
