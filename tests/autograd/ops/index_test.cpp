// x[...] and its kind beyond PyTorch's values in the golden files: what is a view, what is refused and in
// which words, writes through views, and bits on any number of threads.
#include <array>

#include "autograd/base/parallel.hpp"
#include "autograd/graph/backward.hpp"
#include "autograd/tensor/results.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor leaf(const TensorData& data) { return tensor(data, {.dtype = kFloat64, .requires_grad = true}); }
Tensor ramp(const Shape& shape) { return arange(shape.numel(), {.dtype = kFloat64}).reshape(shape); }

/// The text of the Error that x.index gives.
void expect_index_error(const Tensor& x, const std::vector<TensorIndex>& indices, const std::string& text) {
  expect_error([&] { static_cast<void>(x.index(indices)); }, text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_index)

BOOST_AUTO_TEST_CASE(an_index_is_written_as_in_pytorch) {
  const Tensor x = ramp({3, 4}), rows = tensor({2, 0}), columns = tensor({1, 3});
  expect_values(x.index({1}), {4, 5, 6, 7});
  expect_values(x.index({Slice(1, None), 0}), {4, 8});
  expect_values(x.index({Ellipsis, -1}), {3, 7, 11});
  expect_values(x.index({"...", Slice(None, None, 3)}), {0, 3, 4, 7, 8, 11});
  expect_values(x.index({rows, columns}), {9, 3});
  expect_values(x.index({x > 9}), {10, 11});
  expect_values(x.index({rows}), {8, 9, 10, 11, 0, 1, 2, 3});
  expect_values(x.index(rows), x.index({rows}).to_vector<double>());
  expect_values(x[rows], x.index({rows}).to_vector<double>());
  expect_values(x[x > 9], {10, 11});
  expect_values(x[Slice(0, 1)], {0, 1, 2, 3});
  BOOST_TEST(x[None].shape() == Shape(1, 3, 4));
  BOOST_TEST(x[Ellipsis].shape() == Shape(3, 4));
  BOOST_TEST(x[false].shape() == Shape(0, 3, 4));
  BOOST_TEST(x.index({}).shape() == Shape(3, 4));
  BOOST_TEST(x.index({None, Slice(), None, 0, None}).shape() == Shape(1, 3, 1, 1));
  const std::size_t last = 2;
  expect_values(x[last], {8, 9, 10, 11});
  expect_error([&] { static_cast<void>(x["1:2"]); },
               "index: \"1:2\" is not an index; the only text is \"...\"");
}

BOOST_AUTO_TEST_CASE(slices_take_negative_bounds_and_none) {
  const Tensor x = ramp({2, 5});
  expect_values(x.slice(1, 3), {3, 4, 8, 9});
  expect_values(x.slice(1, -2), {3, 4, 8, 9});
  expect_values(x.slice(1, None, 2), {0, 1, 5, 6});
  expect_values(x.slice(1, -100, 100, 4), {0, 4, 5, 9});
  BOOST_TEST(x.slice(1, 4, 2).shape() == Shape(2, 0));
}

BOOST_AUTO_TEST_CASE(what_has_no_tensor_is_a_view_and_the_rest_a_copy) {
  const Tensor x = zeros({3, 4});
  x.index({Slice(1, None), 0}).fill_(1);
  x.index({tensor(2)}).fill_(2);
  x.index({tensor({0})}).fill_(3);
  x.index({Ellipsis}).add_(1);
  expect_values(x, {1, 1, 1, 1, 2, 1, 1, 1, 3, 3, 3, 3});
}

BOOST_AUTO_TEST_CASE(a_mask_covers_as_many_dims_as_it_has_wherever_it_stands) {  // as in numpy
  const Tensor x = ramp({2, 3, 4});
  const Tensor mask = tensor({{true, false, true}, {false, true, false}});
  expect_values(x.index({mask, Slice(1, 3)}), {1, 2, 9, 10, 17, 18});
  expect_values(x.index({mask, 0}), {0, 8, 16});
  BOOST_TEST(x.index({mask, None}).shape() == Shape(3, 1, 4));
  expect_values(x.permute({2, 0, 1}).index({0, mask.to(kUInt8)}), {0, 8, 16});
}

BOOST_AUTO_TEST_CASE(errors_name_the_index_the_dim_and_the_size) {
  const Tensor x = zeros({2, 3, 4}), mask = zeros({2, 2}, {.dtype = kBool});
  expect_index_error(x, {0, 3}, "index: index 3 is out of range for dim 1 of size 3");
  expect_index_error(x, {None, 0, None, -4}, "index: index -4 is out of range for dim 1 of size 3");
  expect_index_error(x, {tensor({0, 2})}, "index: index 2 at position 1 is out of range for dim 0 of size 2");
  expect_index_error(x, {0, tensor({-4})},
                     "index: index -4 at position 0 is out of range for dim 1 of size 3");
  expect_index_error(x, {tensor({0, 1}), tensor({0, 3})}, "index 3 at position 1 is out of range for dim 1");
  expect_index_error(x, {0, 0, 0, 0},
                     "index: indices of 4 dims are too many for a tensor of shape {2, 3, 4}");
  expect_index_error(x, {mask, 0, 0}, "indices of 4 dims are too many");
  expect_index_error(x, {mask}, "index: a mask of shape {2, 2} does not fit the shape {2, 3} from dim 0 on");
  expect_index_error(x, {tensor({0.0})},
                     "index: a float32 tensor is not an index; expected int64, or a bool mask");
  expect_index_error(x, {tensor({0, 1}), tensor({0, 1, 2})}, "index: ");
  expect_index_error(x, {Slice(None, None, 0)}, "index: the step 0 of a slice is not positive");
  expect_error(
      [&] {
        x.index_put_({tensor({1})}, zeros({2, 2}));
      },
      "index_put_: values of shape {2, 2} do not broadcast to {1, 3, 4}");
  expect_error([&] { zeros({2}, {.dtype = kInt64}).index_put_({tensor({1})}, tensor(0.5)); },
               "index_put_: the values are float32; a int64 tensor cannot hold them");
  expect_error([&] { zeros({2}, {.dtype = kUInt8}).index_put_({0}, 256); }, "index_put_: ");
  expect_error([&] { static_cast<void>(take(x, tensor({24}))); },
               "take: index 24 at position 0 is out of range for 24 elements");
  expect_error(
      [&] {
        static_cast<void>(index_copy(x, 0, tensor({2}), zeros({1, 3, 4})));
      },
      "index_copy: index 2 at position 0 is out of range for dim 0 of size 2");
  expect_error([&] { static_cast<void>(masked_scatter(x, x == 0, zeros({3}))); },
               "masked_scatter: a source of 3 elements does not fill a mask with 24 places");
  expect_error(
      [&] {
        static_cast<void>(scatter_reduce(x, 0, zeros({1, 1, 1}, {.dtype = kInt64}), x, "max"));
      },
      "scatter_reduce: reduce is \"max\"; expected \"sum\"");
}

BOOST_AUTO_TEST_CASE(numbers_and_tensors_are_written_where_the_indices_say) {
  const Tensor x = zeros({3, 4});
  x.index_put_({tensor({0, 2}), Slice(1, 3)}, 1);
  x.index_put_({x == 0}, -1);
  x.index_put_({Slice(0, 1)}, tensor({5.0, 6.0, 7.0, 8.0}));
  x.index_put_({Ellipsis, 0}, tensor({0.5, 0.5, 0.5}), /*accumulate=*/true);
  expect_values(x, {5.5, 6, 7, 8, -0.5, -1, -1, -1, -0.5, 1, 1, -1});
  const Tensor counts = zeros({3}, {.dtype = kInt64});
  counts.index_put_({tensor({1, 1, 2})}, 1, true);
  expect_values(counts, {0, 2, 1});
  const Tensor y = ramp({4});
  y.index_put_({tensor({1, 2, 3})}, y.slice(0, 0, 3));  // what they were before
  expect_values(y, {0, 0, 1, 2});
}

BOOST_AUTO_TEST_CASE(writes_are_recorded_through_views_too) {
  const Tensor x = leaf({{1, 2, 3}, {4, 5, 6}}), v = leaf({10, 20});
  const Tensor y = x * 2, before = y[1];
  y.t().index_put_({tensor({2, 0}), 0}, v);
  y[1].masked_fill_(tensor({false, true, false}), 7);
  y.slice(1, 1).index_add_(0, tensor({0, 0}), tensor({{1.0, 2.0}, {3.0, 4.0}}, {.dtype = kFloat64}));
  y[0].scatter_(0, tensor({1}), v.slice(0, 0, 1));
  expect_values(y, {20, 10, 16, 8, 7, 12});
  expect_values(before, {8, 7, 12});
  (y * tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}, {.dtype = kFloat64})).sum().backward();
  expect_values(x.grad(), {0, 0, 0, 8, 0, 12});
  expect_values(v.grad(), {3 + 2, 1});
  expect_error([&] { x.index_put_({0}, 1); }, "a leaf that requires grad");
  expect_error([&] { x.masked_fill_(x > 1, 1); }, "masked_fill_: a leaf that requires grad");
}

BOOST_AUTO_TEST_CASE(a_write_over_what_a_gradient_reads_is_found) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor y = x * 1, z = y * y;
  y.index_fill_(0, tensor({1}), 0);
  expect_error([&] { z.sum().backward(); }, "index_fill_");
}

BOOST_AUTO_TEST_CASE(repeats_add_up_in_the_gradient_and_again_in_its_gradient) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor y = x.index({tensor({0, 2, 0})});
  const std::vector<Tensor> g = grad({(y * y * y).sum()}, {x}, {.create_graph = true});
  expect_values(g[0], {6, 0, 27});
  g[0].sum().backward();
  expect_values(x.grad(), {12, 0, 18});
}

BOOST_AUTO_TEST_CASE(several_lookups_of_one_tensor_add_to_one_gradient) {
  const Tensor x = leaf({{1, 2}, {3, 4}, {5, 6}});
  Tensor total = zeros({}, {.dtype = kFloat64});
  for (int i = 0; i < 3; ++i)
    total = total + x.index({tensor({i, 0})}).sum() + index_select(x, 1, tensor({1})).sum();
  total.backward();
  expect_values(x.grad(), {4, 7, 1, 4, 1, 4});
}

BOOST_AUTO_TEST_CASE(results_have_the_same_bits_on_any_number_of_threads) {
  manual_seed(3);
  const Tensor x = randn({200, 300}), rows = randint(0, 200, {4000}), columns = randint(0, 300, {4000});
  const Tensor values = randn({4000}), whole = randn({4000, 300}), mask = x > 0.3;
  const auto results = [&](int threads) {
    const int before = num_threads();
    set_num_threads(threads);
    const std::array<Tensor, 6> y{x.index_put({rows, columns}, values, true),
                                  x.index_put({rows}, whole, true),
                                  x.index({rows, Slice(5, None, 2)}),
                                  x[mask],
                                  x.t().index({Slice(), rows}),
                                  nonzero(mask)};
    set_num_threads(before);
    return y;
  };
  const auto one = results(1), many = results(4);
  for (std::size_t i = 0; i < one.size(); ++i) BOOST_TEST(equal(one[i], many[i]), "result " << i);
  BOOST_TEST(x[mask].numel() == mask.sum().item<std::int64_t>());
  BOOST_TEST(equal(masked_scatter(zeros_like(x), mask, x[mask]), where(mask, x, 0)));
}

BOOST_AUTO_TEST_CASE(masks_count_right_at_every_length) {
  for (const std::int64_t n : {0, 1, 7, 8, 9, 127, 128, 129, 65535, 65536, 65537, 200000}) {
    const Tensor x = arange(n), mask = x / 3 == (x / 3).to(kInt64);  // every third
    const Tensor y = masked_select(x, mask);
    BOOST_TEST(y.numel() == (n + 2) / 3, "n = " << n);
    BOOST_TEST(equal(y, arange(0, n, 3)), "n = " << n);
    BOOST_TEST(equal(nonzero(mask).reshape({-1}), y), "n = " << n);
    BOOST_TEST(equal(x[x >= 0], x), "n = " << n);
  }
}

BOOST_AUTO_TEST_CASE(unique_unpacks_and_searches_take_numbers_and_sorters) {
  const auto [values, inverse, counts] =
      unique(tensor({3, 1, 3}), {.return_inverse = true, .return_counts = true});
  expect_values(values, {1, 3});
  expect_values(inverse, {1, 0, 1});
  expect_values(counts, {1, 2});
  expect_values(unique(tensor({2.0, 1.0, 2.0})), {1, 2});
  BOOST_TEST(!unique(values, {}).counts.defined());
  const Tensor jumbled = tensor({3.0, 1.0, 2.0});
  expect_values(searchsorted(jumbled, tensor({2.5}), {.sorter = argsort(jumbled)}), {2});
  BOOST_TEST((searchsorted(tensor({1.0, 2.0}), 1.5, {.out_int32 = true}).dtype() == kInt32));
  BOOST_TEST((bucketize(1.5, tensor({1.0, 2.0}), {.out_int32 = true}).dtype() == kInt32));
  expect_values(searchsorted(tensor({1, 3, 5}), 3, {.side = "right"}), {2});
  expect_values(bucketize(4, tensor({1, 3, 5})), {2});
  expect_values(bincount(tensor({1, 1}), {.minlength = 3}), {0, 2, 0});
  expect_error(
      [&] {
        static_cast<void>(bincount(tensor({1, -1})));
      },
      "bincount: -1 at position 1 is negative");
  expect_error(
      [&] {
        static_cast<void>(searchsorted(zeros({2, 3}), zeros({3, 1})));
      },
      "searchsorted: values of shape {3, 1} do not fit a sequence of shape {2, 3}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
