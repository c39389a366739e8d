// Gradients of order 1 and 2 of every loss against central differences, in float64.
#include "autograd/check/gradcheck.hpp"
#include "nn/losses/classification.hpp"
#include "nn/losses/probability.hpp"
#include "nn/losses/regression.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using nn::Reduction;

/// Checks loss(x) for every reduction; x is made by `input`.
template <class Loss>
void check_gradients(const Tensor& x, const Loss& loss) {
  for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
    const TensorFunction f = [&](const std::vector<Tensor>& in) { return loss(in[0], reduction); };
    const GradcheckResult first = gradcheck(f, {x});
    BOOST_CHECK_MESSAGE(first.ok, first.message);
    const GradcheckResult second = gradgradcheck(f, {x});
    BOOST_CHECK_MESSAGE(second.ok, second.message);
  }
}

/// As above, with the target's gradient too.
template <class Loss>
void check_both_gradients(const Tensor& x, const Tensor& t, const Loss& loss) {
  for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
    const TensorFunction f = [&](const std::vector<Tensor>& in) { return loss(in[0], in[1], reduction); };
    const GradcheckResult first = gradcheck(f, {x, t});
    BOOST_CHECK_MESSAGE(first.ok, first.message);
    const GradcheckResult second = gradgradcheck(f, {x, t});
    BOOST_CHECK_MESSAGE(second.ok, second.message);
  }
}

Tensor normal(const Shape& shape, std::uint64_t seed) {
  Generator generator(seed);
  return randn(shape, {.dtype = kFloat64, .generator = &generator});
}

/// Uniform in [low, high].
Tensor uniform(const Shape& shape, double low, double high, std::uint64_t seed) {
  Generator generator(seed);
  return rand(shape, {.dtype = kFloat64, .generator = &generator}) * (high - low) + low;
}

const Tensor& labels() {
  static const Tensor y = tensor({2, 0, 1, 2});
  return y;
}
const Tensor& weight() {
  static const Tensor w = tensor({0.5, 1.5, 2.0}, {.dtype = kFloat64});
  return w;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_loss_gradients)

BOOST_AUTO_TEST_CASE(of_cross_entropy) {
  const Tensor x = normal({4, 3}, 1);
  check_gradients(
      x, [](const Tensor& a, Reduction r) { return nn::cross_entropy(a, labels(), {.reduction = r}); });
  check_gradients(x, [](const Tensor& a, Reduction r) {
    return nn::cross_entropy(a, labels(),
                             {.weight = weight(), .ignore_index = 0, .reduction = r, .label_smoothing = 0.1});
  });
  const Tensor soft = softmax(normal({4, 3}, 2), 1);
  check_both_gradients(x, soft, [](const Tensor& a, const Tensor& t, Reduction r) {
    return nn::cross_entropy(a, t, {.weight = weight(), .reduction = r, .label_smoothing = 0.1});
  });
}

BOOST_AUTO_TEST_CASE(of_cross_entropy_of_pixels) {
  check_gradients(normal({2, 3, 2}, 3), [](const Tensor& a, Reduction r) {
    return nn::cross_entropy(a, reshape(labels(), {2, 2}), {.reduction = r});
  });
}

BOOST_AUTO_TEST_CASE(of_nll_loss) {
  check_gradients(normal({4, 3}, 4), [](const Tensor& a, Reduction r) {
    return nn::nll_loss(a, labels(), {.weight = weight(), .ignore_index = 1, .reduction = r});
  });
}

BOOST_AUTO_TEST_CASE(of_multi_margin_loss) {
  for (const int p : {1, 2}) {
    check_gradients(normal({4, 3}, 5), [p](const Tensor& a, Reduction r) {
      return nn::multi_margin_loss(a, labels(), {.p = p, .margin = 0.7, .weight = weight(), .reduction = r});
    });
  }
}

BOOST_AUTO_TEST_CASE(of_the_regression_losses) {
  const Tensor x = normal({3, 4}, 6), t = normal({3, 4}, 7);
  check_both_gradients(x, t, [](const Tensor& a, const Tensor& b, Reduction r) {
    return nn::mse_loss(a, b, {.reduction = r});
  });
  check_both_gradients(x, t, [](const Tensor& a, const Tensor& b, Reduction r) {
    return nn::l1_loss(a, b, {.reduction = r});
  });
  check_both_gradients(x, t, [](const Tensor& a, const Tensor& b, Reduction r) {
    return nn::huber_loss(a, b, {.reduction = r, .delta = 0.8});
  });
  for (const double beta : {0.8, 0.0}) {
    check_both_gradients(x, t, [beta](const Tensor& a, const Tensor& b, Reduction r) {
      return nn::smooth_l1_loss(a, b, {.reduction = r, .beta = beta});
    });
  }
}

BOOST_AUTO_TEST_CASE(of_huber_loss_where_there_is_no_difference) {
  const Tensor t = normal({3}, 8);
  check_both_gradients(t.clone(), t, [](const Tensor& a, const Tensor& b, Reduction r) {
    return nn::huber_loss(a, b, {.reduction = r});
  });
}

BOOST_AUTO_TEST_CASE(of_the_binary_losses) {
  const Tensor t = uniform({4, 3}, 0.1, 0.9, 9);
  check_both_gradients(uniform({4, 3}, 0.1, 0.9, 10), t, [](const Tensor& a, const Tensor& b, Reduction r) {
    return nn::binary_cross_entropy(a, b, {.weight = weight(), .reduction = r});
  });
  check_both_gradients(normal({4, 3}, 11), t, [](const Tensor& a, const Tensor& b, Reduction r) {
    return nn::binary_cross_entropy_with_logits(a, b,
                                                {.weight = weight(), .reduction = r, .pos_weight = weight()});
  });
}

BOOST_AUTO_TEST_CASE(of_kl_div) {
  const Tensor x = normal({4, 3}, 12);
  check_both_gradients(x, uniform({4, 3}, 0.1, 0.9, 13), [](const Tensor& a, const Tensor& b, Reduction r) {
    return nn::kl_div(a, b, {.reduction = r});
  });
  check_both_gradients(x, normal({4, 3}, 14), [](const Tensor& a, const Tensor& b, Reduction r) {
    return nn::kl_div(a, b, {.reduction = r, .log_target = true});
  });
}

BOOST_AUTO_TEST_CASE(of_kl_div_at_a_target_of_zero) {
  const Tensor x = tensor({-1.0, -2.0}, {.dtype = kFloat64, .requires_grad = true});
  nn::kl_div(x, tensor({0.0, 0.5}, {.dtype = kFloat64}), {.reduction = Reduction::sum}).backward();
  expect_values(x.grad(), {0, -0.5}, 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
