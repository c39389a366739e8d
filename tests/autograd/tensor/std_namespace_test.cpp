// A program that uses both namespaces whole: every op stays unambiguous beside its namesake of the standard
// library, and never becomes it. Only std, stack and any must be qualified (and slice with <valarray>,
// logical_and and its kin with <functional>: no function can share those names).
#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <execution>
#include <iterator>
#include <numeric>
#include <random>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/expect.hpp"

using namespace std;
using namespace xtape;

namespace {

using xtape::testing::expect_values;

Tensor a() { return tensor({{1.0, -2.0}, {3.0, 0.5}}); }
Tensor b() { return tensor({{2.0, -3.0}, {1.0, 0.5}}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_std_namespace)

BOOST_AUTO_TEST_CASE(max_and_min_of_tensors_are_elementwise) {
  expect_values(max(a(), b()), {2, -2, 3, 0.5});
  expect_values(min(a(), b()), {1, -3, 1, 0.5});
  const Tensor x = a(), y = b();  // lvalues fit std::max's template just as well
  expect_values(max(x, y), {2, -2, 3, 0.5});
  expect_values(min(x, y), {1, -3, 1, 0.5});
  BOOST_TEST(max(x).item() == 3);
  BOOST_TEST(min(x).item() == -2);
  const auto [values, indices] = max(x, 1);
  expect_values(values, {1, 3});
  BOOST_TEST(min(x, 0, true).indices.shape() == Shape(1, 2));
  BOOST_TEST(max(2, 3) == 3);
}

BOOST_AUTO_TEST_CASE(functions_of_cmath_take_tensors) {
  const Tensor x = abs(a());
  expect_values(exp(x)[0], {exp(1.0), exp(2.0)});
  expect_values(log(x)[0], {log(1.0), log(2.0)});
  expect_values(log1p(x)[0], {log1p(1.0), log1p(2.0)});
  expect_values(expm1(x)[0], {expm1(1.0), expm1(2.0)});
  expect_values(sqrt(x)[0], {1, sqrt(2.0)});
  expect_values(sin(x)[0], {sin(1.0), sin(2.0)});
  expect_values(cos(x)[0], {cos(1.0), cos(2.0)});
  expect_values(tanh(x)[0], {tanh(1.0), tanh(2.0)});
  expect_values(erf(x)[0], {erf(1.0), erf(2.0)});
  expect_values(tan(x)[0], {tan(1.0), tan(2.0)});
  expect_values(atan(x)[0], {atan(1.0), atan(2.0)});
  expect_values(asin(x * 0.1)[0], {asin(0.1), asin(0.2)});
  expect_values(acos(x * 0.1)[0], {acos(0.1), acos(0.2)});
  expect_values(sinh(x)[0], {sinh(1.0), sinh(2.0)});
  expect_values(cosh(x)[0], {cosh(1.0), cosh(2.0)});
  expect_values(asinh(x)[0], {asinh(1.0), asinh(2.0)});
  expect_values(acosh(x + 1)[0], {acosh(2.0), acosh(3.0)});
  expect_values(atanh(x * 0.1)[0], {atanh(0.1), atanh(0.2)});
  expect_values(atan2(x, x), {atan(1.0), atan(1.0), atan(1.0), atan(1.0)});
  expect_values(hypot(x, x)[0], {hypot(1.0, 1.0), hypot(2.0, 2.0)});
  expect_values(log2(x)[0], {0, 1});
  expect_values(log10(x)[0], {0, log10(2.0)});
  expect_values(exp2(x)[0], {2, 4});
  expect_values(erfc(x)[0], {erfc(1.0), erfc(2.0)});
  expect_values(floor(x), {1, 2, 3, 0});
  expect_values(ceil(x), {1, 2, 3, 1});
  expect_values(trunc(x), {1, 2, 3, 0});
  expect_values(round(x), {1, 2, 3, 0});
  expect_values(fmod(x, 2), {1, 0, 1, 0.5});
  expect_values(remainder(x, x), {0, 0, 0, 0});
  expect_values(lerp(x, x, 0.5), {1, 2, 3, 0.5});
  BOOST_TEST(round(2.5) == 3);
  expect_values(pow(x, 2), {1, 4, 9, 0.25});
  expect_values(pow(2.0, x)[0], {2, 4});
  expect_values(pow(x, x)[0], {1, 4});
  BOOST_TEST(norm(tensor({3.0, 4.0})).item() == 5);
  BOOST_TEST(norm(tensor({3.0, 4.0}), 1).item() == 7);
  BOOST_TEST(!isnan(x)[0][0].item<bool>());
  BOOST_TEST(!isinf(x)[0][0].item<bool>());
  BOOST_TEST(isfinite(x)[0][0].item<bool>());
}

BOOST_AUTO_TEST_CASE(functions_of_algorithm_take_tensors) {
  const Tensor x = a(), low = zeros({2, 2}), high = ones({2, 2});
  expect_values(clamp(x, 0, 1), {1, 0, 1, 0.5});
  expect_values(clamp(x, {.min = 0}), {1, 0, 3, 0.5});
  expect_values(clamp(x, low, high), {1, 0, 1, 0.5});
  expect_values(sort(x, 1).values, {-2, 1, 0.5, 3});
  expect_values(sort(x, 1, true).values, {1, -2, 3, 0.5});
  expect_values(sort(x).indices, {1, 0, 1, 0});
  expect_values(where(x > 0, x, 0), {1, 0, 3, 0.5});
  expect_values(gather(x, 1, tensor({{1}, {0}})), {-2, 3});
  BOOST_TEST(equal(x, x));
  Tensor first = x, second = low;
  swap(first, second);
  BOOST_TEST(first.is_same(low));
  vector<int> numbers{3, 1, 2};
  sort(numbers.begin(), numbers.end());
  BOOST_TEST(numbers[0] == 1);
}

BOOST_AUTO_TEST_CASE(creation_functions_are_those_of_xtape) {
  const Tensor x = empty({2, 3});
  BOOST_TEST(x.shape() == Shape(2, 3));
  const Tensor y = empty({2, 3}, {.dtype = kInt64});
  BOOST_TEST((y.dtype() == kInt64));
  const int64_t rows = 2;
  BOOST_TEST(Tensor(empty({rows, 3})).shape() == Shape(2, 3));
  BOOST_TEST(Tensor(empty({rows, rows})).shape() == Shape(2, 2));
  BOOST_TEST(Tensor(empty({})).shape() == Shape());
  BOOST_TEST(Tensor(empty(Shape(4))).shape() == Shape(4));
  BOOST_TEST(empty(vector<Tensor>{}));  // std::empty still serves containers
  BOOST_TEST(rand({2}).shape() == Shape(2));
  BOOST_TEST(to_string(tensor(1)) + to_string(1) == "tensor(1)1");
  BOOST_TEST(size(array<int, 3>{}) == 3);
}

BOOST_AUTO_TEST_CASE(other_ops_are_unambiguous_too) {
  const Tensor x = a();
  BOOST_TEST(all(x > -5).item<bool>());
  BOOST_TEST(((x > 0) && !(x < 2)).to_vector<float>()[2] == 1);
  BOOST_TEST((((x > 0) & ~(x < 2)) | ((x == 5) ^ (x == 5))).to_vector<float>()[2] == 1);
  BOOST_TEST(sum(x, {0, 1}).item() == 2.5);
  BOOST_TEST(mean(x).item() == 0.625);
  BOOST_TEST(prod(x).item() == -3);
  BOOST_TEST(var(x, 0, true, true).shape() == Shape(1, 2));
  BOOST_TEST(select(x, 0, 1).shape() == Shape(2));
  BOOST_TEST(split(x, 1).size() == 2);
  BOOST_TEST(flip(x, {0})[0][0].item() == 3);
  BOOST_TEST(transpose(x, 0, 1)[0][1].item() == 3);
  BOOST_TEST(cat({x, x}, 1).shape() == Shape(2, 4));
  BOOST_TEST(xtape::stack({x, x}).shape() == Shape(2, 2, 2));
  BOOST_TEST(xtape::any(x > 2).item<bool>());
  BOOST_TEST(xtape::std(x, 0).shape() == Shape(2));
  BOOST_TEST(x.std().dim() == 0);
  BOOST_TEST(x.max(x.neg()).shape() == Shape(2, 2));
}

BOOST_AUTO_TEST_CASE(shapes_order_and_products_are_unambiguous_too) {
  const Tensor x = a();
  BOOST_TEST(repeat(x, {2, 2}).shape() == Shape(4, 4));
  BOOST_TEST(tile(x, {2}).shape() == Shape(2, 4));
  expect_values(roll(x, 1, 0)[0], {3, 0.5});
  expect_values(diagonal(x), {1, 0.5});
  BOOST_TEST(trace(x).item() == 1.5);
  BOOST_TEST(median(x).item() == 0.5);
  BOOST_TEST(std::get<0>(median(x, 1)).dim() == 1);
  BOOST_TEST(mode(x, 1).values.shape() == Shape(2));
  BOOST_TEST(quantile(x, 0.0).item() == -2);
  expect_values(cumprod(x, 1), {1, -2, 3, 1.5});
  BOOST_TEST(inner(x, x).shape() == Shape(2, 2));
  BOOST_TEST(kron(x, x).shape() == Shape(4, 4));
  BOOST_TEST(cross(ones({3}), ones({3})).shape() == Shape(3));
  BOOST_TEST(det(x).item() == 6.5);
  BOOST_TEST(inverse(x).shape() == Shape(2, 2));
  expect_values(einsum("ij,ij->", {x, x}), {14.25});
}

BOOST_AUTO_TEST_SUITE_END()
