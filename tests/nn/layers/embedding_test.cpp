// nn::Embedding, and the embedding function beyond its golden file: state, padding, threads, errors.
#include "nn/layers/embedding.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/ops/embedding.hpp"
#include "nn/layers/linear.hpp"
#include "nn/module/sequential.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// The gradient of a table of 100 rows, most of which are read often.
Tensor gradient_on(int threads) {
  const int before = num_threads();
  set_num_threads(threads);
  Generator generator(3);
  const Tensor table = randn({100, 600}, {.requires_grad = true, .generator = &generator});
  const Tensor indices = randint(0, 100, {40, 50}, {.generator = &generator});
  embedding(indices, table).backward(randn({40, 50, 600}, {.generator = &generator}));
  set_num_threads(before);
  return table.grad();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_embedding)

BOOST_AUTO_TEST_CASE(embedding_starts_from_normal_numbers_with_zeros_for_padding) {
  manual_seed(0);
  const nn::Embedding embedding(1000, 64, {.padding_idx = 0});
  BOOST_TEST((embedding.weight().shape() == Shape{1000, 64}));
  BOOST_TEST(embedding.weight().requires_grad());
  expect_values(embedding.weight().detach()[0], std::vector<double>(64, 0));
  const Tensor others = embedding.weight().detach().slice(0, 1);
  BOOST_TEST(std::abs(others.mean().item()) < 0.02);
  BOOST_TEST(std::abs(others.std().item() - 1) < 0.02);
}

BOOST_AUTO_TEST_CASE(embedding_prints_and_names_its_state_as_pytorch_does) {
  BOOST_TEST(to_string(nn::Embedding(1000, 64)) == "Embedding(1000, 64)");
  const nn::Embedding padded(10, 3, {.padding_idx = -1});
  BOOST_TEST(to_string(padded) == "Embedding(10, 3, padding_idx=9)");
  BOOST_TEST(padded.state_dict().size() == 1u);
  BOOST_TEST((padded.state_dict()["weight"].shape() == Shape{10, 3}));
  BOOST_TEST(nn::Embedding(2, 3, {.dtype = kFloat64}).weight().dtype() == kFloat64);
}

BOOST_AUTO_TEST_CASE(a_pretrained_table_is_taken_as_it_is_and_frozen_unless_told_otherwise) {
  const Tensor table = tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}});
  nn::Embedding frozen = nn::Embedding::from_pretrained(table, {.padding_idx = 1});
  BOOST_TEST(!frozen.weight().requires_grad());
  expect_values(frozen(tensor({2, 1})), {5, 6, 3, 4});
  nn::Embedding trained = nn::Embedding::from_pretrained(table, {.freeze = false});
  BOOST_TEST(trained.weight().requires_grad());
  BOOST_TEST(trained.weight().is_same(table));
}

BOOST_AUTO_TEST_CASE(the_row_for_padding_learns_nothing_whatever_its_gradient_is) {
  nn::Embedding embedding(3, 2, {.padding_idx = 1});
  const Tensor y = embedding(tensor({1, 0, 1, 0}));
  expect_values(y.detach()[0], {0, 0});
  y.backward(tensor({{NAN, 1.0}, {1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}}));
  expect_values(embedding.weight().grad(), {6, 8, 0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(a_table_tied_to_the_last_layer_sums_both_gradients) {
  manual_seed(1);
  nn::Embedding embedding(5, 3, {.padding_idx = 2});
  nn::Linear head(3, 5, {.bias = false});
  head.set_weight(embedding.weight());
  const Tensor words = tensor({4, 0, 2, 4});
  head(embedding(words)).backward(ones({4, 5}));
  const Tensor w = embedding.weight().detach();
  const Tensor rows = index_select(w, 0, words);
  Tensor expected = sum(rows, 0).expand({5, 3}).clone();  // of the head
  const Tensor each = sum(w, 0);                          // of each row that was read
  expected[4] += 2 * each;
  expected[0] += each;
  expect_values(embedding.weight().grad(), expected.to_vector<double>());
}

BOOST_AUTO_TEST_CASE(gradients_have_the_same_bits_on_any_number_of_threads) {
  BOOST_TEST(equal(gradient_on(1), gradient_on(2)));
}

BOOST_AUTO_TEST_CASE(an_embedding_stands_first_in_a_sequential) {
  nn::Sequential net{nn::Embedding(10, 4), nn::Linear(4, 2)};
  BOOST_TEST((net(zeros({3, 5}, {.dtype = kInt64})).shape() == Shape{3, 5, 2}));
  BOOST_TEST((net(zeros({3}, {.dtype = kInt32})).shape() == Shape{3, 2}));
}

BOOST_AUTO_TEST_CASE(errors_name_the_index_and_its_place) {
  const Tensor table = ones({3, 2});
  expect_error(
      [&] {
        embedding(tensor({{0, 1}, {3, 0}}), table);
      },
      "embedding: index 3 at position 2 is out of range for dim 0 of size 3");
  expect_error([&] { embedding(tensor({0, -1}), table); }, "embedding: index -1 at position 1");
  expect_error([&] { embedding(ones({2}), table); },
               "embedding: the indices are float32; expected int64 or int32");
  expect_error([&] { embedding(tensor({0}), ones({3})); },
               "embedding: the weight is of shape {3}; expected {rows, dim}");
  expect_error([&] { embedding(tensor({0}), table, {.padding_idx = 3}); },
               "embedding: padding_idx 3 is out of range for 3 rows");
  expect_error([] { nn::Embedding(3, 2, {.padding_idx = -4}); },
               "Embedding: padding_idx -4 is out of range for 3 embeddings");
  expect_error([] { nn::Embedding(-1, 2); }, "Embedding: the sizes are -1 and 2");
  expect_error(
      [] {
        nn::Embedding::from_pretrained(tensor({1, 2}));
      },
      "Embedding: the embeddings are int64 of shape {2}; expected floats {rows, dim}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
