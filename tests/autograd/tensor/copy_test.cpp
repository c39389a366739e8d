// The copy kernel: random layouts against a loop over all elements, and conversions at the ends of the
// dtypes.
#include "autograd/kernels/copy.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include "autograd/base/random.hpp"

namespace xtape::testing {

namespace {

constexpr DType kTypes[] = {kBool, kUInt8, kInt8, kInt16, kInt32, kInt64, kFloat32, kFloat64};

std::int64_t below(Generator& generator, std::int64_t n) {
  return std::min(n - 1, static_cast<std::int64_t>(generator.uniform() * static_cast<double>(n)));
}

/// A view of `shape` into a buffer of random small numbers: dims in random order, some backwards, some
/// repeated.
Tensor random_layout(const Shape& shape, DType dtype, bool repeats, Generator& generator) {
  Shape order, strides = shape;
  for (int d = 0; d < shape.size(); ++d) order.insert(static_cast<int>(below(generator, d + 1)), d);
  std::int64_t span = 1 + below(generator, 3), offset = 0;
  for (std::int64_t dim : order) {
    const int d = static_cast<int>(dim);
    const bool backwards = below(generator, 3) == 0;
    strides[d] = repeats && below(generator, 4) == 0 ? 0 : backwards ? -span : span;
    if (strides[d] < 0 && shape[d] > 0) offset += (shape[d] - 1) * span;
    if (strides[d] != 0) span *= std::max<std::int64_t>(1, shape[d]);
  }
  const Tensor base = detail::make_tensor({span + offset + 1}, dtype);
  detail::visit(dtype, [&](auto zero) {
    for (std::int64_t i = 0; i < base.numel(); ++i) {
      base.data<decltype(zero)>()[i] = static_cast<decltype(zero)>(below(generator, 128));
    }
  });
  return base.alias(shape, strides, offset);
}

/// Element `index` (in row-major order) of x, read through its strides.
double element(const Tensor& x, std::int64_t index) {
  std::int64_t offset = 0;
  for (int d = x.shape().size() - 1; d >= 0; --d) {
    offset += index % x.shape()[d] * x.strides()[d];
    index /= x.shape()[d];
  }
  return detail::visit(x.dtype(), [&](auto zero) -> double {
    return static_cast<double>(reinterpret_cast<const decltype(zero)*>(x.raw())[offset]);
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_copy)

BOOST_AUTO_TEST_CASE(any_layout_and_dtype_is_copied_element_by_element) {
  Generator generator(5);
  for (int round = 0; round < 300; ++round) {
    Shape shape;
    const std::int64_t dims = below(generator, 5), largest = round % 5 == 0 ? 40 : 6;
    for (int d = 0; d < dims; ++d) shape.push_back((round % 7 == 0 ? 0 : 1) + below(generator, largest));
    const DType source = kTypes[below(generator, std::ssize(kTypes))],
                target = round % 2 ? source : kTypes[below(generator, std::ssize(kTypes))];
    const Tensor from = random_layout(shape, source, true, generator);
    const Tensor to = random_layout(shape, target, false, generator);
    kernels::copy(from, to);
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < from.numel(); ++i) {
      const double x = element(from, i);
      wrong += element(to, i) != (target == kBool ? static_cast<double>(x != 0) : x);
    }
    BOOST_TEST(wrong == 0,
               "round " << round << ": " << wrong << " elements of shape " << shape << " are wrong");
  }
}

BOOST_AUTO_TEST_CASE(a_large_transpose_is_copied_in_parallel) {
  const Tensor x = arange(700 * 300, {.dtype = kFloat32}).reshape({700, 300});
  const Tensor y = x.t().contiguous();
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < y.numel(); ++i)
    wrong += element(y, i) != static_cast<double>(i % 700 * 300 + i / 700);
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(conversion_is_defined_for_every_number) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Tensor x = from_vector(std::vector<double>{std::nan(""), infinity, -infinity, -1.5, 300, 1e30}, {6});
  using Limits = std::numeric_limits<std::int64_t>;
  const std::vector<std::int64_t> whole{0, Limits::max(), Limits::min(), -1, 300, Limits::max()};
  BOOST_TEST(x.to(kInt64).to_vector<std::int64_t>() == whole);
  const std::vector<std::uint8_t> bytes = x.to(kUInt8).to_vector<std::uint8_t>();
  BOOST_TEST(bytes[3] == 255);  // the lowest 8 bits, as in PyTorch
  BOOST_TEST(bytes[4] == 44);
  BOOST_TEST(all(x.to(kBool)).item<bool>());  // NaN is not 0
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
