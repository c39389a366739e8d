// Examples of one, two and more tensors, and how they become batches.
#include <algorithm>
#include <type_traits>

#include "autograd/ops/create.hpp"
#include "autograd/ops/shape.hpp"
#include "datasets/dataloader.hpp"
#include "datasets/sources/tensor_dataset.hpp"
#include "datasets/split.hpp"
#include "datasets/transforms/mean_image.hpp"
#include "datasets/transforms/transformed_dataset.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::DataLoader;
using datasets::Dataset;
using datasets::default_collate;
using datasets::Example;
using datasets::Subset;
using datasets::TensorDataset;
using datasets::TransformedDataset;

namespace {

/// Example i holds i, i + 1, ... in `count` tensors.
class Several : public Dataset {
 public:
  explicit Several(std::int64_t count) : count_(count) {}
  std::int64_t size() const override { return 5; }
  Example get(std::int64_t index) const override {
    std::vector<Tensor> tensors;
    for (std::int64_t i = 0; i < count_; ++i) tensors.push_back(tensor(index + i));
    return tensors;
  }

 private:
  std::int64_t count_;
};

/// Example i is i + 1 ones.
class Sequences : public Dataset {
 public:
  std::int64_t size() const override { return 5; }
  Example get(std::int64_t index) const override { return {ones({index + 1})}; }
};

/// Calls `make` for an example.
template <class F>
class Made : public Dataset {
 public:
  explicit Made(F make) : make_(make) {}
  std::int64_t size() const override { return 3; }
  Example get(std::int64_t index) const override { return make_(index); }

 private:
  F make_;
};

std::vector<std::int64_t> values(const Tensor& x) { return x.to_vector<std::int64_t>(); }

/// Sequences, filled up with zeros; and their lengths.
Example padded(const std::vector<Example>& examples) {
  std::int64_t longest = 0;
  std::vector<std::int64_t> lengths;
  for (const auto& example : examples) {
    lengths.push_back(example.data.numel());
    longest = std::max(longest, lengths.back());
  }
  Tensor batch = zeros({examples.size(), longest});
  for (std::size_t i = 0; i < examples.size(); ++i) {
    std::ranges::copy(examples[i].data.to_vector<float>(),
                      batch.data<float>() + static_cast<std::int64_t>(i) * longest);
  }
  return {batch, from_vector(lengths, {lengths.size()})};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_example)

BOOST_AUTO_TEST_CASE(an_example_holds_any_number_of_tensors) {
  const Tensor a = tensor(1), b = tensor(2), c = tensor(3), d = tensor(4);
  BOOST_TEST(Example().size() == 0U);
  BOOST_TEST(Example{a}.size() == 1U);
  BOOST_TEST((Example{a, b}).size() == 2U);
  BOOST_TEST((Example{a, {}}).size() == 1U);
  BOOST_TEST((Example{{}, b}).size() == 2U);
  const Example four{a, b, c, d};
  BOOST_TEST(four.size() == 4U);
  BOOST_TEST(four[2].is_same(c));
  BOOST_TEST(four[3].is_same(d));
  BOOST_TEST(four.target.is_same(b));
  const Example listed(std::vector<Tensor>{a, b, c});
  BOOST_TEST(listed.size() == 3U);
  BOOST_TEST(listed[0].is_same(a));
  BOOST_TEST(listed[2].is_same(c));
  BOOST_TEST((Example({a, b})).size() == 2U);

  Example changed = four;
  changed[2] = a;
  changed[0] = c;
  BOOST_TEST(changed.rest[0].is_same(a));
  BOOST_TEST(changed.data.is_same(c));
  BOOST_TEST(fails_with([&] { (void)four[4]; }, "Example: there is no tensor 4 in an example of 4"));
  BOOST_TEST(fails_with([&] { (void)Example{a}[1]; }, "Example: there is no tensor 1 in an example of 1"));
}

BOOST_AUTO_TEST_CASE(two_names_take_the_first_two_tensors_however_many_there_are) {
  const Tensor a = tensor(1), b = tensor(2), c = tensor(3);
  {
    const auto& [x, y] = Example{a};
    BOOST_TEST(x.is_same(a));
    BOOST_TEST(!y.defined());
  }
  {
    auto [x, y] = Example{a, b, c};
    BOOST_TEST(x.is_same(a));
    BOOST_TEST(y.is_same(b));
    static_assert(std::is_same_v<decltype(x), Tensor>);
    x = c;  // a copy
  }
  Example example{a, b};
  auto& [x, y] = example;
  x = c;
  BOOST_TEST(example.data.is_same(c));
  BOOST_TEST(y.is_same(b));
}

BOOST_AUTO_TEST_CASE(batches_hold_as_many_tensors_as_examples) {
  for (int workers : {0, 2}) {
    for (std::int64_t count : {1, 2, 3, 5}) {
      const DataLoader loader(Several(count), {.batch_size = 3, .num_workers = workers});
      const Example batch = *loader.begin();
      BOOST_TEST(batch.size() == static_cast<std::size_t>(count));
      for (std::int64_t i = 0; i < count; ++i) {
        BOOST_TEST(values(batch[static_cast<std::size_t>(i)]) ==
                   (std::vector<std::int64_t>{i, i + 1, i + 2}));
      }
      for (const auto& [x, y] : loader) {
        BOOST_TEST(x.dim() == 1);
        BOOST_TEST(y.defined() == (count > 1));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(subsets_and_transforms_keep_all_tensors) {
  const Subset subset(Several(3), {4, 1});
  BOOST_TEST(values(subset[0][2]) == (std::vector<std::int64_t>{6}));
  BOOST_TEST(values((*DataLoader(subset, {.batch_size = 2}).begin())[2]) ==
             (std::vector<std::int64_t>{6, 3}));
  const TransformedDataset transformed(Several(3), [](const Tensor& x) { return x.to(kFloat32); });
  BOOST_TEST((transformed[1].data.dtype() == kFloat32));
  BOOST_TEST(values(transformed[1][2]) == (std::vector<std::int64_t>{3}));
  const TransformedDataset alone(Several(1), [](const Tensor& x) { return x.to(kFloat32); });
  BOOST_TEST(alone[1].size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_tensor_dataset_is_of_any_number_of_tensors) {
  const Tensor x = arange(0, 6).reshape({3, 2});
  const TensorDataset one(x);
  BOOST_TEST(one.size() == 3);
  BOOST_TEST(one[1].size() == 1U);
  BOOST_TEST(values(one[1].data) == (std::vector<std::int64_t>{2, 3}));
  BOOST_TEST(!one.y().defined());
  const TensorDataset three(x, arange(0, 3), arange(5, 8));
  BOOST_TEST(values(three[2][2]) == (std::vector<std::int64_t>{7}));
  BOOST_TEST(values((*DataLoader(three, {.batch_size = 2}).begin())[2]) == (std::vector<std::int64_t>{5, 6}));
  BOOST_TEST(fails_with([&] { TensorDataset(x, arange(0, 3), arange(0, 2)); }, "3 and 2 examples"));
  BOOST_TEST(fails_with([&] { TensorDataset(x, Tensor()); }, "TensorDataset: one of 2 tensors is undefined"));
  BOOST_TEST(fails_with([] { TensorDataset(std::vector<Tensor>{}); }, "expected at least one tensor"));
}

BOOST_AUTO_TEST_CASE(examples_that_do_not_go_together_are_an_error) {
  const auto fails = [](auto make, const char* message) {
    const Made data(make);
    BOOST_TEST(fails_with([&] { (void)DataLoader(data, {.batch_size = 3}).begin(); }, message));
  };
  fails(
      [](std::int64_t i) {
        return i == 2 ? Example{tensor(i)} : Example{tensor(i), tensor(i)};
      },
      "default_collate: examples of 2 and of 1 tensors; expected as many of each");
  fails(
      [](std::int64_t i) {
        return Example{tensor(i), i == 1 ? tensor(i) : Tensor(), tensor(i)};
      },
      "default_collate: tensor 1 of 3 examples is undefined in 2");
  fails([](std::int64_t) { return Example(); }, "default_collate: the examples hold no tensors");
  BOOST_TEST(fails_with([] { (void)default_collate({}); }, "default_collate: there are no examples"));
  BOOST_TEST(fails_with([] { (void)DataLoader(Sequences(), {.batch_size = 2}).begin(); }, "stack"));
}

BOOST_AUTO_TEST_CASE(a_tensor_that_no_example_has_is_absent_in_the_batch) {
  const Made data([](std::int64_t i) { return Example{tensor(i), Tensor(), tensor(i)}; });
  const Example batch = *DataLoader(data, {.batch_size = 3}).begin();
  BOOST_TEST(!batch.target.defined());
  BOOST_TEST(values(batch[2]) == (std::vector<std::int64_t>{0, 1, 2}));
}

BOOST_AUTO_TEST_CASE(a_collate_function_makes_the_batches) {
  for (int workers : {0, 2}) {
    std::vector<Shape> shapes;
    for (const auto& [x, lengths] :
         DataLoader(Sequences(), {.batch_size = 2, .num_workers = workers, .collate_fn = padded})) {
      shapes.push_back(x.shape());
      BOOST_TEST(values(lengths).back() == x.size(1));
    }
    BOOST_TEST((shapes == std::vector<Shape>{{2, 2}, {2, 4}, {1, 5}}));
  }
  // of whatever makes an Example
  const auto first = [](const std::vector<Example>& examples) { return examples[0].data; };
  BOOST_TEST((*DataLoader(Sequences(), {.batch_size = 5, .collate_fn = first}).begin()).data.shape() ==
             Shape(1));
  const auto all = [](const auto& examples) {
    std::vector<Tensor> tensors;
    for (const Example& example : examples) tensors.push_back(example.data);
    return tensors;
  };
  BOOST_TEST((*DataLoader(Sequences(), {.batch_size = 5, .collate_fn = all}).begin())[4].shape() == Shape(5));
}

BOOST_AUTO_TEST_CASE(a_mean_image_needs_no_targets) {
  BOOST_TEST(datasets::mean_image(Several(1)).item() == 2);
  class Empty : public Several {
   public:
    Empty() : Several(1) {}
    Example get_batch(std::span<const std::int64_t>, Generator&) const override { return zeros({0, 3}); }
  };
  BOOST_TEST(fails_with([] { (void)datasets::mean_image(Empty()); },
                        "mean_image: the dataset gave {0, 3} for 5 examples; expected as many"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
