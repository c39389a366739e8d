// Accuracy, confusion matrix and summary.
#include "nn/metrics.hpp"

#include <sstream>

#include "datasets/sources/tensor_dataset.hpp"
#include "datasets/split.hpp"
#include "nn/layers/activation.hpp"
#include "nn/layers/conv.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/linear.hpp"
#include "nn/module/sequential.hpp"
#include "nn/module/summary.hpp"
#include "nn/train/evaluate.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

/// Gives its input; notes whether it ran in training mode or recorded.
struct Probe : nn::Module {
  explicit Probe(bool* proper) : proper_(proper) {}
  Tensor forward(const Tensor& x) override {
    *proper_ = *proper_ && !is_training() && !grad_enabled();
    return x;
  }

 private:
  bool* proper_;
};

const Tensor& scores() {
  static const Tensor x = tensor({{0.1, 0.9, 0.0}, {0.8, 0.1, 0.1}, {0.2, 0.2, 0.6}, {0.5, 0.5, 0.0}});
  return x;
}
const Tensor& labels() {
  static const Tensor y = tensor({1, 0, 1, 0});
  return y;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_metrics)

BOOST_AUTO_TEST_CASE(accuracy_counts_the_greatest_score_and_the_first_of_equals) {
  BOOST_TEST(nn::accuracy(scores(), labels()) == 0.75);
  BOOST_TEST(nn::accuracy(tensor({1, 0, 2, 2}), labels()) == 0.5);
}

BOOST_AUTO_TEST_CASE(accuracy_of_a_model_runs_in_eval_mode_unrecorded_and_restores_every_mode) {
  bool proper = true;
  nn::Sequential model{Probe(&proper), nn::Dropout({.p = 0.9})};
  model[1].eval();
  const datasets::TensorDataset data(scores(), labels());
  BOOST_TEST(nn::accuracy(model, data) == 0.75);
  BOOST_TEST(nn::accuracy(model, data, 3) == 0.75);
  BOOST_TEST(proper);
  BOOST_TEST(model.is_training());
  BOOST_TEST(model[0].is_training());
  BOOST_TEST(!model[1].is_training());
}

BOOST_AUTO_TEST_CASE(an_evaluation_draws_no_random_numbers_from_the_default_generator) {
  bool proper = true;
  Probe model(&proper);
  const auto before = default_generator().state();
  static_cast<void>(nn::accuracy(model, datasets::TensorDataset(scores(), labels())));
  BOOST_TEST((default_generator().state() == before));
}

BOOST_AUTO_TEST_CASE(confusion_matrix_has_true_classes_in_rows) {
  const std::vector<double> expected{2, 0, 0, 0, 1, 1, 0, 0, 0};
  expect_values(nn::confusion_matrix(scores(), labels()), expected);
  expect_values(nn::confusion_matrix(tensor({1, 0, 2, 0}), labels(), 3), expected);
  bool proper = true;
  Probe model(&proper);
  const datasets::TensorDataset data(scores(), labels());
  expect_values(nn::confusion_matrix(model, data, -1, 3), expected);
  BOOST_TEST((nn::confusion_matrix(model, data, 5).shape() == Shape{5, 5}));
  BOOST_TEST((nn::confusion_matrix(scores(), labels()).dtype() == kInt64));
}

BOOST_AUTO_TEST_CASE(binary_accuracy_looks_at_the_side_of_the_threshold) {
  const Tensor targets = tensor({1.0, 0.0, 1.0, 0.0});
  BOOST_TEST(nn::binary_accuracy(tensor({0.9, 0.2, 0.4, 0.5}), targets) == 0.75);
  BOOST_TEST(nn::binary_accuracy_with_logits(tensor({3.0, 0.2, 0.4, -1.0}), targets) == 0.75);
  BOOST_TEST(nn::binary_accuracy_with_logits(tensor({{1.0}, {-1.0}}), tensor({{1}, {0}})) == 1.0);
  expect_error(
      [] {
        static_cast<void>(nn::binary_accuracy(ones({2, 1}), ones({2})));
      },
      "binary_accuracy: scores of shape {2, 1}, but targets of shape {2}");
  expect_error([] { static_cast<void>(nn::binary_accuracy(ones({0}), ones({0}))); }, "no predictions");
}

BOOST_AUTO_TEST_CASE(metrics_check_what_they_are_given) {
  expect_error([] { static_cast<void>(nn::accuracy(scores(), tensor({1}))); },
               "accuracy: 4 predictions, but 1 labels");
  expect_error([] { static_cast<void>(nn::accuracy(scores(), scores())); },
               "accuracy: the labels are float32");
  expect_error([] { static_cast<void>(nn::accuracy(tensor({0.5}), tensor({1}))); },
               "the predictions are float32");
  expect_error(
      [] {
        static_cast<void>(nn::accuracy(zeros({0, 3}), zeros({0}, {.dtype = kInt64})));
      },
      "no predictions");
  expect_error(
      [] {
        nn::confusion_matrix(scores(), tensor({1, 0, 1, 3}));
      },
      "confusion_matrix: label 3 at position 3 is out of range for 3 classes");
  bool proper = true;
  Probe model(&proper);
  const datasets::TensorDataset data(scores(), labels()), no_labels(scores());
  expect_error([&] { static_cast<void>(nn::accuracy(model, data, 0)); }, "accuracy: batch_size is 0");
  expect_error([&] { static_cast<void>(nn::accuracy(model, no_labels)); }, "accuracy: an undefined tensor");
  expect_error([&] { nn::confusion_matrix(model, datasets::Subset(data, std::vector<std::int64_t>{})); },
               "confusion_matrix: there are no examples");
}

BOOST_AUTO_TEST_CASE(summary_lists_layers_shapes_and_parameters) {
  struct Net : nn::Module {
    nn::Sequential body = register_module("body", nn::Sequential{nn::Linear(784, 10), nn::Dropout()});
    nn::Linear unused = register_module("unused", nn::Linear(2, 1));
    Tensor forward(const Tensor& x) override { return body(x); }
  };
  Net net;
  net.unused.weight().requires_grad_(false);
  const nn::Summary summary = nn::summary(net, {1, 784});
  BOOST_TEST(fmt::format("{}", summary) ==
             "layer               output shape    parameters    multiply-adds\n"
             "---------------------------------------------------------------\n"
             "Net                 {1, 10}              7,853            7,840\n"
             "  body: Sequential  {1, 10}              7,850            7,840\n"
             "    0: Linear       {1, 10}              7,850            7,840\n"
             "    1: Dropout      {1, 10}                  0                0\n"
             "  unused: Linear                             3                0\n"
             "---------------------------------------------------------------\n"
             "parameters 7,853, trainable 7,851; multiply-adds 7,840");
  std::ostringstream out;
  out << summary;
  BOOST_TEST(out.str() == fmt::format("{}", summary));
  BOOST_TEST(net.is_training());
}

BOOST_AUTO_TEST_CASE(summary_counts_the_multiply_adds_of_convolutions_and_products) {
  nn::Sequential net{nn::Conv2d(4, 6, 3, {.padding = 1, .groups = 2}), nn::ReLU(),
                     nn::ConvTranspose2d(6, 2, 2, {.stride = 2}), nn::Conv2d(2, 1, 5, {.bias = false})};
  const nn::Summary summary = nn::summary(net, {2, 4, 7, 8});
  BOOST_TEST(summary.rows[1].multiply_adds == 2 * 6 * 7 * 8 * (2 * 9));
  BOOST_TEST(summary.rows[2].multiply_adds == 0);
  BOOST_TEST(summary.rows[3].multiply_adds == 2 * 6 * 7 * 8 * (2 * 4));
  BOOST_TEST(summary.rows[4].multiply_adds == 2 * 1 * 10 * 12 * (2 * 25));
  BOOST_TEST(summary.total_multiply_adds == summary.rows[0].multiply_adds);

  struct Attention : nn::Module {
    nn::Linear twice = register_module("twice", nn::Linear(4, 4));
    Tensor forward(const Tensor& x) override { return matmul(twice(x), transpose(twice(x), 1, 2)); }
  };
  Attention attention;
  const nn::Summary products = nn::summary(attention, {2, 3, 4});
  BOOST_TEST(products.rows[1].multiply_adds == 2 * (2 * 3 * 4 * 4));
  BOOST_TEST(products.total_multiply_adds == 2 * (2 * 3 * 4 * 4) + 2 * 3 * 3 * 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
