// The vector loops at every length around their blocks and batches: products, sums, extremes and softmax
// against plain loops in double. The tests run once on each instruction set.
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <vector>

#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

double at(const Tensor& x, std::int64_t row, std::int64_t column) {
  return (x.dtype() == kFloat32) ? static_cast<double>(x.data<float>()[row * x.size(1) + column])
                                 : x.data<double>()[row * x.size(1) + column];
}

double epsilon(DType dtype) {
  return dtype == kFloat32 ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
}

/// a b in double, and sum|a||b|.
struct Product {
  Product(const Tensor& left, const Tensor& right) : columns(static_cast<std::size_t>(right.size(1))) {
    const std::vector<double> x = left.to_vector<double>(), y = right.to_vector<double>();
    const auto k = static_cast<std::size_t>(right.size(0)),
               count = static_cast<std::size_t>(left.size(0)) * columns;
    terms = static_cast<double>(k);
    sums.resize(count);
    sizes.resize(count);
    for (std::size_t i = 0; i < count / columns; ++i) {
      for (std::size_t l = 0; l < k; ++l) {
        for (std::size_t j = 0; j < columns; ++j) {
          const double term = x[i * k + l] * y[l * columns + j];
          sums[i * columns + j] += term;
          sizes[i * columns + j] += std::abs(term);
        }
      }
    }
  }

  /// Whether c is the product (with a bias in each row, where there is one) within sqrt(k) eps sum|a||b|.
  void expect(const Tensor& c, const Tensor& bias, const std::string& what) const {
    const std::vector<double> values = c.to_vector<double>();
    const std::vector<double> added =
        bias.defined() ? bias.to_vector<double>() : std::vector<double>(columns);
    const double unit = std::sqrt(terms + 1) * epsilon(c.dtype());
    BOOST_REQUIRE_EQUAL(values.size(), sums.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double expected = sums[i] + added[i % columns],
                   bound = unit * (sizes[i] + std::abs(added[i % columns]));
      if (!(std::abs(values[i] - expected) <= bound))
        BOOST_FAIL(fmt::format("{}: element {} is {}; expected {}", what, i, values[i], expected));
    }
  }

  std::size_t columns;
  double terms = 0;
  std::vector<double> sums = {}, sizes = {};
};

/// All forms in which a and b may come, and linear.
void expect_products(const Tensor& a, const Tensor& b, const Tensor& bias) {
  const Product product(a, b);
  const Tensor across = t(t(a).contiguous()), down = t(t(b).contiguous());
  const std::string what = fmt::format("{} {} times {}", a.dtype(), a.shape(), b.shape());
  product.expect(matmul(a, b), Tensor(), what + " NN");
  product.expect(matmul(a, down), Tensor(), what + " NT");
  product.expect(matmul(across, b), Tensor(), what + " TN");
  product.expect(matmul(across, down), Tensor(), what + " TT");
  product.expect(linear(a, t(down), bias), bias, what + " linear");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_loops)

BOOST_AUTO_TEST_CASE(products_of_all_small_shapes_and_transposes_are_right) {
  for (DType dtype : {kFloat32, kFloat64}) {
    Generator generator(1);
    const TensorOptions options{.dtype = dtype, .generator = &generator};
    for (std::int64_t m : {2, 5, 6, 7, 16, 70}) {
      for (std::int64_t n : {1, 2, 3, 4, 5, 8, 9, 16, 17, 35}) {
        for (std::int64_t k : {1, 3, 65, 257})
          expect_products(randn({m, k}, options), randn({k, n}, options), randn({n}, options));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(equal_rows_give_equal_bits_wherever_they_lie) {
  for (DType dtype : {kFloat32, kFloat64}) {
    Generator generator(5);
    const TensorOptions options{.dtype = dtype, .generator = &generator};
    for (std::int64_t m : {17, 19, 70}) {
      for (std::int64_t n : {1, 2, 3, 4, 10, 17}) {
        for (std::int64_t k : {2, 10, 15, 29}) {
          const Tensor row = randn({1, k}, options), weight = randn({n, k}, options);
          const Tensor x = row.expand({m, k}).contiguous(), turned = t(t(x).contiguous());
          for (const Tensor& y : {linear(x, weight, randn({n}, options)), matmul(x, t(weight).contiguous()),
                                  matmul(turned, t(weight)), matmul(turned, t(weight).contiguous())})
            BOOST_REQUIRE(all(y == y[0]).item<bool>());
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(narrow_deep_and_large_products_are_right) {
  Generator generator(2);
  const TensorOptions options{.generator = &generator};
  for (const auto& [m, n, k] : {std::tuple{2000, 10, 300},
                                {10, 2000, 300},
                                {250, 200, 410},
                                {2, 600, 600},
                                {100, 100, 3072},
                                {2, 3, 70000},
                                {64, 10, 8000},
                                {10, 10, 200000}})
    expect_products(randn({m, k}, options), randn({k, n}, options), randn({n}, options));
}

BOOST_AUTO_TEST_CASE(column_sums_of_every_width_are_right) {
  std::vector<std::int64_t> widths(40);
  std::iota(widths.begin(), widths.end(), 1);
  for (std::int64_t width : {64, 77, 1023, 1025, 2060}) widths.push_back(width);
  for (DType dtype : {kFloat32, kFloat64}) {
    Generator generator(3);
    for (std::int64_t rows : {1, 2, 64, 65, 1100}) {
      for (std::int64_t width : widths) {
        const Tensor x = randn({rows, width}, {.dtype = dtype, .generator = &generator});
        const std::vector<double> values = x.to_vector<double>(), sums = sum(x, 0).to_vector<double>();
        const auto columns = static_cast<std::size_t>(width);
        for (std::size_t j = 0; j < columns; ++j) {
          double total = 0, size = 0;
          for (std::size_t i = j; i < values.size(); i += columns)
            total += values[i], size += std::abs(values[i]);
          BOOST_REQUIRE_SMALL(sums[j] - total, 8 * epsilon(dtype) * size + 1e-30);
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
