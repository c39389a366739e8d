// Tensors seen as xtensor expressions without a copy, and xtensor expressions copied into tensors.
#include <xtensor/xbuilder.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

#include "autograd/tensor/xtensor.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(autograd_interop)

BOOST_AUTO_TEST_CASE(an_xtensor_view_shares_the_buffer) {
  const Tensor x = tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}});
  auto view = as_xtensor<float>(x);
  BOOST_TEST(view.dimension() == 2u);
  BOOST_TEST(view.shape(1) == 3u);
  BOOST_TEST(&view(0, 0) == x.data<float>());
  view(1, 2) = 60;
  expect_values(x, {1, 2, 3, 4, 5, 60}, 0);
  x[0] += 10;
  BOOST_TEST(view(0, 1) == 12);
  xt::row(view, 0) *= 2;
  expect_values(x, {22, 24, 26, 4, 5, 60}, 0);
}

BOOST_AUTO_TEST_CASE(strided_tensors_are_seen_as_they_are) {
  const Tensor x = arange(0.0, 24.0).reshape({2, 3, 4});
  const Tensor y = x.transpose(0, 2).slice(0, 0, 4, 2);  // {2, 3, 2}
  auto view = as_xtensor<float>(y);
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 2; ++k) BOOST_TEST(view(i, j, k) == y[i][j][k].item());
    }
  }
  view(1, 2, 1) = -1;
  BOOST_TEST(x[1][2][2].item() == -1);
  BOOST_TEST(as_xtensor<float>(x[1])(0, 0) == 12);  // an offset
}

BOOST_AUTO_TEST_CASE(expanded_tensors_repeat_in_the_view) {
  const Tensor x = tensor({{1.0}, {2.0}}).expand({2, 3});
  const auto view = as_xtensor<float>(x);
  BOOST_TEST(xt::sum(view)() == 9);
  BOOST_TEST(view(1, 2) == 2);
}

BOOST_AUTO_TEST_CASE(scalars_and_empty_tensors_have_views) {
  const Tensor x = tensor(2.5);
  BOOST_TEST(as_xtensor<float>(x)() == 2.5f);
  BOOST_TEST(as_xtensor<float>(zeros({0, 3})).size() == 0u);
}

BOOST_AUTO_TEST_CASE(the_element_type_must_fit) {
  expect_error([] { (void)as_xtensor<double>(zeros({2})); },
               "as_xtensor: the tensor holds float32, not float64");
  expect_error([] { (void)as_xtensor<float>(tensor({1, 2})); }, "int64");
  BOOST_TEST(as_xtensor<std::int64_t>(tensor({1, 2}))(1) == 2);
  BOOST_TEST(as_xtensor<bool>(tensor({true, false}))(0) == true);
  BOOST_TEST(as_xtensor<std::uint8_t>(tensor({1, 2}, {.dtype = kUInt8}))(1) == 2);
}

BOOST_AUTO_TEST_CASE(an_expression_is_copied) {
  const Tensor x = tensor({{0.5, 1.0}, {1.5, 2.0}}, {.dtype = kFloat64});
  const auto view = as_xtensor<double>(x);
  const Tensor y = from_xtensor(xt::sin(view));
  const Tensor z = from_xtensor(xt::eval(xt::sin(view)));
  x.zero_();
  expect_values(y, {std::sin(0.5), std::sin(1.0), std::sin(1.5), std::sin(2.0)}, 1e-15);
  expect_values(z, y.to_vector<double>(), 0);
  BOOST_TEST(y.shape() == Shape(2, 2));
  BOOST_TEST((y.dtype() == kFloat64));
}

BOOST_AUTO_TEST_CASE(views_and_layouts_are_copied_in_row_major_order) {
  const xt::xarray<int> numbers = xt::arange<int>(6).reshape({2, 3});
  expect_values(from_xtensor(numbers), {0, 1, 2, 3, 4, 5}, 0);
  expect_values(from_xtensor(xt::transpose(numbers)), {0, 3, 1, 4, 2, 5}, 0);
  const xt::xarray<double, xt::layout_type::column_major> columns = {{1, 2}, {3, 4}};
  expect_values(from_xtensor(columns), {1, 2, 3, 4}, 0);
  BOOST_TEST((from_xtensor(numbers).dtype() == kInt64));
  BOOST_TEST((from_xtensor(numbers > 2).dtype() == kBool));
  BOOST_TEST((from_xtensor(xt::xarray<float>({1, 2})).dtype() == kFloat32));
  BOOST_TEST(from_xtensor(columns, {.dtype = kFloat32, .requires_grad = true}).requires_grad());
}

BOOST_AUTO_TEST_CASE(a_tensor_goes_there_and_back) {
  const Tensor x = randn({3, 4}, {.dtype = kFloat64});
  expect_values(from_xtensor(as_xtensor<double>(x.t())), x.t().to_vector<double>(), 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
