// Losses on vectors, and the modules of distances: gradients of both orders, options and errors. Values are
// compared with PyTorch's in golden_loss_test.cpp and autograd/ops/golden_test.cpp.
#include "nn/losses/embedding.hpp"

#include "autograd/check/gradcheck.hpp"
#include "nn/functional.hpp"
#include "nn/layers/distance.hpp"
#include "nn/losses/modules.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using Tensors = std::vector<Tensor>;
using nn::Reduction;

Tensor vectors(const Shape& shape, std::uint64_t seed) {
  Generator generator(seed);
  return randn(shape, {.dtype = kFloat64, .requires_grad = true, .generator = &generator});
}

template <class F>
void expect_gradients(const F& f, const Tensors& inputs) {
  const GradcheckResult first = gradcheck(f, inputs), second = gradgradcheck(f, inputs);
  BOOST_CHECK_MESSAGE(first.ok, first.message);
  BOOST_CHECK_MESSAGE(second.ok, second.message);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_embedding_losses)

BOOST_AUTO_TEST_CASE(their_gradients_are_right_to_order_two) {
  const Tensor a = vectors({4, 3}, 1), b = vectors({4, 3}, 2), c = vectors({4, 3}, 3),
               y = tensor({1, -1, 1, -1});
  for (const Reduction r : {Reduction::none, Reduction::mean, Reduction::sum}) {
    expect_gradients(
        [&](const Tensors& x) { return nn::smooth_l1_loss(x[0], x[1], {.reduction = r, .beta = 0.7}); },
        {a, b});
    expect_gradients(
        [&](const Tensors& x) {
          return nn::cosine_embedding_loss(x[0], x[1], y, {.margin = -0.5, .reduction = r});
        },
        {a, b});
    expect_gradients(
        [&](const Tensors& x) {
          return nn::triplet_margin_loss(x[0], x[1], x[2], {.margin = 2, .swap = true, .reduction = r});
        },
        {a, b, c});
  }
}

BOOST_AUTO_TEST_CASE(distances_have_right_gradients_too) {
  const Tensor a = vectors({3, 4}, 1), b = vectors({3, 4}, 2), rows = vectors({2, 4}, 3);
  expect_gradients([](const Tensors& x) { return normalize(x[0]); }, {a});
  expect_gradients([](const Tensors& x) { return normalize(x[0], {.p = 3, .dim = 0}); }, {a});
  expect_gradients([](const Tensors& x) { return cosine_similarity(x[0], x[1]); }, {a, b});
  expect_gradients([](const Tensors& x) { return pairwise_distance(x[0], x[1], 3); }, {a, b});
  for (const double p : {1.5, 2.0, 3.0}) {
    expect_gradients([p](const Tensors& x) { return cdist(x[0], x[1], p); }, {a, rows});
  }
}

BOOST_AUTO_TEST_CASE(modules_call_the_functions_with_their_options) {
  const Tensor a = vectors({4, 3}, 1), b = vectors({4, 3}, 2), c = vectors({4, 3}, 3),
               y = tensor({1, -1, 1, -1});
  BOOST_TEST(nn::SmoothL1Loss({.beta = 0.5})(a, b).equal(smooth_l1_loss(a, b, {.beta = 0.5})));
  BOOST_TEST(nn::CosineEmbeddingLoss()(a, b, y).equal(cosine_embedding_loss(a, b, y)));
  BOOST_TEST(nn::CosineEmbeddingLoss({.margin = 0.5})(a, b, y).equal(
      cosine_embedding_loss(a, b, y, {.margin = 0.5})));
  BOOST_TEST(nn::TripletMarginLoss({.p = 1})(a, b, c).equal(triplet_margin_loss(a, b, c, {.p = 1})));
  BOOST_TEST(nn::CosineSimilarity()(a, b).equal(nn::cosine_similarity(a, b)));
  BOOST_TEST(nn::CosineSimilarity(0)(a, b).equal(cosine_similarity(a, b, 0)));
  BOOST_TEST(
      nn::PairwiseDistance({.keepdim = true})(a, b).equal(nn::pairwise_distance(a, b, {.keepdim = true})));
  BOOST_TEST(nn::PairwiseDistance(1.0)(a, b).equal(pairwise_distance(a, b, 1)));
  BOOST_TEST(fmt::format("{}", nn::TripletMarginLoss()) == "TripletMarginLoss()");
  BOOST_TEST(fmt::format("{}", nn::CosineSimilarity()) == "CosineSimilarity()");
}

BOOST_AUTO_TEST_CASE(near_rows_keep_their_distance_in_float32) {
  const Tensor a = tensor({{1000.0, 2000.0}}), b = tensor({{1000.0, 2000.5}, {1000.0, 2000.0}});
  expect_values(cdist(a, b), {0.5, 0}, 0);  // by squares and products it would be lost
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
  const Tensor x = zeros({2, 3});
  expect_error([&] { smooth_l1_loss(x, x, {.beta = -1}); }, "smooth_l1_loss: beta is -1");
  expect_error([&] { smooth_l1_loss(x, zeros({3, 3})); }, "smooth_l1_loss: the target's shape {3, 3}");
  expect_error(
      [&] {
        cosine_embedding_loss(x, zeros({3, 2}), zeros({2}));
      },
      "cosine_embedding_loss: the inputs have shapes {2, 3} and {3, 2}");
  expect_error([&] { cosine_embedding_loss(x, x, zeros({3})); },
               "cosine_embedding_loss: the target's shape is {3}; expected {2}");
  expect_error([&] { triplet_margin_loss(x, x, zeros({3})); }, "triplet_margin_loss: the shapes are");
  expect_error([&] { cdist(x, zeros({2, 4})); }, "cdist: rows of 3 and of 4 numbers");
  expect_error([&] { cdist(x, zeros({3})); }, "cdist: the shapes are {2, 3} and {3}");
  expect_error([&] { cdist(x, x, -1); }, "cdist: p is -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
