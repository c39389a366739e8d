// Loaders that make a part of an epoch's batches: together they make the whole.
#include "autograd/ops/create.hpp"
#include "datasets/dataloader.hpp"
#include "datasets/sources/tensor_dataset.hpp"
#include "datasets/transforms/transformed_dataset.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using datasets::DataLoader;
using datasets::EpochPart;

/// What is random in a batch depends on the batch.
const datasets::TransformedDataset& data() {
  static const datasets::TensorDataset plain(arange(0, 46, 1).to(kFloat32).reshape({23, 2}), arange(23));
  static const datasets::TransformedDataset noisy(plain, [](const Tensor& x, Generator& generator) {
    return x + rand(x.shape(), {.generator = &generator});
  });
  return noisy;
}

std::vector<std::pair<std::int64_t, std::vector<double>>> batches(const EpochPart& part, int num_workers,
                                                                  std::int64_t from = 0) {
  Generator generator(3);
  const DataLoader loader(
      data(),
      {.batch_size = 2, .shuffle = true, .num_workers = num_workers, .generator = &generator, .part = part});
  BOOST_TEST(loader.size() == 12);
  std::vector<std::pair<std::int64_t, std::vector<double>>> all;
  for (auto batch = loader.begin_at({.seed = 77, .batch = from}); batch != loader.end(); ++batch)
    all.emplace_back(batch.place().batch, batch->data.to_vector<double>());
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_epoch_part)

BOOST_AUTO_TEST_CASE(parts_make_the_batches_of_the_whole_epoch) {
  const auto whole = batches({}, 0);
  for (const int num_workers : {0, 2}) {
    for (const std::int64_t block : {1, 2, 3}) {
      for (const std::int64_t from : {0, 1, 5, 12}) {
        std::size_t seen = 0;
        for (std::int64_t index = 0; index < 3; ++index) {
          for (const auto& batch : batches({.index = index, .count = 3, .block = block}, num_workers, from)) {
            const std::int64_t number = batch.first - 1;
            BOOST_TEST(number / block % 3 == index);
            BOOST_TEST(number >= from);
            BOOST_TEST((batch == whole[static_cast<std::size_t>(number)]));
            ++seen;
          }
        }
        BOOST_TEST(seen == 12 - static_cast<std::size_t>(from));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_part_that_is_none_is_refused) {
  for (const EpochPart& part :
       {EpochPart{2, 2, 1}, EpochPart{-1, 2, 1}, EpochPart{0, 0, 1}, EpochPart{0, 2, 0}})
    expect_error([&] { DataLoader(data(), {.part = part}); }, "expected a part from 0 on, below their count");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
