// scaled_dot_product_attention beyond its golden file: large inputs, threads, dropout, learnt masks, errors.
#include "autograd/ops/attention.hpp"

#include <cmath>

#include "autograd/base/parallel.hpp"
#include "autograd/check/gradcheck.hpp"
#include "autograd/graph/backward.hpp"
#include "autograd/tensor/attention_options.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// The formula in other ops. An offset below 0 stands for no causal mask.
Tensor formula(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask, std::int64_t offset) {
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
  Tensor scores = matmul(q, k.transpose(-2, -1)) * scale;
  if (mask.defined()) scores = mask.dtype() == kBool ? masked_fill(scores, ~mask, -INFINITY) : scores + mask;
  if (offset >= 0) {
    const Tensor seen = tril(ones({q.size(-2), k.size(-2)}, {.dtype = kBool}), offset);
    scores = masked_fill(scores, ~seen, -INFINITY);
  }
  return matmul(softmax(scores, -1), v);
}

struct Leaves {
  Tensor q, k, v, g;

  Leaves(const Shape& queries, const Shape& keys, DType dtype) {
    Generator generator(11);
    const auto leaf = [&](const Shape& shape) {
      return randn(shape, {.generator = &generator}).to(dtype).requires_grad_();
    };
    q = leaf(queries), k = leaf(keys), v = leaf(keys);
    g = randn(queries, {.generator = &generator}).to(dtype);
  }
  /// y and the gradients.
  template <class F>
  std::vector<Tensor> results(const F& f) const {
    const Tensor y = f(q, k, v);
    y.backward(g);
    return {y.detach(), q.grad(), k.grad(), v.grad()};
  }
};

/// Compares float32 with the formula in float64, and one thread with two.
template <class Options>
void expect_formula(const Shape& queries, const Shape& keys, const Options& options, std::int64_t offset) {
  const auto attention = [&](const Tensor& q, const Tensor& k, const Tensor& v) {
    return scaled_dot_product_attention(q, k, v, options);
  };
  const int threads = num_threads();
  set_num_threads(1);
  const auto one = Leaves(queries, keys, kFloat32).results(attention);
  set_num_threads(2);
  const auto two = Leaves(queries, keys, kFloat32).results(attention);
  set_num_threads(threads);
  const auto exact =
      Leaves(queries, keys, kFloat64).results([&](const Tensor& q, const Tensor& k, const Tensor& v) {
        const Tensor& mask = options.attn_mask;
        return formula(q, k, v, mask.defined() && mask.dtype() != kBool ? mask.to(kFloat64) : mask, offset);
      });
  for (std::size_t i = 0; i < one.size(); ++i) {
    BOOST_TEST(equal(one[i], two[i]));
    BOOST_TEST(norm_relative_error(one[i].to(kFloat64), exact[i]) < 2e-6,
               "result " << i << " of " << queries);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_attention)

BOOST_AUTO_TEST_CASE(large_inputs_fit_the_formula_on_any_number_of_threads) {
  using Options = ScaledDotProductAttentionOptions;
  const Shape heads{3, 4, 150, 32};
  Generator generator(1);
  const Tensor allowed = rand({3, 1, 150, 150}, {.generator = &generator}) > 0.2;
  expect_formula(heads, heads, Options(), -1);
  expect_formula(heads, heads, Options{.is_causal = true}, 0);
  expect_formula(heads, heads, Options{.attn_mask = allowed}, -1);
  expect_formula(heads, heads, Options{.attn_mask = randn({150, 150}, {.generator = &generator})}, -1);
  expect_formula({2, 2, 5, 16}, {2, 2, 130, 16}, Options{.is_causal = true, .causal_offset = 125}, 125);
  expect_formula({2, 130, 16}, {2, 7, 16}, Options{.is_causal = true}, 0);
}

BOOST_AUTO_TEST_CASE(heads_that_lie_between_others_in_memory_are_read_where_they_are) {
  const Leaves leaves({2, 5, 3, 4}, {2, 6, 3, 4}, kFloat64);
  const auto turned = [](const Tensor& x) { return x.transpose(1, 2); };
  const Tensor y = scaled_dot_product_attention(turned(leaves.q), turned(leaves.k), turned(leaves.v));
  const Tensor expected = formula(turned(leaves.q), turned(leaves.k), turned(leaves.v), Tensor(), -1);
  BOOST_TEST(allclose(y, expected, 1e-12, 1e-12));
  const Tensor one =
      leaves.k.detach().select(2, 0).unsqueeze(2).expand({2, 6, 3, 4});  // keys shared by heads
  BOOST_TEST(allclose(scaled_dot_product_attention(turned(leaves.q), turned(one), turned(one)),
                      formula(turned(leaves.q), turned(one), turned(one), Tensor(), -1), 1e-12, 1e-12));
}

BOOST_AUTO_TEST_CASE(a_learnt_mask_has_gradients_of_order_1_and_2) {
  manual_seed(5);
  const auto leaf = [](const Shape& shape) {
    return randn(shape, {.dtype = kFloat64, .requires_grad = true});
  };
  const std::vector<Tensor> x{leaf({2, 3, 2}), leaf({2, 4, 2}), leaf({2, 4, 3}), leaf({3, 4})};
  const auto f = [](const std::vector<Tensor>& in) {
    return scaled_dot_product_attention(in[0], in[1], in[2], {.attn_mask = in[3]});
  };
  const GradcheckResult first = gradcheck(f, x), second = gradgradcheck(f, x);
  BOOST_TEST(bool(first), first.message);
  BOOST_TEST(bool(second), second.message);
}

BOOST_AUTO_TEST_CASE(a_constant_mask_of_floats_has_gradients_of_order_1_and_2) {
  manual_seed(6);
  const auto leaf = [](const Shape& shape) {
    return randn(shape, {.dtype = kFloat64, .requires_grad = true});
  };
  const Tensor mask = randn({3, 4}, {.dtype = kFloat64});
  const auto f = [&](const std::vector<Tensor>& in) {
    return scaled_dot_product_attention(in[0], in[1], in[2], {.attn_mask = mask, .scale = 0.9});
  };
  const std::vector<Tensor> x{leaf({2, 3, 2}), leaf({2, 4, 2}), leaf({2, 4, 3})};
  const GradcheckResult first = gradcheck(f, x), second = gradgradcheck(f, x);
  BOOST_TEST(bool(first), first.message);
  BOOST_TEST(bool(second), second.message);
}

BOOST_AUTO_TEST_CASE(gradients_of_order_3_are_those_of_the_formula) {
  const auto third = [](const auto& f) {
    const Leaves x({2, 3}, {2, 3}, kFloat64);
    const std::vector<Tensor> in{x.q, x.k, x.v};
    Tensor total = sum(square(f(x.q, x.k, x.v)));
    for (int order = 1; order <= 3; ++order) {
      Tensor next = zeros({}, {.dtype = kFloat64});
      for (const Tensor& g : grad({total}, in, {.create_graph = true})) next = next + sum(square(g));
      total = next;
    }
    return total.item();
  };
  const double expected =
      third([](const Tensor& q, const Tensor& k, const Tensor& v) { return formula(q, k, v, Tensor(), 0); });
  const double actual = third([](const Tensor& q, const Tensor& k, const Tensor& v) {
    return scaled_dot_product_attention(q, k, v, {.is_causal = true});
  });
  BOOST_TEST(relative_error(tensor(actual, {.dtype = kFloat64}), tensor(expected, {.dtype = kFloat64})) <
             1e-9);
}

BOOST_AUTO_TEST_CASE(dropout_zeroes_weights_and_scales_the_others) {
  const Tensor q = zeros({1, 1, 4, 2}), k = zeros({1, 1, 500, 2}), v = eye(500).view({1, 1, 500, 500});
  Generator a(3), b(3);
  const auto weights = [&](Generator& generator) {
    return scaled_dot_product_attention(q, k, v, {.dropout_p = 0.25, .generator = &generator});
  };
  const Tensor w = weights(a) * 500;
  BOOST_TEST(equal(w, weights(b) * 500));
  const double kept = (w > 0).to(kFloat32).mean().item();
  BOOST_TEST(std::abs(kept - 0.75) < 0.05);
  BOOST_TEST(allclose(w, (w > 0).to(kFloat32) / 0.75));
  Generator c(3);
  BOOST_TEST(equal(weights(c).isnan().any(), tensor(false)));
  BOOST_TEST(sum(abs(scaled_dot_product_attention(q, k, v, {.dropout_p = 1}))).item() == 0);
}

BOOST_AUTO_TEST_CASE(masks_of_both_kinds_mean_the_same) {
  manual_seed(2);
  const Tensor q = randn({2, 3, 4}), k = randn({2, 5, 4}), allowed = rand({3, 5}) > 0.3;
  const Tensor added = masked_fill(zeros({3, 5}), ~allowed, -INFINITY);
  BOOST_TEST(allclose(scaled_dot_product_attention(q, k, k, {.attn_mask = allowed}),
                      scaled_dot_product_attention(q, k, k, {.attn_mask = added})));
}

BOOST_AUTO_TEST_CASE(a_query_without_keys_gives_nan_and_spoils_no_other) {
  const Tensor q = ones({2, 3}), allowed = tensor({{false, false}, {true, false}});
  const Tensor y = scaled_dot_product_attention(q, ones({2, 3}), ones({2, 2}), {.attn_mask = allowed});
  expect_values(y, {NAN, NAN, 1, 1});
}

BOOST_AUTO_TEST_CASE(errors_say_what_would_fit) {
  const Tensor q = ones({2, 3, 4}), k = ones({2, 5, 4});
  const auto attend = [](const Tensor& a, const Tensor& b, const Tensor& c,
                         const ScaledDotProductAttentionOptions& options) {
    return [=] { scaled_dot_product_attention(a, b, c, options); };
  };
  expect_error(
      attend(q, ones({2, 5, 3}), k, {}),
      "scaled_dot_product_attention: q {2, 3, 4}, k {2, 5, 3} and v {2, 5, 4} do not fit; expected {..., "
      "L, E}, {..., S, E} and {..., S, D}");
  expect_error(attend(ones({4}), k, k, {}), "q {4}, k {2, 5, 4} and v {2, 5, 4} do not fit");
  expect_error(attend(q, k, ones({2, 4, 4}), {}), "do not fit");
  expect_error(attend(q, ones({3, 5, 4}), k, {}), "scaled_dot_product_attention: ");
  expect_error(attend(q, k, k.to(kFloat64), {}), "q is float32, k float32 and v float64; expected one dtype");
  expect_error(attend(q.to(kInt64), k, k, {}), "expected float32 or float64, got int64");
  expect_error(attend(q, k, k, {.attn_mask = ones({5, 3}, {.dtype = kBool})}),
               "scaled_dot_product_attention: a mask of shape {5, 3} does not broadcast to {2, 3, 5}");
  expect_error(attend(q, k, k, {.attn_mask = ones({3, 5}, {.dtype = kInt64})}),
               "scaled_dot_product_attention: the mask is int64; expected bool or float32");
  expect_error(attend(q, k, k, {.attn_mask = ones({3, 5}, {.dtype = kBool}), .is_causal = true}),
               "scaled_dot_product_attention: is_causal stands beside attn_mask");
  expect_error(attend(q, k, k, {.dropout_p = 1.5}), "dropout_p is 1.5; expected a probability");
  expect_error(attend(q, k, k, {.is_causal = true, .causal_offset = -1}), "causal_offset is -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
