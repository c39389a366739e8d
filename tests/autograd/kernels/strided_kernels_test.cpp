// Kernels over operands that are transposed, narrow or broadcast along short rows: the same numbers as over
// copies.
#include <boost/test/unit_test.hpp>
#include <vector>

#include <xtape/autograd.hpp>

using namespace xtape;

BOOST_AUTO_TEST_SUITE(ops_strided_kernels)

namespace {

void check_same(const Tensor& got, const Tensor& expected) {
  BOOST_REQUIRE_EQUAL(got.shape(), expected.shape());
  BOOST_TEST(got.is_contiguous());
  BOOST_TEST(equal(got, expected));
}

/// Of whole numbers, so that sums are exact in any order.
Tensor numbers(const Shape& shape) { return arange(shape.numel()).to(kFloat32).reshape(shape) - 7; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_transposed_tensor_is_written_in_place_as_its_copy_would_be) {
  for (const bool narrow : {false, true}) {
    const Tensor base = numbers({5, 6, 7}), view = base.transpose(0, 2);
    const Tensor b = narrow ? numbers({6, 1}) : numbers({7, 6, 5});
    const Tensor expected = view.contiguous() * b + 1;
    view.mul_(b).add_(1);
    BOOST_TEST(equal(view, expected));
    BOOST_TEST(equal(base, expected.transpose(0, 2)));
  }
}

BOOST_AUTO_TEST_CASE(a_slice_with_gaps_is_written_in_place_and_its_neighbours_stay) {
  const Tensor base = numbers({6, 8}), before = base.clone();
  const Tensor view = slice(base, 1, 1, 8, 2).transpose(0, 1);
  view.sub_(numbers({6}));
  BOOST_TEST(equal(slice(base, 1, 0, 8, 2), slice(before, 1, 0, 8, 2)));
  BOOST_TEST(equal(view, slice(before, 1, 1, 8, 2).transpose(0, 1) - numbers({6})));
}

BOOST_AUTO_TEST_CASE(copies_fills_and_clamps_of_any_strides_are_those_of_contiguous_tensors) {
  for (const Dims& order : {Dims{2, 1, 0}, Dims{1, 2, 0}, Dims{0, 2, 1}}) {
    const Tensor from = numbers({3, 4, 5}).permute(order), base = zeros({3, 8, 5});
    const Tensor to = slice(base, 1, 1, 8, 2).permute(order);
    to.copy_(from);
    BOOST_TEST(equal(to, from));
    to.copy_(from.contiguous());
    BOOST_TEST(equal(to, from));
    to.clamp_(0, 20);
    BOOST_TEST(equal(to, clamp(from.contiguous(), 0, 20)));
    to.fill_(3);
    BOOST_TEST(equal(to, full(from.shape(), 3.0)));
    BOOST_TEST(sum(abs(slice(base, 1, 0, 8, 2))).item() == 0);
  }
}

BOOST_AUTO_TEST_CASE(reductions_of_transposed_tensors_are_those_of_their_copies) {
  const Tensor x = numbers({3, 4, 5});
  for (const Tensor& view :
       {x.transpose(0, 1), x.transpose(0, 2), x.permute({1, 2, 0}), x.permute({2, 0, 1})}) {
    const Tensor copy = view.contiguous();
    for (const Dims& dims : std::vector<Dims>{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}}) {
      for (const bool keepdim : {false, true}) {
        check_same(sum(view, dims, keepdim), sum(copy, dims, keepdim));
        check_same(amax(view, dims, keepdim), amax(copy, dims, keepdim));
        check_same(all(view, dims, keepdim), all(copy, dims, keepdim));
      }
    }
    check_same(sum(view), sum(copy));
  }
}

BOOST_AUTO_TEST_CASE(short_rows_are_broadcast_as_their_expanded_copies_would_be) {
  const Shape shape{50, 3, 5, 4};
  const Tensor x = numbers(shape);
  for (const Shape& of :
       std::vector<Shape>{{4}, {5, 1}, {3, 1, 4}, {3, 5, 1}, {50, 1, 1, 1}, {50, 1, 5, 1}}) {
    const Tensor b = numbers(of), copy = b.expand(shape).contiguous();
    check_same(x + b, x + copy);
    check_same(b - x, copy - x);
    check_same(x < b, x < copy);
    check_same(where(b > 0, x, b), where(copy > 0, x, copy));
    check_same(x.to(kInt64) * b.to(kInt64), x.to(kInt64) * copy.to(kInt64));
    const Tensor y = x.clone();
    y.mul_(b);
    check_same(y, x * copy);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ops_long_products)

namespace {

double worst(const Tensor& got, double expected) {
  return max(abs(got.to(kFloat64) - expected)).item<double>() / expected;
}

}  // namespace

// Each product adds up 0.3f * 0.3f. PyTorch 1.13's relative errors: 1.4e-6 for the first, the others' stand
// beside them.
BOOST_AUTO_TEST_CASE(long_sums_of_products_keep_their_digits) {
  const double term = double(0.3f) * double(0.3f);
  const auto narrow = [](std::int64_t n) { return matmul(full({n, 3}, 0.3).t(), full({n, 2}, 0.3)); };
  BOOST_TEST(worst(narrow(10'000), term * 1e4) < 1.4e-6);
  BOOST_TEST(worst(narrow(1'000'000), term * 1e6) < 3e-6);                                      // 1.6e-5
  BOOST_TEST(worst(dot(full({6'000'000}, 0.3), full({6'000'000}, 0.3)), term * 6e6) < 1e-6);    // 1.2e-3
  BOOST_TEST(worst(matmul(full({2, 100'000}, 0.3), full({100'000}, 0.3)), term * 1e5) < 3e-6);  // 1.1e-5
  BOOST_TEST(worst(matmul(full({100, 20'000}, 0.3), full({20'000}, 0.3)), term * 2e4) < 3e-6);  // 1.1e-5
}

BOOST_AUTO_TEST_CASE(long_products_have_the_same_bits_on_any_number_of_threads) {
  manual_seed(4);
  const Tensor a = randn({100'000, 3}), b = randn({100'000, 2}), x = randn({500'000}), m = randn({700, 3000});
  const auto products = [&] {
    return std::vector{matmul(a.t(), b), dot(x, x), matmul(m, x.narrow(0, 0, 3000)), sum(m.t(), 0)};
  };
  const int before = num_threads();
  set_num_threads(1);
  const std::vector<Tensor> alone = products();
  set_num_threads(2);
  const std::vector<Tensor> shared = products();
  set_num_threads(before);
  for (std::size_t i = 0; i < alone.size(); ++i) BOOST_TEST(equal(alone[i], shared[i]));
}

BOOST_AUTO_TEST_CASE(a_matrix_times_a_vector_is_the_row_times_the_transpose) {
  manual_seed(3);
  const Tensor a = randn({300, 1200}), x = randn({1200});
  BOOST_TEST(equal(matmul(a, x), matmul(x, a.t())));
}

BOOST_AUTO_TEST_SUITE_END()
