// Numbers that a dtype does not hold, integers beyond the 53 bits of a double, and sizes at the end of int64.
// Expected results are PyTorch 1.13's.
#include <cstdint>
#include <limits>

#include "autograd/check/gradcheck.hpp"
#include "autograd/tensor/tensor.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const TensorOptions kBytes{.dtype = kUInt8};
const TensorOptions kIntegers{.dtype = kInt64};

void expect_integers(const Tensor& x, const std::vector<std::int64_t>& expected) {
  BOOST_TEST(x.to_vector<std::int64_t>() == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_numbers)

BOOST_AUTO_TEST_CASE(integers_beyond_53_bits_are_exact) {
  const std::int64_t big = (std::int64_t{1} << 60) + 1;
  expect_integers(clamp(tensor({5, -3}), 0, kMost), {5, 0});
  expect_integers(clamp(tensor({5, -3}), kLeast, 4), {4, -3});
  expect_integers(clamp(tensor({big}), big - 1, big + 1), {big});
  expect_integers(maximum(tensor({big}), big + 1), {big + 1});
  expect_integers(tensor({big}) + 1, {big + 1});
  expect_integers(masked_fill(tensor({0}), tensor({true}), big), {big});
  expect_integers(pad(tensor({0}), {1, 0}, big), {big, 0});
  BOOST_TEST((tensor({kMost}) == kMost - 1).item<bool>() == false);
  BOOST_TEST(!allclose(tensor({big}), tensor({big + 1}), {.rtol = 0, .atol = 0}));
  BOOST_TEST(allclose(tensor({big}), tensor({big + 1}), {.rtol = 0, .atol = 1}));
  BOOST_TEST(allclose(tensor({kMost}), tensor({kMost}), {.rtol = 0, .atol = 0}));
  BOOST_TEST(!allclose(tensor({kMost}), tensor({kLeast})));
  BOOST_TEST(to_string(tensor({big, kMost, kLeast})) ==
             "tensor([ 1152921504606846977,  9223372036854775807, -9223372036854775808])");
}

BOOST_AUTO_TEST_CASE(a_number_that_is_stored_must_fit_the_dtype) {
  expect_error([] { (void)full({1}, 300, kBytes); },
               "full: the number 300 does not fit in an integer of 8 bits");
  expect_error([] { (void)zeros({1}, kBytes).fill_(300); }, "fill_: the number 300");
  expect_error([] { (void)masked_fill(zeros({1}, kBytes), tensor({true}), 300); },
               "masked_fill: the number 300");
  expect_error([] { (void)pad(zeros({1}, kBytes), {1, 1}, 300); }, "pad: the number 300");
  expect_error([] { (void)tensor({300}, kBytes); }, "tensor: the number 300");
  expect_error([] { (void)clamp(tensor({44}, kBytes), 0, 300); }, "clamp: the number 300");
  expect_error([] { (void)where(tensor({true}), tensor({1}, kBytes), 300); }, "the number 300");
  expect_error([] { (void)full({1}, kNan, kIntegers); },
               "full: the number nan does not fit in an integer of 64 bits");
  expect_error([] { (void)full({1}, 1e300, kIntegers); }, "full: the number 1e+300");
  expect_error([] { (void)full({1}, 0x1p63, kIntegers); }, "full");
  expect_error([] { (void)full({1}, 1e300, {.dtype = kFloat32}); }, "does not fit in a float of 32 bits");
  expect_error([] { (void)tensor({kInfinity}, kIntegers); }, "tensor: the number inf");
  expect_error([] { (void)randint(0, 300, {2}, kBytes); },
               "randint: numbers from 0 up to 299 do not fit uint8");
  expect_error([] { (void)randint(-1, 2, {2}, kBytes); }, "randint");
  expect_error([] { (void)randint(0, 3, {2}, {.dtype = kBool}); }, "randint");

  expect_integers(full({1}, -1, kBytes), {255});  // negative numbers wrap once around
  expect_integers(full({1}, 1.7, kBytes), {1});
  expect_integers(full({1}, 2.5, {.dtype = kBool}), {1});
  expect_integers(full({1}, -0x1p63, kIntegers), {kLeast});
  expect_integers(masked_fill(zeros({1}, kIntegers), tensor({true}), 1.5), {1});
  expect_integers(masked_fill(zeros({1}, kIntegers), tensor({true}), tensor(1.5)), {1});
  expect_integers(pad(zeros({1}, kIntegers), {1, 1}, 1.5), {1, 0, 1});
  expect_integers(randint(255, 256, {2}, kBytes), {255, 255});
  BOOST_TEST(std::isinf(full({1}, kInfinity).item()));
}

BOOST_AUTO_TEST_CASE(arithmetic_of_integers_wraps) {
  expect_integers(ones({1}, kBytes) + 300, {45});
  expect_integers(zeros({1}, kBytes) - 1, {255});
  expect_integers(full({1}, 44, kBytes) * 300, {144});
}

BOOST_AUTO_TEST_CASE(an_item_must_fit_the_type_asked_for) {
  expect_error([] { (void)tensor({kNan}).item<std::int64_t>(); }, "item: the number nan");
  expect_error([] { (void)tensor({1e30}).item<std::int64_t>(); }, "item: the number 1");
  expect_error([] { (void)tensor({std::int64_t{1} << 40}).item<int>(); }, "item: the number 1099511627776");
  expect_error([] { (void)tensor({1e300}, {.dtype = kFloat64}).item<float>(); }, "a float of 32 bits");
  BOOST_TEST(tensor({2.75}).item<int>() == 2);
  BOOST_TEST(tensor({-1}).item<std::int64_t>() == -1);
  BOOST_TEST(tensor({kNan}).item<bool>());
  BOOST_TEST(tensor({0x1p63}, {.dtype = kFloat64}).item<std::uint64_t>() == std::uint64_t{1} << 63);
}

BOOST_AUTO_TEST_CASE(unsigned_numbers_beyond_int64_are_an_error) {
  constexpr auto kGreatest = std::numeric_limits<std::uint64_t>::max();
  expect_error([] { (void)full({1}, kGreatest); }, "Scalar: the number 18446744073709551615");
  expect_error([] { (void)(ones({1}) * kGreatest); }, "Scalar: the number 18446744073709551615");
  expect_integers(tensor({std::uint64_t{kMost}}), {kMost});
}

BOOST_AUTO_TEST_CASE(ranges_that_no_tensor_holds_are_an_error) {
  expect_error([] { (void)arange(0., 1e300, 1e-300); }, "arange");
  expect_error([] { (void)arange(-1e308, 1e308, 1e300 * 1e-320); }, "arange");
  BOOST_TEST(arange(1e300, 1e300, 1e-300).numel() == 0);
  expect_error([] { (void)arange(1e-200, 0., 1e-200); }, "does not lead");
  BOOST_TEST(arange(-1e308, 1e308, 1e307).numel() == 20);
  expect_error([] { (void)arange(kLeast, kMost); }, "arange: the range from");
  expect_integers(arange(kMost - 2, kMost), {kMost - 2, kMost - 1});
  expect_integers(arange(kLeast + 1, kLeast, -1), {kLeast + 1});
  expect_error([] { (void)randperm(std::int64_t{1} << 61); }, "out of memory");
  expect_error([] { (void)linspace(0, 1, kMost); }, "out of memory");
}

BOOST_AUTO_TEST_CASE(sizes_at_the_end_of_int64_are_an_error) {
  const Tensor x = arange(0, 6).reshape({2, 3});
  expect_error([&] { (void)pad(x, {kMost, kMost}); }, "pad: padding");
  expect_error([&] { (void)pad(x, {kLeast, 0}); }, "pad: padding");
  expect_error([] { (void)one_hot(tensor({kMost})); }, "one_hot: label");
  expect_error([] { (void)one_hot(tensor({kMost - 1})); }, "out of memory");
  expect_error([&] { (void)split(x, {kMost, kMost}, 0); }, "split:");
  BOOST_TEST(split(x, kMost, 1).size() == 1u);
  expect_error([] { (void)chunk(zeros({0}), std::int64_t{1} << 60); }, "chunk:");
  const Tensor huge = zeros({kMost, 0});
  expect_error([&] { (void)cat({huge, huge}); }, "cat: the sizes along dim 0 add up");
  const Tensor wide = zeros({0, kMost / 4, kMost / 4});
  BOOST_TEST((cat({wide, wide, wide}, 2).shape() == Shape{0, kMost / 4, kMost / 4 * 3}));
  expect_integers(slice(x, 1, kLeast, kMost, kMost), {0, 3});
  expect_error([&] { (void)narrow(x, 1, 1, kMost); }, "narrow");
  expect_error([&] { (void)unbind(zeros({kMost, 0})); }, "unbind:");
  expect_error([&] { (void)split(zeros({kMost, 0}), 1); }, "split:");
  BOOST_TEST(split(huge, kMost / 2 + 1).size() == 2u);
  expect_integers(arange(kLeast, kMost, std::int64_t{1} << 62),
                  {kLeast, kLeast / 2, 0, std::int64_t{1} << 62});
  expect_error([] { (void)arange((std::int64_t{1} << 53) + 1, std::int64_t{1} << 53, 1); },
               "arange: a step of 1");
  expect_error([] { (void)linspace(0, 600, 3, kBytes); }, "linspace: the number 600");
  expect_error([] { (void)clamp(ones({1}), 0, 1e300); }, "clamp: the number 1e+300");
}

BOOST_AUTO_TEST_CASE(tensors_without_elements_may_have_huge_sizes) {
  const std::int64_t huge = std::int64_t{1} << 40;
  for (const Shape& shape : {Shape{0, huge, huge}, Shape{huge, 0, huge}, Shape{huge, huge, 0}}) {
    const Tensor x = zeros(shape);
    BOOST_TEST(x.numel() == 0);
    BOOST_TEST((x + 1).shape() == shape);
    BOOST_TEST(x.clone().add_(1).shape() == shape);
    BOOST_TEST(x.narrow(0, 0, 0).numel() == 0);
    BOOST_TEST(cat({x.narrow(0, 0, 0), x.narrow(0, 0, 0)}).numel() == 0);
    BOOST_TEST(x.reshape({huge, huge, 0}).numel() == 0);
    BOOST_TEST(sum(x).item() == 0);
    BOOST_TEST(to_string(x) == fmt::format("tensor([], shape={})", shape));
  }
  const Tensor rows = zeros({std::int64_t{1} << 33, 0});
  BOOST_TEST(argsort(rows).shape() == rows.shape());
  BOOST_TEST(cumsum(rows, 1).shape() == rows.shape());
  BOOST_TEST(softmax(rows, 1).shape() == rows.shape());
  BOOST_TEST(flip(rows, {1}).shape() == rows.shape());
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() - 1;
  for (const Shape& shape : {Shape{std::int64_t{1} << 33, 0}, Shape{most, 0}, Shape{0, most}}) {
    const Tensor x = zeros(shape), index = zeros(shape, {.dtype = kInt64}),
                 none = zeros({0}, {.dtype = kInt64});
    const int along = shape[0] == 0 ? 0 : 1;
    BOOST_TEST(cumsum(x, along).shape() == shape);
    BOOST_TEST(cumsum(x, 1 - along).shape() == shape);
    BOOST_TEST(gather(x, along, index).shape() == shape);
    BOOST_TEST(scatter_add(x, along, index, x).shape() == shape);
    BOOST_TEST(index_select(x, along, none).shape() == shape);
    BOOST_TEST(index_add(x, along, none, x).shape() == shape);
    BOOST_TEST(max(x, 1 - along).values.numel() == 0);
  }
  BOOST_TEST(to_string(zeros({1 << 20, 0})) == "tensor([], shape={1048576, 0})");
  expect_error([&] { (void)zeros({huge, huge}); }, "too many elements");
  const Tensor too_many = zeros({huge, huge, 0});
  expect_error([&] { (void)matmul(too_many, zeros({0, 1})); }, "too many elements");
  expect_error([&] { (void)linear(too_many, zeros({1, 0})); }, "too many elements");
  expect_error([&] { (void)tensordot(too_many, zeros({0, 1}), 1); }, "too many elements");
  expect_error(
      [&] {
        (void)addbmm(zeros({}), zeros({huge, 0, huge}), zeros({huge, huge, 0}));
      },
      "too many elements");
  BOOST_TEST(gather(too_many, 2, zeros(too_many.shape(), {.dtype = kInt64})).shape() == too_many.shape());
  const Tensor many = zeros({huge, 0, 3}, {.requires_grad = true});
  const Tensor none = bmm(many, zeros({huge, 3, 0}));
  BOOST_TEST(none.numel() == 0);
  sum(none).backward();
  BOOST_TEST(many.grad().shape() == many.shape());
  BOOST_TEST(matmul(zeros({huge, 1, 0, 3}), zeros({5, 3, 0})).numel() == 0);
}

BOOST_AUTO_TEST_CASE(an_empty_hook_is_an_error) {
  const Tensor x = ones({1}, {.requires_grad = true});
  expect_error([&] { x.register_hook({}); }, "register_hook: the hook is an empty function");
}

BOOST_AUTO_TEST_CASE(an_empty_function_cannot_be_checked) {
  const std::vector<Tensor> inputs = {ones({1}, {.dtype = kFloat64})};
  expect_error([&] { (void)gradcheck({}, inputs); }, "gradcheck: the function is empty");
  expect_error([&] { (void)gradgradcheck({}, inputs); }, "gradgradcheck: the function is empty");
  expect_error([&] { (void)numerical_gradient({}, inputs); }, "numerical_gradient: the function is empty");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
