// Tensors from nothing: dtypes, values and errors of the creation functions.
#include <limits>

#include "autograd/tensor/create_by_dtype.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(autograd_create)

BOOST_AUTO_TEST_CASE(the_literals_of_tensor_choose_its_dtype) {
  BOOST_TEST((tensor({1.0, 2.0}).dtype() == kFloat32));
  BOOST_TEST((tensor({1.0f, 2.0f}).dtype() == kFloat32));
  BOOST_TEST((tensor({1, 2, 3}).dtype() == kInt64));
  BOOST_TEST((tensor({true, false}).dtype() == kBool));
  BOOST_TEST((tensor({1, 2.5}).dtype() == kFloat32));
  BOOST_TEST((tensor({true, 2}).dtype() == kInt64));
  BOOST_TEST((tensor({1, 2}, {.dtype = kUInt8}).dtype() == kUInt8));
  BOOST_TEST((tensor(3.0, {.dtype = kFloat64}).dtype() == kFloat64));
}

BOOST_AUTO_TEST_CASE(the_braces_of_tensor_choose_its_shape) {
  BOOST_TEST(tensor(3.0).shape() == Shape());
  BOOST_TEST(tensor({3.0}).shape() == Shape(1));
  BOOST_TEST(tensor({{1.0, 2.0, 3.0}}).shape() == Shape(1, 3));
  BOOST_TEST(tensor({{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}, {{9, 10}, {11, 12}}}).shape() == Shape(3, 2, 2));
  expect_values(tensor({{1.0, 2.0}, {3.0, 4.0}}), {1, 2, 3, 4}, 0);
}

BOOST_AUTO_TEST_CASE(an_empty_list_is_a_float_tensor_of_size_0) {
  const Tensor x = tensor({});
  BOOST_TEST(x.shape() == Shape(0));
  BOOST_TEST((x.dtype() == kFloat32));
}

BOOST_AUTO_TEST_CASE(large_integers_are_exact) {
  const std::int64_t odd = (std::int64_t{1} << 62) + 1;
  BOOST_TEST(tensor({odd}).item<std::int64_t>() == odd);
  BOOST_TEST(full({2}, odd)[1].item<std::int64_t>() == odd);
  BOOST_TEST(arange(odd, odd + 3)[2].item<std::int64_t>() == odd + 2);
}

BOOST_AUTO_TEST_CASE(rows_of_different_lengths_are_an_error) {
  expect_error([] { (void)tensor({{1, 2}, {3}}); }, "tensor: rows of shapes {2} and {1}");
  expect_error([] { (void)tensor({{1.0, 2.0}, 3.0}); }, "tensor: rows of shapes {2} and {}");
}

BOOST_AUTO_TEST_CASE(options_ask_for_a_gradient_on_floating_point_only) {
  BOOST_TEST(tensor({1.0}, {.requires_grad = true}).requires_grad());
  BOOST_TEST(zeros({2}, {.dtype = kFloat64, .requires_grad = true}).requires_grad());
  BOOST_TEST(!zeros({2}).requires_grad());
  expect_error([] { (void)ones({2}, {.dtype = kInt64, .requires_grad = true}); },
               "only floating-point tensors");
}

BOOST_AUTO_TEST_CASE(constants_have_the_dtype_of_their_value) {
  BOOST_TEST((zeros({2, 3}).dtype() == kFloat32));
  BOOST_TEST((full({2, 3}, 0.5).dtype() == kFloat32));
  BOOST_TEST((full({2, 3}, 7).dtype() == kInt64));  // as PyTorch since 1.8
  BOOST_TEST((full({2, 3}, true).dtype() == kBool));
  expect_values(full({2, 2}, 0.5), {0.5, 0.5, 0.5, 0.5}, 0);
  expect_values(ones({3}, {.dtype = kUInt8}), {1, 1, 1}, 0);
  BOOST_TEST(zeros({}).shape() == Shape());
  BOOST_TEST(zeros({0, 3}).numel() == 0);
  BOOST_TEST(empty({2, 3}).shape() == Shape(2, 3));
}

BOOST_AUTO_TEST_CASE(eye_has_ones_on_its_diagonal) {
  expect_values(eye(2), {1, 0, 0, 1}, 0);
  expect_values(eye(2, 3, {.dtype = kInt64}), {1, 0, 0, 0, 1, 0}, 0);
  BOOST_TEST(eye(3, 1).shape() == Shape(3, 1));
  BOOST_TEST(eye(0).shape() == Shape(0, 0));
}

BOOST_AUTO_TEST_CASE(arange_counts_in_the_type_of_its_bounds) {
  BOOST_TEST((arange(0, 10).dtype() == kInt64));
  BOOST_TEST((arange(3.0).dtype() == kFloat32));
  BOOST_TEST((arange(0, 1, 0.25, {.dtype = kFloat64}).dtype() == kFloat64));
  expect_values(arange(4), {0, 1, 2, 3}, 0);
  expect_values(arange(2, 5), {2, 3, 4}, 0);
  expect_values(arange(0, 1, 0.25), {0, 0.25, 0.5, 0.75}, 0);
  expect_values(arange(5, 0, -2), {5, 3, 1}, 0);
  BOOST_TEST(arange(2, 2).shape() == Shape(0));
  expect_error([] { (void)arange(0, 5, -1); }, "arange: a step of -1 does not lead from 0 to 5");
  expect_error([] { (void)arange(0, 5, 0); }, "arange: a step of 0");
  expect_error([] { (void)arange(0.0, std::numeric_limits<double>::infinity()); }, "arange");
}

BOOST_AUTO_TEST_CASE(linspace_meets_both_ends_exactly) {
  expect_values(linspace(-1, 1, 5), {-1, -0.5, 0, 0.5, 1}, 0);
  expect_values(linspace(3, 7, 1), {3}, 0);
  BOOST_TEST(linspace(0, 1, 0).shape() == Shape(0));
  const Tensor x = linspace(0.1, 0.7, 1001, {.dtype = kFloat64});
  BOOST_TEST(x[0].item() == 0.1);
  BOOST_TEST(x[1000].item() == 0.7);
  expect_error([] { (void)linspace(0, 1, -2); }, "linspace: expected at least 0 steps, got -2");
}

BOOST_AUTO_TEST_CASE(the_like_functions_keep_shape_and_dtype) {
  const Tensor x = ones({2, 3}, {.dtype = kFloat64, .requires_grad = true});
  for (const Tensor& y :
       {zeros_like(x), ones_like(x), full_like(x, 2), rand_like(x), randn_like(x), empty_like(x)}) {
    BOOST_TEST(y.shape() == Shape(2, 3));
    BOOST_TEST((y.dtype() == kFloat64));
    BOOST_TEST(!y.requires_grad());
  }
  BOOST_TEST((zeros_like(x, {.dtype = kInt64}).dtype() == kInt64));
  BOOST_TEST((full_like(tensor({1, 2}), 2.5).dtype() == kInt64));
}

BOOST_AUTO_TEST_CASE(the_new_methods_keep_the_dtype_alone) {
  const Tensor x = ones({3}, {.dtype = kFloat64, .requires_grad = true});
  for (const Tensor& y : {x.new_empty({2}), x.new_zeros({2}), x.new_ones({2}), x.new_full({2}, 3)}) {
    BOOST_TEST((y.dtype() == kFloat64 && y.shape() == Shape{2}));
    BOOST_TEST(!y.requires_grad());
  }
  expect_values(x.new_zeros({2}), {0, 0});
  expect_values(x.new_ones({2}), {1, 1});
  expect_values(x.new_full({2}, 3), {3, 3});
  expect_values(x.new_tensor({1, 2}), {1, 2});
  BOOST_TEST((x.new_tensor({1, 2}).dtype() == kFloat64));
  BOOST_TEST((x.new_zeros({2}, {.dtype = kInt32}).dtype() == kInt32));
  BOOST_TEST(x.new_ones({2}, {.requires_grad = true}).requires_grad());
}

BOOST_AUTO_TEST_CASE(a_dtype_may_stand_in_place_of_options) {
  const Shape shape{2, 3};
  const Tensor x = ones({2, 2}, {.requires_grad = true});
  for (const DType dtype : {kFloat64, kFloat, kLong, kInt, kShort, kChar, kByte, kBool}) {
    const Tensor all[] = {zeros({2, 3}, dtype),
                          ones({2, 3}, dtype),
                          full({2, 3}, 1, dtype),
                          empty({2, 3}, dtype),
                          eye(2, dtype),
                          eye(2, 3, dtype),
                          arange(1, dtype),
                          arange(0, 1, dtype),
                          arange(0, 1, 1, dtype),
                          linspace(0, 1, 2, dtype),
                          randint(2, {3}, dtype),
                          randint(0, 2, {3}, dtype),
                          tensor({{1, 0}}, dtype),
                          randperm(2, dtype),
                          zeros_like(x, dtype),
                          ones_like(x, dtype),
                          full_like(x, 1, dtype),
                          empty_like(x, dtype),
                          from_vector(std::vector<int>{1}, {1}, dtype)};
    for (const Tensor& y : all) BOOST_TEST(name_of(y.dtype()) == name_of(dtype));
  }
  BOOST_TEST((rand(shape, kDouble).dtype() == kFloat64));
  BOOST_TEST((randn(shape, kDouble).dtype() == kFloat64));
  BOOST_TEST((zeros(shape, {}).dtype() == kFloat32));  // the options, as before
  BOOST_TEST((zeros(shape, x.options()).requires_grad()));
}

BOOST_AUTO_TEST_CASE(ranges_of_numbers_serve_as_lists_do) {
  BOOST_TEST(tensor(std::array{1.f, 2.f}).shape() == Shape(2));
  const Tensor x = tensor(std::vector<std::vector<float>>{{1, 2, 3}, {4, 5, 6}});
  BOOST_TEST(x.shape() == Shape(2, 3));
  BOOST_TEST((x.dtype() == kFloat32));
  expect_values(x, {1, 2, 3, 4, 5, 6}, 0);
  BOOST_TEST((tensor(std::vector<int>{1, 2}).dtype() == kInt64));
  BOOST_TEST((tensor(std::vector<double>{1, 2}, kFloat64).dtype() == kFloat64));
  BOOST_TEST((tensor(std::vector<bool>{true}).dtype() == kBool));
  BOOST_TEST((tensor(std::vector<float>()).dtype() == kFloat32));
  BOOST_TEST((tensor(std::vector<std::vector<std::int64_t>>()).dtype() == kInt64));
  BOOST_TEST(tensor({std::vector<int>{1, 2}, std::vector<int>{3, 4}}).shape() == Shape(2, 2));
  BOOST_TEST(tensor({{}, {}}).shape() == Shape(2, 0));
  const std::vector<std::vector<int>> ragged{{1, 2}, {3}};
  expect_error([&] { (void)tensor(ragged); }, "rows of shapes {2} and {1} stand side by side");
}

BOOST_AUTO_TEST_CASE(from_vector_keeps_the_types_of_its_values) {
  std::vector<float> values{1, 2, 3, 4, 5, 6};
  const Tensor x = from_vector(values, {2, 3});
  values[0] = 100;
  expect_values(x, {1, 2, 3, 4, 5, 6}, 0);
  BOOST_TEST((x.dtype() == kFloat32));
  BOOST_TEST((from_vector(std::vector<double>{1}, {1}).dtype() == kFloat64));
  BOOST_TEST((from_vector(std::vector<std::uint8_t>{1}, {1}).dtype() == kUInt8));
  BOOST_TEST((from_vector(std::vector<std::int8_t>{-1}, {1}).dtype() == kInt8));
  BOOST_TEST((from_vector(std::vector<std::int16_t>{-1}, {1}).dtype() == kInt16));
  BOOST_TEST((from_vector(std::vector<bool>{true, false}, {2}).dtype() == kBool));
  BOOST_TEST((from_vector(std::vector<int>{1, 2}, {2}).dtype() == kInt64));
  BOOST_TEST((from_vector(std::vector<int>{1, 2}, {2}, {.dtype = kFloat64}).dtype() == kFloat64));
  expect_error([&] { (void)from_vector(values, {2, 2}); }, "from_vector: 6 values do not fill shape {2, 2}");
}

BOOST_AUTO_TEST_CASE(a_shape_is_made_of_any_integers) {
  const std::size_t rows = 2;
  const std::int64_t columns = 3;
  BOOST_TEST(zeros({rows, columns, 4}).shape() == Shape(2, 3, 4));
  BOOST_TEST(zeros(std::vector<int>{2, 3}).shape() == Shape(2, 3));
  BOOST_TEST(zeros(5).shape() == Shape(5));
  BOOST_TEST(fmt::format("{}", zeros({rows, columns}).shape()) == "{2, 3}");
}

BOOST_AUTO_TEST_CASE(impossible_shapes_are_errors) {
  expect_error([] { (void)zeros({2, -1}); }, "{2, -1}");
  expect_error([] { (void)empty({std::int64_t{1} << 40, std::int64_t{1} << 40}); }, "too many elements");
  expect_error([] { (void)zeros({1, 1, 1, 1, 1, 1, 1, 1}).unsqueeze(0); }, "at most 8 dims");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
