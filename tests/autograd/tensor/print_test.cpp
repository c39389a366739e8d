// Tensors as text, to the letter. Where the text of PyTorch 1.13 differs, a comment says how.
#include <sstream>

#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(autograd_print)

BOOST_AUTO_TEST_CASE(rows_stand_below_each_other) {
  BOOST_TEST(to_string(tensor({{1.0, 2.0}, {3.0, 4.0}})) == "tensor([[1., 2.],\n        [3., 4.]])");
  BOOST_TEST(to_string(tensor({{{1}, {2}}, {{3}, {4}}})) ==
             "tensor([[[1],\n         [2]],\n        [[3],\n         [4]]])");  // PyTorch: an empty line
                                                                                // between blocks
}

BOOST_AUTO_TEST_CASE(columns_are_aligned) {
  BOOST_TEST(to_string(tensor({1.5, -2.25})) == "tensor([ 1.5000, -2.2500])");
  BOOST_TEST(to_string(tensor({1, 10, -100})) == "tensor([   1,   10, -100])");
  BOOST_TEST(to_string(tensor({true, false})) == "tensor([ true, false])");
}

BOOST_AUTO_TEST_CASE(integers_beyond_the_53_bits_of_a_double_are_exact) {
  BOOST_TEST(to_string(tensor({(std::int64_t{1} << 53) + 1, std::int64_t{-1}})) ==
             "tensor([9007199254740993,               -1])");
}

BOOST_AUTO_TEST_CASE(scalars_and_empty_tensors_have_a_text) {
  BOOST_TEST(to_string(tensor(3.0)) == "tensor(3.)");
  BOOST_TEST(to_string(tensor(7)) == "tensor(7)");
  BOOST_TEST(to_string(zeros({0})) == "tensor([])");
  BOOST_TEST(to_string(zeros({0, 3})) == "tensor([], shape={0, 3})");
}

BOOST_AUTO_TEST_CASE(large_and_small_values_are_scientific) {
  BOOST_TEST(to_string(tensor({1e-5, 1.0})) == "tensor([1.0000e-05, 1.0000e+00])");
  BOOST_TEST(to_string(tensor({1e8, 1.0})) == "tensor([1.0000e+08, 1.0000e+00])");
}

BOOST_AUTO_TEST_CASE(nan_and_infinities_do_not_disturb_the_others) {
  const Tensor zero = tensor(0.0);
  BOOST_TEST(to_string(cat({tensor({1.0}), (zero / zero).reshape({1}), (-1 / zero).reshape({1})})) ==
             "tensor([  1.,  nan, -inf])");
  BOOST_TEST(to_string(cat({tensor({0.5}), (1 / zero).reshape({1})})) == "tensor([0.5000,    inf])");
}

BOOST_AUTO_TEST_CASE(dtype_and_gradient_follow_the_values) {
  BOOST_TEST(to_string(tensor({1.0}, {.dtype = kFloat64})) == "tensor([1.], dtype=float64)");
  BOOST_TEST(to_string(tensor({1, 2}, {.dtype = kUInt8})) == "tensor([1, 2], dtype=uint8)");
  const Tensor x = tensor({1.0, 2.0}, {.requires_grad = true});
  BOOST_TEST(to_string(x) == "tensor([1., 2.], requires_grad=true)");
  BOOST_TEST(to_string(x * x) == "tensor([1., 4.], grad_fn=mul)");
  BOOST_TEST(to_string(tensor(0.5, {.dtype = kFloat64, .requires_grad = true})) ==
             "tensor(0.5000, dtype=float64, requires_grad=true)");
}

BOOST_AUTO_TEST_CASE(views_print_their_own_elements) {
  BOOST_TEST(to_string(tensor({{1, 2}, {3, 4}}).t()) == "tensor([[1, 3],\n        [2, 4]])");
  BOOST_TEST(to_string(tensor({{1, 2}, {3, 4}})[1]) == "tensor([3, 4])");
}

BOOST_AUTO_TEST_CASE(more_than_a_thousand_elements_are_summarised) {
  BOOST_TEST(to_string(arange(1000)).find("...") == std::string::npos);
  BOOST_TEST(to_string(arange(1001)) == "tensor([   0,    1,    2, ...,  998,  999, 1000])");
  BOOST_TEST(to_string(zeros({40, 40})) ==
             "tensor([[0., 0., 0., ..., 0., 0., 0.],\n        [0., 0., 0., ..., 0., 0., 0.],\n"
             "        [0., 0., 0., ..., 0., 0., 0.],\n        ...,\n        [0., 0., 0., ..., 0., 0., 0.],\n"
             "        [0., 0., 0., ..., 0., 0., 0.],\n        [0., 0., 0., ..., 0., 0., 0.]])");
  BOOST_TEST(to_string(zeros({2, 1000})) ==
             "tensor([[0., 0., 0., ..., 0., 0., 0.],\n        [0., 0., 0., ..., 0., 0., 0.]])");
}

BOOST_AUTO_TEST_CASE(fmt_and_streams_write_the_same_text) {
  const Tensor x = tensor({1.0, 2.0}, {.requires_grad = true});
  std::ostringstream stream;
  stream << x << x.shape();
  BOOST_TEST(stream.str() == "tensor([1., 2.], requires_grad=true){2}");
  BOOST_TEST(fmt::format("{}|{}|{}", x, x.shape(), x.dtype()) ==
             "tensor([1., 2.], requires_grad=true)|{2}|float32");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
