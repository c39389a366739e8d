// The vector loops at every length around their blocks and batches: products, sums, extremes and softmax
// against plain loops in double. The tests run once on each instruction set.
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <vector>

#include "autograd/tape.hpp"
#include "tests/nn/expect.hpp"

namespace xtape::testing {

namespace {

double at(const Tensor& x, std::int64_t row, std::int64_t column) {
  return (x.dtype() == kFloat32) ? static_cast<double>(x.data<float>()[row * x.size(1) + column])
                                 : x.data<double>()[row * x.size(1) + column];
}

double epsilon(DType dtype) {
  return dtype == kFloat32 ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
}

/// Whether c is a b (with a bias in each row, where there is one) within sqrt(k) eps sum|a||b|.
void expect_product(const Tensor& c, const Tensor& a, const Tensor& b, const Tensor& bias,
                    const std::string& what) {
  const Tensor x = a.contiguous(), y = b.contiguous();
  const std::int64_t k = x.size(1);
  for (std::int64_t i = 0; i < c.size(0); ++i) {
    for (std::int64_t j = 0; j < c.size(1); ++j) {
      double sum = bias.defined() ? at(bias, 0, j) : 0, size = std::abs(sum);
      for (std::int64_t l = 0; l < k; ++l) {
        sum += at(x, i, l) * at(y, l, j);
        size += std::abs(at(x, i, l) * at(y, l, j));
      }
      const double bound = std::sqrt(static_cast<double>(k + 1)) * epsilon(c.dtype()) * size;
      BOOST_REQUIRE_MESSAGE(
          std::abs(at(c, i, j) - sum) <= bound,
          fmt::format("{}: element {}, {} is {}; expected {}", what, i, j, at(c, i, j), sum));
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_loops)

BOOST_AUTO_TEST_CASE(products_of_all_small_shapes_and_transposes_are_right) {
  for (DType dtype : {kFloat32, kFloat64}) {
    Generator generator(1);
    const TensorOptions options{.dtype = dtype, .generator = &generator};
    for (std::int64_t m : {2, 5, 6, 7, 16, 64, 70}) {
      for (std::int64_t n : {1, 2, 7, 8, 9, 16, 17, 35}) {
        for (std::int64_t k : {1, 3, 65, 257}) {
          const Tensor a = randn({m, k}, options), b = randn({k, n}, options), bias = randn({1, n}, options);
          const Tensor at = t(t(a).contiguous()), bt = t(t(b).contiguous());
          const std::string what = fmt::format("{} {}x{}x{}", dtype, m, n, k);
          expect_product(matmul(a, b), a, b, Tensor(), what + " NN");
          expect_product(matmul(a, bt), a, b, Tensor(), what + " NT");
          expect_product(matmul(at, b), a, b, Tensor(), what + " TN");
          expect_product(matmul(at, bt), a, b, Tensor(), what + " TT");
          expect_product(linear(a, t(bt), bias.view({n})), a, b, bias, what + " linear");
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(narrow_deep_and_large_products_are_right) {
  Generator generator(2);
  const TensorOptions options{.generator = &generator};
  for (const auto& [m, n, k] : {std::tuple{500, 10, 300},
                                {2000, 10, 300},
                                {10, 300, 500},
                                {10, 2000, 300},
                                {500, 200, 210},
                                {2, 600, 600},
                                {100, 100, 3072},
                                {2, 3, 70000},
                                {64, 10, 30000},
                                {10, 2, 200000}}) {
    const Tensor a = randn({m, k}, options), b = randn({k, n}, options), bias = randn({1, n}, options);
    const Tensor bt = t(t(b).contiguous());
    expect_product(matmul(a, b), a, b, Tensor(), "NN");
    expect_product(matmul(a, bt), a, b, Tensor(), "NT");
    expect_product(matmul(t(t(a).contiguous()), b), a, b, Tensor(), "TN");
    expect_product(linear(a, t(bt), bias.view({n})), a, b, bias, "linear");
  }
}

BOOST_AUTO_TEST_CASE(column_sums_of_every_width_are_right) {
  std::vector<std::int64_t> widths(80);
  std::iota(widths.begin(), widths.end(), 1);
  for (std::int64_t width : {1023, 1024, 1025, 2060}) widths.push_back(width);
  for (DType dtype : {kFloat32, kFloat64}) {
    Generator generator(3);
    for (std::int64_t rows : {1, 2, 63, 64, 65, 1100}) {
      for (std::int64_t width : widths) {
        const Tensor x = randn({rows, width}, {.dtype = dtype, .generator = &generator}), y = sum(x, 0);
        for (std::int64_t j = 0; j < width; ++j) {
          double total = 0, size = 0;
          for (std::int64_t i = 0; i < rows; ++i) total += at(x, i, j), size += std::abs(at(x, i, j));
          BOOST_REQUIRE_SMALL(y[j].item() - total, 8 * epsilon(dtype) * size + 1e-30);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(extremes_are_found_at_every_place_and_nan_wins) {
  for (std::int64_t n = 1; n <= 70; ++n) {
    for (std::int64_t place = 0; place < n; ++place) {
      for (DType dtype : {kFloat32, kFloat64}) {
        const Tensor x = zeros({n}, {.dtype = dtype});
        x[place].fill_(3);
        BOOST_REQUIRE_EQUAL(amax(x).item(), 3);
        x[place].fill_(-3);
        BOOST_REQUIRE_EQUAL(amin(x).item(), -3);
        x[place].fill_(std::nan(""));
        BOOST_REQUIRE(std::isnan(amax(x).item()) && std::isnan(amin(x).item()));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(softmax_rows_of_every_length_are_right) {
  for (DType dtype : {kFloat32, kFloat64}) {
    Generator generator(4);
    const double bound = 8 * epsilon(dtype);
    for (std::int64_t n : {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 100, 1023, 1024, 1025, 2050}) {
      const Tensor x = randn({2, n}, {.dtype = dtype, .requires_grad = true, .generator = &generator});
      const Tensor g = randn({2, n}, {.dtype = dtype, .generator = &generator});
      const Tensor y = softmax(x, 1), z = log_softmax(x, 1);
      const Tensor dy = grad({y}, {x}, {.grad_outputs = {g}})[0],
                   dz = grad({z}, {x}, {.grad_outputs = {g}})[0];
      for (std::int64_t row = 0; row < 2; ++row) {
        double total = 0, gy = 0, g_total = 0, g_size = 0;
        for (std::int64_t j = 0; j < n; ++j) total += std::exp(at(x, row, j));
        for (std::int64_t j = 0; j < n; ++j) {
          gy += at(g, row, j) * std::exp(at(x, row, j)) / total;
          g_total += at(g, row, j);
          g_size += std::abs(at(g, row, j));
        }
        for (std::int64_t j = 0; j < n; ++j) {
          const double p = std::exp(at(x, row, j)) / total, q = at(x, row, j) - std::log(total);
          BOOST_REQUIRE_SMALL(at(y, row, j) - p, 4 * bound * p);
          BOOST_REQUIRE_SMALL(at(z, row, j) - q, bound * (2 + std::abs(q)));
          BOOST_REQUIRE_SMALL(at(dy, row, j) - p * (at(g, row, j) - gy),
                              8 * bound * p * (std::abs(at(g, row, j)) + 1));
          BOOST_REQUIRE_SMALL(at(dz, row, j) - (at(g, row, j) - p * g_total),
                              bound * (std::abs(at(g, row, j)) + g_size));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(softmax_of_numbers_far_below_zero_and_of_infinities_is_right) {
  const double inf = std::numeric_limits<double>::infinity();
  for (DType dtype : {kFloat32, kFloat64}) {
    for (std::int64_t n : {1, 3, 8, 11, 33}) {
      const Tensor low = full({1, n}, -800, {.dtype = dtype});
      BOOST_REQUIRE_CLOSE(at(softmax(low, 1), 0, n - 1), 1.0 / static_cast<double>(n), 1e-4);
      BOOST_REQUIRE_CLOSE(at(log_softmax(low, 1), 0, 0) - 1, -std::log(n) - 1, 1e-4);
      const Tensor none = full({1, n}, -inf, {.dtype = dtype});
      BOOST_REQUIRE(std::isnan(at(softmax(none, 1), 0, 0)) && std::isnan(at(log_softmax(none, 1), 0, n - 1)));
      for (std::int64_t place = 0; place < n; ++place) {
        for (double special : {inf, std::nan("")}) {
          const Tensor x = zeros({1, n}, {.dtype = dtype});
          x[0][place].fill_(special);
          BOOST_REQUIRE(std::isnan(at(softmax(x, 1), 0, place)) &&
                        std::isnan(at(log_softmax(x, 1), 0, place)));
        }
        const Tensor x = none.clone();
        x[0][place].fill_(2);
        BOOST_REQUIRE_EQUAL(at(softmax(x, 1), 0, place), 1);
        BOOST_REQUIRE_EQUAL(at(log_softmax(x, 1), 0, place), 0);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(sums_of_squares_are_right) {
  for (std::int64_t n : {0, 1, 3, 8, 31, 1024, 1030, 70000}) {
    Generator generator(5);
    const Tensor x = randn({n}, {.generator = &generator});
    double total = 0;
    for (std::int64_t i = 0; i < n; ++i) total += std::pow(static_cast<double>(x.data<float>()[i]), 2);
    BOOST_TEST(sum_squares(x).item() == total, boost::test_tools::tolerance(1e-6));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
