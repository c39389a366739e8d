// The handle: what it answers about its tensor, how its values are read, and which views share a storage.
#include <type_traits>

#include "tests/support/expect.hpp"

namespace xtape::testing {

// That x[0] = y does not compile is seen by tests/compile_errors.
static_assert(std::is_assignable_v<Tensor&, Tensor>);
static_assert(std::is_nothrow_move_constructible_v<Tensor>);
// A number never becomes a Tensor on its own.
static_assert(!std::is_convertible_v<double, Tensor> && !std::is_convertible_v<int, Tensor>);
static_assert(!std::is_convertible_v<bool, Tensor> && !std::is_convertible_v<std::nullptr_t, Tensor>);

namespace {

/// Whether a write through `view` is seen in x, in which case both share a storage.
bool writes_through(const Tensor& x, const Tensor& view) {
  const std::vector<double> before = x.to_vector<double>();
  view += 1;
  return x.to_vector<double>() != before;
}

Tensor numbers() { return arange(0.0, 24.0).reshape({2, 3, 4}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_tensor)

BOOST_AUTO_TEST_CASE(a_tensor_knows_its_sizes) {
  const Tensor x = zeros({2, 3, 4});
  BOOST_TEST(x.dim() == 3);
  BOOST_TEST(x.numel() == 24);
  BOOST_TEST(x.size(0) == 2);
  BOOST_TEST(x.size(-1) == 4);
  BOOST_TEST(x.sizes() == Shape(2, 3, 4));
  BOOST_TEST(x.strides() == Shape(12, 4, 1));
  BOOST_TEST(x.stride(-2) == 4);
  expect_error([&] { (void)x.size(3); }, "size");
  expect_error([&] { (void)x.size(-4); }, "size");
  expect_error([] { (void)zeros({}).size(0); }, "size: a 0-d tensor has no dim 0");
}

BOOST_AUTO_TEST_CASE(a_0_d_tensor_has_one_element_and_no_dims) {
  const Tensor x = tensor(2.5);
  BOOST_TEST(x.dim() == 0);
  BOOST_TEST(x.numel() == 1);
  BOOST_TEST(x.item() == 2.5);
  BOOST_TEST(x.to_vector<float>() == std::vector<float>{2.5f});
}

BOOST_AUTO_TEST_CASE(a_tensor_of_size_0_passes_through_ops) {
  const Tensor x = zeros({0, 3}, {.requires_grad = true});
  const Tensor y = sum(exp(x) * 2);
  BOOST_TEST(y.item() == 0);
  y.backward();
  BOOST_TEST(x.grad().shape() == Shape(0, 3));
  BOOST_TEST(x.to_vector<float>().empty());
  BOOST_TEST(sum(x, 1).shape() == Shape(0));
}

BOOST_AUTO_TEST_CASE(an_undefined_tensor_says_so) {
  const Tensor x;
  BOOST_TEST(!x.defined());
  BOOST_TEST(to_string(x) == "tensor(undefined)");
  expect_error([&] { (void)x.shape(); }, "undefined tensor");
  expect_error([&] { (void)(x + 1); }, "undefined tensor");
}

BOOST_AUTO_TEST_CASE(item_converts_the_one_element) {
  BOOST_TEST(tensor({{7}}).item<int>() == 7);
  BOOST_TEST(tensor({2.75}).item<float>() == 2.75f);
  BOOST_TEST(tensor(true).item<bool>() == true);
  static_assert(std::is_same_v<decltype(tensor(1).item()), double>);
  BOOST_TEST(numbers()[1][2][3].item() == 23);
  expect_error(
      [] {
        (void)tensor({1, 2}).item();
      },
      "item: a tensor of shape {2} has 2 elements; expected one");
  expect_error([] { (void)zeros({0}).item(); }, "has 0 elements");
}

BOOST_AUTO_TEST_CASE(data_points_to_the_first_element) {
  const Tensor x = numbers();
  x.data<float>()[5] = 100;
  BOOST_TEST(x[0][1][1].item() == 100);
  BOOST_TEST(x[1].data<float>() == x.data<float>() + 12);
  expect_error([&] { (void)x.data<double>(); }, "data: the tensor holds float32, not float64");
  expect_error([&] { (void)x.transpose(0, 1).data<float>(); }, "not contiguous");
}

BOOST_AUTO_TEST_CASE(to_vector_reads_row_major_and_converts) {
  const Tensor x = tensor({{1, 2, 3}, {4, 5, 6}});
  BOOST_TEST(x.t().to_vector<std::int64_t>() == (std::vector<std::int64_t>{1, 4, 2, 5, 3, 6}),
             boost::test_tools::per_element());
  BOOST_TEST(x[1].to_vector<float>() == (std::vector<float>{4, 5, 6}), boost::test_tools::per_element());
  BOOST_TEST(tensor({0.0, 0.5}).to_vector<std::uint8_t>() == (std::vector<std::uint8_t>{0, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_copied_handle_is_the_same_tensor) {
  Tensor x = tensor({1.0, 2.0});
  const Tensor y = x;
  x += 1;
  expect_values(y, {2, 3}, 0);
  BOOST_TEST(y.is_same(x));
  x = x + 1;  // the handle moves on; y does not
  expect_values(y, {2, 3}, 0);
}

BOOST_AUTO_TEST_CASE(views_share_the_storage) {
  const Tensor x = numbers();
  BOOST_TEST(writes_through(x, x[0]));
  BOOST_TEST(writes_through(x, x[1].t()));
  BOOST_TEST(writes_through(x, x.transpose(0, 2)));
  BOOST_TEST(writes_through(x, x.permute({2, 0, 1})));
  BOOST_TEST(writes_through(x, x.view({6, 4})));
  BOOST_TEST(writes_through(x, x.view({-1})));
  BOOST_TEST(writes_through(x, x.reshape({4, 6})));
  BOOST_TEST(writes_through(x, x.flatten(1)));
  BOOST_TEST(writes_through(x, x.unsqueeze(1)));
  BOOST_TEST(writes_through(x, x.unsqueeze(1).squeeze()));
  BOOST_TEST(writes_through(x, x.narrow(2, 1, 2)));
  BOOST_TEST(writes_through(x, x.slice(2, 0, 4, 2)));
  BOOST_TEST(writes_through(x, x.select(1, -1)));
  BOOST_TEST(writes_through(x, x.unbind(1)[2]));
  BOOST_TEST(writes_through(x, x.split(2, 2)[1]));
  BOOST_TEST(writes_through(x, x.chunk(2, 1)[1]));
  BOOST_TEST(writes_through(x, x.detach()));
  BOOST_TEST(writes_through(x, x.contiguous()));
  BOOST_TEST(writes_through(x, x.to(kFloat32)));
}

BOOST_AUTO_TEST_CASE(copies_do_not_share_the_storage) {
  const Tensor x = numbers();
  BOOST_TEST(!writes_through(x, x.clone()));
  BOOST_TEST(!writes_through(x, x.to(kFloat64)));
  BOOST_TEST(!writes_through(x, x.transpose(0, 1).contiguous()));
  BOOST_TEST(!writes_through(x, x.transpose(0, 1).reshape({-1})));
  BOOST_TEST(!writes_through(x, x.flip({0})));
  BOOST_TEST(!writes_through(x, x.index_select(0, tensor({0}))));
}

BOOST_AUTO_TEST_CASE(a_write_through_a_view_touches_its_elements_only) {
  const Tensor x = zeros({2, 3});
  x[0] += 1;
  x.t()[2] *= 5;
  x[1].narrow(0, 0, 2).copy_(tensor({7, 8}));
  expect_values(x, {1, 1, 5, 7, 8, 0}, 0);
}

BOOST_AUTO_TEST_CASE(view_refuses_what_would_need_a_copy) {
  expect_error([] { (void)numbers().transpose(0, 1).view({24}); }, "view");
  expect_error([] { (void)numbers().view({5, 5}); }, "{5, 5}");
  BOOST_TEST(numbers().view_as(zeros({4, 6})).shape() == Shape(4, 6));
}

BOOST_AUTO_TEST_CASE(expand_repeats_without_memory) {
  const Tensor x = tensor({{1.0}, {2.0}}).expand({2, 3});
  BOOST_TEST(x.strides()[1] == 0);
  expect_values(x, {1, 1, 1, 2, 2, 2}, 0);
  BOOST_TEST(tensor({{1.0}, {2.0}}).expand({4, -1, 3}).shape() == Shape(4, 2, 3));
  expect_error([] { (void)zeros({2, 3}).expand({2, 4}); }, "expand");
}

BOOST_AUTO_TEST_CASE(indices_out_of_range_are_errors) {
  const Tensor x = zeros({2, 3});
  expect_error([&] { (void)x[2]; }, "select");
  expect_error([&] { (void)x[-3]; }, "select");
  expect_error([&] { (void)x.narrow(0, 1, 2); }, "narrow");
  expect_error([] { (void)tensor(1.0)[0]; }, "select");
  BOOST_TEST(x[-1].shape() == Shape(3));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
