// The elementwise ops in place: what each writes is what the op itself gives, recorded or not.
#include <functional>
#include <string>
#include <vector>

#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

struct Twin {
  std::string name;
  std::function<const Tensor&(const Tensor&)> in_place;
  std::function<Tensor(const Tensor&)> function;
};

/// Those that take any numbers in (0.1, 0.9).
std::vector<Twin> real_twins() {
  const auto unary = [](const char* name, const Tensor& (*in_place)(const Tensor&),
                        Tensor (*function)(const Tensor&)) {
    return Twin{name, in_place, function};
  };
  return {
      unary("exp_", exp_, exp),
      unary("log_", log_, log),
      unary("log1p_", log1p_, log1p),
      unary("expm1_", expm1_, expm1),
      unary("sqrt_", sqrt_, sqrt),
      unary("rsqrt_", rsqrt_, rsqrt),
      unary("square_", square_, square),
      unary("reciprocal_", reciprocal_, reciprocal),
      unary("sin_", sin_, sin),
      unary("cos_", cos_, cos),
      unary("tanh_", tanh_, tanh),
      unary("sigmoid_", sigmoid_, sigmoid),
      unary("erf_", erf_, erf),
      unary("abs_", abs_, abs),
      unary("sign_", sign_, sign),
      unary("neg_", neg_, neg),
      unary("tan_", tan_, tan),
      unary("asin_", asin_, asin),
      unary("acos_", acos_, acos),
      unary("atan_", atan_, atan),
      unary("sinh_", sinh_, sinh),
      unary("cosh_", cosh_, cosh),
      unary("asinh_", asinh_, asinh),
      unary("atanh_", atanh_, atanh),
      unary("sinc_", sinc_, sinc),
      unary("log2_", log2_, log2),
      unary("log10_", log10_, log10),
      unary("exp2_", exp2_, exp2),
      unary("erfc_", erfc_, erfc),
      unary("erfinv_", erfinv_, erfinv),
      unary("floor_", floor_, floor),
      unary("ceil_", ceil_, ceil),
      unary("trunc_", trunc_, trunc),
      unary("frac_", frac_, frac),
      {"round_", [](const Tensor& x) -> const Tensor& { return x.round_(); },
       [](const Tensor& x) { return round(x); }},
      {"round_", [](const Tensor& x) -> const Tensor& { return x.round_(1); },
       [](const Tensor& x) { return round(x, 1); }},
      unary("relu_", relu_, relu),
      unary("relu6_", relu6_, relu6),
      unary("silu_", silu_, silu),
      unary("mish_", mish_, mish),
      unary("selu_", selu_, selu),
      unary("hardsigmoid_", hardsigmoid_, hardsigmoid),
      unary("hardswish_", hardswish_, hardswish),
      {"acosh_", [](const Tensor& x) -> const Tensor& { return x.add_(1).acosh_(); },
       [](const Tensor& x) { return acosh(x + 1); }},
      {"leaky_relu_", [](const Tensor& x) -> const Tensor& { return x.sub_(0.5).leaky_relu_(0.2); },
       [](const Tensor& x) { return leaky_relu(x - 0.5, 0.2); }},
      {"elu_", [](const Tensor& x) -> const Tensor& { return x.sub_(0.5).elu_(2); },
       [](const Tensor& x) { return elu(x - 0.5, 2); }},
      {"celu_", [](const Tensor& x) -> const Tensor& { return x.sub_(0.5).celu_(2); },
       [](const Tensor& x) { return celu(x - 0.5, 2); }},
      {"hardtanh_", [](const Tensor& x) -> const Tensor& { return x.hardtanh_(0.3, 0.6); },
       [](const Tensor& x) { return hardtanh(x, 0.3, 0.6); }},
      {"nan_to_num_", [](const Tensor& x) -> const Tensor& { return x.nan_to_num_(); },
       [](const Tensor& x) { return nan_to_num(x); }},
      {"pow_", [](const Tensor& x) -> const Tensor& { return x.pow_(1.5); },
       [](const Tensor& x) { return pow(x, 1.5); }},
      {"fmod_", [](const Tensor& x) -> const Tensor& { return x.fmod_(0.4); },
       [](const Tensor& x) { return fmod(x, 0.4); }},
      {"remainder_", [](const Tensor& x) -> const Tensor& { return x %= -0.4; },
       [](const Tensor& x) { return remainder(x, -0.4); }},
      {"clamp_min_", [](const Tensor& x) -> const Tensor& { return x.clamp_min_(0.4); },
       [](const Tensor& x) { return clamp_min(x, 0.4); }},
      {"clamp_max_", [](const Tensor& x) -> const Tensor& { return x.clamp_max_(0.4); },
       [](const Tensor& x) { return clamp_max(x, 0.4); }},
      {"xlogy_", [](const Tensor& x) -> const Tensor& { return x.xlogy_(0.4); },
       [](const Tensor& x) { return xlogy(x, 0.4); }},
  };
}

/// Those of two tensors: what in_place(x, other) makes of x.
struct PairTwin {
  std::string name;
  const Tensor& (*in_place)(const Tensor&, const Tensor&);
  Tensor (*function)(const Tensor&, const Tensor&);
};
const PairTwin real_pairs[] = {
    {"pow_", pow_, pow},
    {"fmod_", fmod_, fmod},
    {"remainder_", remainder_, remainder},
    {"clamp_min_", clamp_min_, clamp_min},
    {"clamp_max_", clamp_max_, clamp_max},
    {"xlogy_", xlogy_, xlogy},
    {"atan2_", atan2_, atan2},
    {"hypot_", hypot_, hypot},
};
const PairTwin truth_pairs[] = {
    {"eq_", eq_, eq},
    {"ne_", ne_, ne},
    {"lt_", lt_, lt},
    {"le_", le_, le},
    {"gt_", gt_, gt},
    {"ge_", ge_, ge},
    {"logical_and_", logical_and_, logical_and},
    {"logical_or_", logical_or_, logical_or},
    {"logical_xor_", logical_xor_, logical_xor},
};
const PairTwin bit_pairs[] = {
    {"bitwise_and_", bitwise_and_, bitwise_and},
    {"bitwise_or_", bitwise_or_, bitwise_or},
    {"bitwise_xor_", bitwise_xor_, bitwise_xor},
};

Tensor numbers(const Shape& shape, std::uint64_t seed = 1) {
  Generator generator(seed);
  return rand(shape, {.dtype = kFloat64, .generator = &generator}) * 0.8 + 0.1;
}

/// The gradients by x (and by other) of sum(w y), for y computed and for y written in place.
template <class Function>
std::vector<double> gradients(const std::vector<Tensor>& values, const Function& f) {
  std::vector<Tensor> leaves;
  for (const Tensor& v : values) leaves.push_back(v.clone().requires_grad_());
  const Tensor y = f(leaves);
  sum(y * numbers(y.shape(), 7)).backward();
  std::vector<double> all;
  for (const Tensor& leaf : leaves) {
    for (double g : leaf.grad().to_vector<double>()) all.push_back(g);
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_inplace_elementwise)

BOOST_AUTO_TEST_CASE(each_op_writes_what_its_function_gives) {
  for (const Twin& twin : real_twins()) {
    for (const Shape& shape : {Shape{2, 3}, Shape(), Shape{0, 2}, Shape{300, 300}}) {
      const Tensor x = numbers(shape), expected = twin.function(x);
      const std::uint32_t version = x.version();
      BOOST_TEST(twin.in_place(x).is_same(x), twin.name);
      BOOST_TEST(x.equal(expected), twin.name << " of dims " << x.dim());
      BOOST_TEST(x.version() > version, twin.name);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_op_writes_through_views_of_any_strides) {
  for (const Twin& twin : real_twins()) {
    for (const std::int64_t size : {4, 300}) {
      const Tensor x = numbers({size, size}), whole = x.clone();
      for (const Tensor& view : {x.t(), x.slice(1, 0, size, 2)}) {
        const Tensor expected = twin.function(view);
        twin.in_place(view);
        BOOST_TEST(view.equal(expected), twin.name);
        x.copy_(whole);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(each_op_is_recorded_as_its_function_is) {
  for (const Twin& twin : real_twins()) {
    const std::vector<Tensor> x{numbers({2, 3})};
    const auto expected = gradients(x, [&](const auto& in) { return twin.function(in[0] * 1); });
    const auto written = gradients(x, [&](const auto& in) { return Tensor(twin.in_place(in[0] * 1)); });
    BOOST_TEST(written == expected, twin.name);
  }
}

BOOST_AUTO_TEST_CASE(ops_of_two_tensors_write_what_their_functions_give) {
  for (const PairTwin& twin : real_pairs) {
    const Tensor a = numbers({2, 3}), b = numbers({3}, 2), expected = twin.function(a, b);
    const auto gradient = gradients({a, b}, [&](const auto& in) { return twin.function(in[0] * 1, in[1]); });
    BOOST_TEST(gradient ==
                   gradients({a, b}, [&](const auto& in) { return Tensor(twin.in_place(in[0] * 1, in[1])); }),
               twin.name);
    BOOST_TEST(twin.in_place(a, b).is_same(a), twin.name);
    BOOST_TEST(a.equal(expected), twin.name);
    expect_error([&] { twin.in_place(b, a); }, twin.name + ": the result has shape {2, 3}");
  }
}

BOOST_AUTO_TEST_CASE(comparisons_and_logic_write_ones_and_zeros) {
  for (const PairTwin& twin : truth_pairs) {
    const Tensor a = tensor({{0.0, 1.0}, {2.0, 0.0}}), b = tensor({0.0, 1.0}), expected = twin.function(a, b);
    twin.in_place(a, b);
    BOOST_TEST((a.dtype() == kFloat32), twin.name);
    BOOST_TEST(a.equal(expected.to(kFloat32)), twin.name);
  }
  const Tensor x = tensor({0.0, 1.0, 2.0}), y = x.clone(), mask = tensor({true, false});
  expect_values(x.ge_(1), {0, 1, 1}, 0);
  expect_values(y.logical_not_(), {1, 0, 0}, 0);
  expect_values(mask.bitwise_not_(), {0, 1}, 0);
}

BOOST_AUTO_TEST_CASE(bits_are_written_by_operators_too) {
  for (const PairTwin& twin : bit_pairs) {
    const Tensor a = tensor({{1, 2}, {3, 4}}), b = tensor({3, -2}), expected = twin.function(a, b);
    BOOST_TEST(twin.in_place(a, b).equal(expected), twin.name);
  }
  const Tensor x = tensor({1, 2, 7});
  x &= 6;
  x |= tensor({8, 0, 8});
  x ^= 1;
  expect_values(x, {9, 3, 15}, 0);
  const Tensor mask = tensor({true, false});
  mask |= tensor({false, true});
  expect_values(mask, {1, 1}, 0);
  expect_error(
      [&] {
        mask &= tensor({1, 2});
      },
      "bitwise_and_: the result is int64; a bool tensor cannot hold it");
}

BOOST_AUTO_TEST_CASE(lerp_and_clamp_write_between_two_tensors) {
  const Tensor a = numbers({2, 3}), end = numbers({2, 3}, 2), weight = numbers({3}, 3);
  const Tensor by_tensor = lerp(a, end, weight), by_number = lerp(a, end, 0.3),
               clamped = clamp(a, end, end + 0.1);
  expect_values(a.clone().lerp_(end, weight), by_tensor.to_vector<double>(), 0);
  expect_values(a.clone().lerp_(end, 0.3), by_number.to_vector<double>(), 0);
  expect_values(a.clone().clamp_(end, end + 0.1), clamped.to_vector<double>(), 0);
  const auto of = [](const auto& in) { return lerp(in[0] * 1, in[1], in[2]); };
  const auto written = [](const auto& in) { return Tensor((in[0] * 1).lerp_(in[1], in[2])); };
  BOOST_TEST(gradients({a, end, weight}, of) == gradients({a, end, weight}, written));
  expect_values(tensor({1.0, 2.0}).sub_(tensor({1.0, 1.0}), 0.5), {0.5, 1.5}, 0);
}

BOOST_AUTO_TEST_CASE(addcmul_and_addcdiv_write_what_they_give) {
  const Tensor x = numbers({2, 3}), a = numbers({3}, 2), b = numbers({2, 3}, 3) + 2;
  expect_values(x.clone().addcmul_(a, b, -0.5), addcmul(x, a, b, {.value = -0.5}).to_vector<double>(), 0);
  expect_values(x.clone().addcdiv_(a, b, {.value = 2}), addcdiv(x, a, b, 2).to_vector<double>(), 0);
  const auto of = [](const auto& in) { return addcdiv(in[0] * 1, in[1], in[2], 0.3); };
  const auto written = [](const auto& in) { return Tensor((in[0] * 1).addcdiv_(in[1], in[2], 0.3)); };
  BOOST_TEST(gradients({x, a, b}, of) == gradients({x, a, b}, written));
  expect_error([] { addcdiv(tensor({1, 2}), tensor({1, 2}), tensor({1, 2})); }, "addcdiv: ");
}

BOOST_AUTO_TEST_CASE(integers_hold_no_floats) {
  expect_error([] { tensor({1, 2}).exp_(); }, "exp_: the result is float32; a int64 tensor cannot hold it");
  expect_error([] { arange(100000).exp_(); }, "exp_: the result is float32; a int64 tensor cannot hold it");
  expect_error([] { tensor({1, 2}).fmod_(2.5); }, "fmod_: the result is float32");
  expect_values(tensor({-1, 2}).abs_().neg_().floor_(), {-1, -2}, 0);
  expect_values(tensor({5, -7}).fmod_(3), {2, -1}, 0);
}

BOOST_AUTO_TEST_CASE(a_leaf_that_requires_grad_is_not_written_over) {
  const Tensor x = zeros({2}, {.requires_grad = true});
  expect_error([&] { x.exp_(); }, "exp_: a leaf that requires grad");
  expect_error([&] { x.pow_(2); }, "pow_: a leaf that requires grad");
  const NoGradGuard no_grad;
  expect_values(x.exp_(), {1, 1}, 0);
  BOOST_TEST(x.is_leaf());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
