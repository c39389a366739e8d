// The trainer's options, the error, and the split of MNIST.
#include "yes_or_no.hpp"

#include "data.hpp"

namespace course {

using namespace xtape;

nn::TrainerOptions yes_or_no(std::int64_t epochs, std::int64_t batch_size) {
  return {.epochs = epochs,
          .batch_size = batch_size,
          .print_every = 0,
          .loss = nn::binary_cross_entropy_with_logits,
          .accuracy = nn::binary_accuracy_with_logits,
          .train_accuracy_samples = -1};
}

double error(nn::Module& net, const datasets::Dataset& data) {
  const nn::Evaluation evaluation = nn::evaluate(
      net, data, {.loss = nn::binary_cross_entropy_with_logits, .accuracy = nn::binary_accuracy_with_logits});
  return 1 - evaluation.accuracy;
}

namespace {

/// The first `count` images.
datasets::TensorDataset is_zero(const datasets::MNIST& digits, std::int64_t count) {
  const Tensor zero = (narrow(digits.labels(), 0, 0, count) == 0).to(kFloat32);
  return {pixel_rows(narrow(digits.images(), 0, 0, count), 0, 1), unsqueeze(zero, 1)};
}

}  // namespace

ZeroOrNot zero_or_not(const Options& options) {
  const datasets::MNIST digits = mnist(options, true), test_digits = mnist(options, false);
  Generator generator(options.seed);
  const auto [train, dev, held_out] = datasets::random_split(
      is_zero(digits, options.quick ? 5000 : digits.size()), {0.98, 0.01, 0.01}, {.generator = &generator});
  return {train, dev, is_zero(test_digits, test_digits.size())};
}

}  // namespace course
