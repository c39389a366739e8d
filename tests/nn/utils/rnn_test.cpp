// Padded and packed sequences beyond the golden files: ways back, names, errors.
#include "nn/utils/rnn.hpp"

#include "autograd/graph/backward.hpp"
#include "autograd/tensor/create_by_dtype.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace utils = nn::utils;

BOOST_AUTO_TEST_SUITE(nn_packed_sequences)

BOOST_AUTO_TEST_CASE(sequences_come_back_as_they_were) {
  const std::vector<Tensor> sequences{arange(0, 4, kFloat).reshape({2, 2}),
                                      arange(4, 10, kFloat).reshape({3, 2}),
                                      arange(10, 12, kFloat).reshape({1, 2})};
  const auto packed = utils::pack_sequence(sequences, false);
  expect_values(packed.batch_sizes(), {3, 2, 1});
  expect_values(packed.sorted_indices(), {1, 0, 2});
  expect_values(packed.data(), {4, 5, 0, 1, 10, 11, 6, 7, 2, 3, 8, 9});
  const std::vector<Tensor> back = utils::unpack_sequence(packed);
  const Tensor padded = utils::pad_sequence(sequences, true, -1);
  expect_values(padded[2], {10, 11, -1, -1, -1, -1});
  const std::vector<Tensor> cut = utils::unpad_sequence(padded, tensor({2, 3, 1}), true);
  BOOST_REQUIRE(back.size() == 3 && cut.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(equal(back[i], sequences[i]));
    BOOST_TEST(equal(cut[i], sequences[i]));
  }
}

BOOST_AUTO_TEST_CASE(a_gradient_passes_through_what_is_kept) {
  const Tensor x = ones({3, 2, 1}, {.requires_grad = true});
  const auto packed = utils::rnn::pack_padded_sequence(x, {1, 2}, false, false);
  const auto [y, lengths] = utils::rnn::pad_packed_sequence(packed.to(kFloat64), {.total_length = 3});
  expect_values(lengths, {1, 2});
  BOOST_TEST((y.shape() == Shape{3, 2, 1}));
  sum(y * y).backward();
  expect_values(x.grad(), {2, 2, 0, 2, 0, 0});
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
  const Tensor x = zeros({3, 2, 1});
  expect_error(
      [&] {
        utils::pack_padded_sequence(x, {3, 0});
      },
      "pack_padded_sequence: the length 0 is not in 1 to 3, the steps of {3, 2, 1}");
  expect_error([&] { utils::pack_padded_sequence(x, {4, 1}); }, "the length 4 is not in 1 to 3");
  expect_error(
      [&] {
        utils::pack_padded_sequence(x, {1, 3});
      },
      "pack_padded_sequence: the lengths {1, 3} rise; expected the longest first, or {.enforce_sorted = "
      "false}");
  expect_error(
      [&] {
        utils::pack_padded_sequence(x, {3, 2, 1});
      },
      "pack_padded_sequence: 3 lengths for a batch of 2 sequences, of shape {3, 2, 1}");
  expect_error([&] { utils::pack_padded_sequence(zeros({3}), {3}); },
               "pack_padded_sequence: a batch of shape {3}; expected {steps, N, ...}");
  expect_error(
      [&] {
        utils::pack_padded_sequence(zeros({3, 0, 1}), tensor(std::vector<std::int64_t>{}));
      },
      "pack_padded_sequence: a batch of shape {3, 0, 1}; expected at least one sequence");
  expect_error(
      [&] {
        utils::pack_padded_sequence(x, tensor({3.0, 1.0}));
      },
      "pack_padded_sequence: lengths are float32 of shape {2}; expected int64 {N}");
  expect_error(
      [&] {
        utils::unpad_sequence(x, tensor({1, 4}));
      },
      "unpad_sequence: the length 4 is not in 0 to 3");
  expect_error([&] { utils::pad_sequence({}); }, "pad_sequence: expected at least one sequence, got none");
  expect_error(
      [&] {
        utils::pad_sequence({zeros({2, 3}), zeros({2, 4})});
      },
      "pad_sequence: sequences of float32 {2, 3} and float32 {2, 4}; expected one dtype");
  expect_error([&] { utils::pad_sequence({full({}, 1.0)}); }, "shapes that differ in their first size alone");
  expect_error(
      [&] {
        utils::pack_sequence({zeros({2, 3}), zeros({0, 3})});
      },
      "the length 0 is not in 1 to 2");
  expect_error([&] { utils::pad_packed_sequence({}); }, "pad_packed_sequence: the packed sequence is empty");
  constexpr std::int64_t many = std::int64_t{1} << 40;  // of no elements
  expect_error(
      [&] {
        utils::pad_sequence({zeros({many, 0})});
      },
      "pad_sequence: 1099511627776 steps of 1 sequences are more rows");
  const auto packed = utils::pack_padded_sequence(x, {3, 1});
  expect_error([&] { utils::pad_packed_sequence(packed, {.total_length = many}); },
               "are more rows than 2^31");
  expect_error([&] { utils::pad_packed_sequence(packed, {.total_length = 2}); },
               "pad_packed_sequence: total_length is 2; expected 3 or more, the longest sequence");
  expect_error(
      [&] {
        packed.with_data(zeros({3, 1}));
      },
      "PackedSequence: data of shape {3, 1} cannot take the place of {4, 1}");
  using utils::PackedSequence;
  expect_error(
      [&] {
        PackedSequence(zeros({3, 1}), tensor({1, 2}));
      },
      "batch_sizes are {1, 2}; expected numbers of 1 or more that never rise");
  expect_error([&] { PackedSequence(zeros({3, 1}), tensor({3, 0})); }, "batch_sizes are {3, 0}");
  expect_error(
      [&] {
        PackedSequence(zeros({4, 1}), tensor({2, 1}));
      },
      "PackedSequence: data of shape {4, 1}; expected 3 rows");
  expect_error(
      [&] {
        PackedSequence(zeros({3, 1}), tensor({2, 1}), tensor({0, 2}));
      },
      "PackedSequence: sorted_indices are not an order of 2 sequences");
  expect_error(
      [&] {
        PackedSequence(zeros({3, 1}), tensor({2, 1}), tensor({0, 1, 2}));
      },
      "PackedSequence: sorted_indices are int64 of shape {3}; expected int64 of {2}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
