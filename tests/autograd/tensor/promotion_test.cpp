// The dtypes of results. Expected: what torch.result_type, promote_types and can_cast of PyTorch 1.13 give, a
// letter for each dtype: bool, uint8, int8 (c), int16 (s), int32 (i), int64 (l), float32, float64 (d).
#include "autograd/tensor/promotion.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string_view>

#include "autograd/ops/create.hpp"

namespace xtape::testing {

namespace {

constexpr std::string_view kLetters = "bucsilfd";
constexpr DType kDTypes[] = {kBool, kUInt8, kInt8, kInt16, kInt32, kInt64, kFloat32, kFloat64};

/// Of two tensors with dims, and of one with dims and one without.
const std::vector<std::string> kPromoted{"bucsilfd", "uussilfd", "cscsilfd", "ssssilfd",
                                         "iiiiilfd", "llllllfd", "fffffffd", "dddddddd"};
const std::vector<std::string> kOutranked{"bucsilfd", "uuuuuufd", "ccccccfd", "ssssssfd",
                                          "iiiiiifd", "llllllfd", "ffffffff", "dddddddd"};

char letter_of(DType dtype) {
  return kLetters[static_cast<std::size_t>(std::ranges::find(kDTypes, dtype) - std::begin(kDTypes))];
}

/// f(a, b) for each dtype a, in rows, and each b.
template <class F>
void expect_table(const F& f, const std::vector<std::string>& rows) {
  for (std::size_t a = 0; a < rows.size(); ++a) {
    std::string row;
    for (const DType b : kDTypes) row += letter_of(f(kDTypes[a], b));
    BOOST_TEST(row == rows[a], "of " << kLetters[a] << " and " << kLetters << " come " << row);
  }
}

Tensor of(DType dtype, const Shape& shape) { return zeros(shape, {.dtype = dtype}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_promotion)

BOOST_AUTO_TEST_CASE(two_dtypes_are_promoted_as_pytorch_does) {
  expect_table(promote_types, kPromoted);
  static_assert(promote_types(kInt64, kFloat32) == kFloat32);
}

BOOST_AUTO_TEST_CASE(tensors_of_one_rank_are_promoted) {
  for (const Shape& shape : {Shape{}, Shape{2}}) {
    expect_table([&](DType a, DType b) { return result_type(of(a, shape), of(b, shape)); }, kPromoted);
  }
}

BOOST_AUTO_TEST_CASE(tensors_with_dims_outrank_those_without) {
  const auto first = [](DType a, DType b) { return result_type(of(a, {2}), of(b, {})); };
  expect_table(first, kOutranked);
  const auto second = [](DType a, DType b) { return result_type(of(b, {}), of(a, {2, 3})); };
  expect_table(second, kOutranked);
}

BOOST_AUTO_TEST_CASE(numbers_promote_only_to_a_higher_category) {
  const std::vector<std::string> rows{"blf", "uuf", "ccf", "ssf", "iif", "llf", "fff", "ddd"};
  for (std::size_t a = 0; a < rows.size(); ++a) {
    for (const Shape& shape : {Shape{}, Shape{2}}) {
      const Tensor x = of(kDTypes[a], shape);
      const std::string row{letter_of(result_type(x, true)), letter_of(result_type(x, 1)),
                            letter_of(result_type(x, 1.0))};
      BOOST_TEST(row == rows[a]);
      BOOST_TEST(name_of(result_type(1.0, x)) == name_of(result_type(x, 1.0)));
    }
  }
  BOOST_TEST(name_of(result_type(true, true)) == "bool");
  BOOST_TEST(name_of(result_type(1, true)) == "int64");
  BOOST_TEST(name_of(result_type(1, 2.5)) == "float32");
}

BOOST_AUTO_TEST_CASE(a_cast_to_a_lower_category_is_refused) {
  const std::vector<std::string> rows{"11111111", "01111111", "01111111", "01111111",
                                      "01111111", "01111111", "00000011", "00000011"};
  for (std::size_t from = 0; from < rows.size(); ++from) {
    std::string row;
    for (const DType to : kDTypes) row += can_cast(kDTypes[from], to) ? '1' : '0';
    BOOST_TEST(row == rows[from], "from " << kLetters[from] << " to " << kLetters << ": " << row);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
