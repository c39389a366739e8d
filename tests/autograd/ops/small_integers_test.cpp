// int8, int16 and int32: every op gives what int64 gives, in the dtype that PyTorch has for it.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <limits>

#include "tests/support/temporary_files.hpp"
#include "xtape/autograd.hpp"

namespace xtape::testing {
namespace {

const DType kSmall[] = {kInt8, kInt16, kInt32};

/// What the dtype of a result depends on.
enum class Gives { same, int64, boolean, float32 };

struct Function {
  const char* name;
  Gives gives;
  std::function<Tensor(const Tensor&)> f;
};

DType expected_dtype(Gives gives, DType of) {
  switch (gives) {
    case Gives::same: return of;
    case Gives::int64: return kInt64;
    case Gives::boolean: return kBool;
    case Gives::float32: return kFloat32;
  }
  __builtin_unreachable();
}

const Function kFunctions[] = {
    {"+", Gives::same, [](const Tensor& x) { return x + x.t(); }},
    {"+ number", Gives::same, [](const Tensor& x) { return x + 3; }},
    {"- rows", Gives::same, [](const Tensor& x) { return x - x[0]; }},
    {"*", Gives::same, [](const Tensor& x) { return x * x; }},
    {"/", Gives::float32, [](const Tensor& x) { return x / 2; }},
    {"neg", Gives::same, [](const Tensor& x) { return -x; }},
    {"abs", Gives::same, [](const Tensor& x) { return abs(x); }},
    {"sign", Gives::same, [](const Tensor& x) { return sign(x); }},
    {"square", Gives::same, [](const Tensor& x) { return square(x); }},
    {"relu", Gives::same, [](const Tensor& x) { return relu(x); }},
    {"pow", Gives::same, [](const Tensor& x) { return pow(x, 2); }},
    {"maximum", Gives::same, [](const Tensor& x) { return maximum(x, -x); }},
    {"minimum", Gives::same, [](const Tensor& x) { return minimum(x, x.t()); }},
    {"clamp", Gives::same, [](const Tensor& x) { return clamp(x, -2, 3); }},
    {"exp", Gives::float32, [](const Tensor& x) { return exp(x); }},
    {"<", Gives::boolean, [](const Tensor& x) { return x < x.t(); }},
    {">= number", Gives::boolean, [](const Tensor& x) { return x >= 1; }},
    {"==", Gives::boolean, [](const Tensor& x) { return x == abs(x); }},
    {"where", Gives::same, [](const Tensor& x) { return where(x > 0, x, -x); }},
    {"masked_fill", Gives::same, [](const Tensor& x) { return x.masked_fill(x < 0, 7); }},
    {"sum", Gives::int64, [](const Tensor& x) { return sum(x); }},
    {"sum of columns", Gives::int64, [](const Tensor& x) { return sum(x, 0); }},
    {"prod", Gives::int64, [](const Tensor& x) { return prod(x, 1); }},
    {"amax", Gives::same, [](const Tensor& x) { return amax(x, 0); }},
    {"amin", Gives::same, [](const Tensor& x) { return amin(x, 1); }},
    {"max", Gives::same, [](const Tensor& x) { return max(x, 1).values; }},
    {"argmin", Gives::int64, [](const Tensor& x) { return argmin(x, 0); }},
    {"any", Gives::boolean, [](const Tensor& x) { return any(x, 1); }},
    {"all", Gives::boolean, [](const Tensor& x) { return all(x); }},
    {"cumsum", Gives::int64, [](const Tensor& x) { return cumsum(x, 1); }},
    {"sort", Gives::same, [](const Tensor& x) { return sort(x, 0).values; }},
    {"topk", Gives::int64, [](const Tensor& x) { return topk(x, 2, 1).indices; }},
    {"matmul", Gives::same, [](const Tensor& x) { return matmul(x, x.t()); }},
    {"contiguous", Gives::same, [](const Tensor& x) { return x.t().contiguous(); }},
    {"cat", Gives::same,
     [](const Tensor& x) {
       return cat({x, x}, 1);
     }},
    {"stack", Gives::same,
     [](const Tensor& x) {
       return stack({x, x.t()});
     }},
    {"flip", Gives::same, [](const Tensor& x) { return flip(x, {0}); }},
    {"pad", Gives::same,
     [](const Tensor& x) {
       return pad(x, {1, 1});
     }},
    {"index_select", Gives::same,
     [](const Tensor& x) {
       return index_select(x, 0, tensor({2, 0, 2}));
     }},
    {"gather", Gives::same,
     [](const Tensor& x) {
       return gather(x, 1, tensor({{0}, {2}, {1}}));
     }},
    {"in place", Gives::same,
     [](const Tensor& x) {
       const Tensor y = x.clone();
       y[1].mul_(2);
       y.t()[0].copy_(x[2]);
       return y.add_(1);
     }},
    {"to uint8", Gives::float32, [](const Tensor& x) { return abs(x).to(kUInt8).to(kFloat32); }},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_small_integers)

BOOST_AUTO_TEST_CASE(each_op_gives_what_int64_gives) {
  const Tensor x = tensor({{-3, 0, 2}, {4, -1, 1}, {5, -2, 3}});
  for (const DType dtype : kSmall) {
    for (const Function& function : kFunctions) {
      BOOST_TEST_CONTEXT(function.name << " of " << dtype) {
        const Tensor actual = function.f(x.to(dtype)), expected = function.f(x);
        BOOST_TEST(name_of(actual.dtype()) == name_of(expected_dtype(function.gives, dtype)));
        BOOST_TEST(actual.shape() == expected.shape());
        BOOST_TEST(actual.to_vector<double>() == expected.to_vector<double>(),
                   boost::test_tools::per_element());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(large_tensors_go_the_vectorised_way) {
  const Tensor x = randint(-100, 100, {300, 411});
  for (const DType dtype : kSmall) {
    const Tensor y = x.to(dtype);
    BOOST_TEST(sum(y).item() == sum(x).item());
    BOOST_TEST((amax(y, 0).to(kInt64) == amax(x, 0)).all().item<bool>());
    BOOST_TEST(((y.t() + y.t()).to(kInt64) == (x + x).t().to(dtype).to(kInt64)).all().item<bool>());
    BOOST_TEST(((y < y[0]) == (x < x[0])).all().item<bool>());
  }
}

// As PyTorch's arithmetic: two's complement.
BOOST_AUTO_TEST_CASE(overflow_wraps) {
  BOOST_TEST((full({1}, 127, kInt8) + 1).item() == -128);
  BOOST_TEST((full({1}, 32767, kInt16) * 2).item() == -2);
  BOOST_TEST((-full({1}, -2147483647 - 1, kInt32)).item() == -2147483648.0);
  BOOST_TEST(sum(full({1000}, 127, kInt8)).item() == 127000);
}

BOOST_AUTO_TEST_CASE(values_that_do_not_fit_are_refused) {
  BOOST_CHECK_THROW(full({2}, 128, kInt8), Error);
  BOOST_CHECK_THROW(tensor({40000}, kInt16), Error);
  BOOST_CHECK_THROW(zeros({2}, kInt32).fill_(3e9), Error);
  BOOST_CHECK_THROW(randint(-129, 3, {2}, kInt8), Error);
  BOOST_TEST((randint(-128, 128, {2}, kInt8).dtype() == kInt8));
}

BOOST_AUTO_TEST_CASE(functions_of_real_numbers_give_float32_and_floats_have_gradients) {
  const Tensor w = ones({3}, {.requires_grad = true});
  const Tensor x = tensor({1, 2, 3}, kInt32);
  sum(w * x).backward();
  BOOST_TEST(w.grad().to_vector<double>() == (std::vector<double>{1, 2, 3}),
             boost::test_tools::per_element());
  BOOST_CHECK_THROW(zeros({2}, {.dtype = kInt16, .requires_grad = true}), Error);
}

BOOST_AUTO_TEST_CASE(they_print_with_their_dtype) {
  BOOST_TEST(to_string(tensor({1, -2}, kInt8)) == "tensor([ 1, -2], dtype=int8)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
