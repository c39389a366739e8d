// Damaged files: whatever bytes a file holds, the readers give a data set or an Error, and nothing else.
#include <algorithm>

#include "autograd/base/random.hpp"
#include "datasets/sources/cifar10.hpp"
#include "datasets/sources/csv.hpp"
#include "datasets/sources/idx.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {
namespace {

constexpr std::uint64_t kSeed = 20240229;

/// Flips a few bits, overwrites a few bytes, cuts the end off or adds one.
Bytes damaged(Bytes bytes, Generator& random) {
  const auto anywhere = [&] { return static_cast<std::size_t>(random.below(bytes.size())); };
  // Half of the damage goes into the first bytes, where headers are.
  const auto somewhere = [&] {
    return random.below(2) ? anywhere() : std::min<std::size_t>(anywhere(), random.below(600));
  };
  for (std::uint64_t i = 0, changes = 1 + random.below(4); i < changes; ++i) {
    switch (random.below(4)) {
      case 0: bytes[somewhere()] ^= static_cast<std::uint8_t>(1u << random.below(8)); break;
      case 1: bytes[somewhere()] = static_cast<std::uint8_t>(random.next()); break;
      case 2: bytes.resize(1 + anywhere()); break;
      default: bytes.push_back(static_cast<std::uint8_t>(random.next()));
    }
  }
  return bytes;
}

struct Outcomes {
  int good = 0, refused = 0;
};

/// Any exception but Error leaves this function and fails the test.
template <class Read>
Outcomes fuzz(const Bytes& valid, int rounds, Read read) {
  Generator random(kSeed);
  Outcomes outcomes;
  for (int round = 0; round < rounds; ++round) {
    const Bytes bytes = damaged(valid, random);
    try {
      read(io::Source(bytes, "damaged"));
      ++outcomes.good;
    } catch (const Error& error) {
      ++outcomes.refused;
      BOOST_TEST(std::string_view(error.what()).find("damaged") != std::string_view::npos);  // names the file
    }
  }
  BOOST_TEST_MESSAGE("seed " << kSeed << ": " << outcomes.good << " read, " << outcomes.refused
                             << " refused");
  BOOST_TEST(outcomes.refused > rounds / 4);
  return outcomes;
}

Bytes small_tar() {
  Bytes tar = tar_member("cifar-10-batches-bin/readme.html", Bytes(700, 'x'));
  append(tar, tar_member("cifar-10-batches-bin/test_batch.bin", cifar_records(2)));
  append(tar, Bytes(1024));
  return tar;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_fuzz)

BOOST_AUTO_TEST_CASE(damaged_idx_images) {
  const auto read = [](const io::Source& file) { BOOST_TEST(datasets::read_idx_images(file).dim() == 3); };
  fuzz(idx_images(4, 5, 6), 400, read);
  fuzz(gzip(idx_images(4, 5, 6)), 400, read);
}

BOOST_AUTO_TEST_CASE(damaged_idx_labels) {
  const auto read = [](const io::Source& file) {
    const Tensor labels = datasets::read_idx_labels(file, 10);
    for (std::int64_t label : labels.to_vector<std::int64_t>()) BOOST_TEST((label >= 0 && label < 10));
  };
  fuzz(idx_labels(counting_labels(100)), 400, read);
  fuzz(gzip(idx_labels(counting_labels(100))), 400, read);
}

BOOST_AUTO_TEST_CASE(damaged_cifar_archives) {
  const auto read = [](const io::Source& file) { datasets::CIFAR10(file, {.train = false}); };
  fuzz(small_tar(), 400, read);
  fuzz(gzip(small_tar()), 400, read);
}

BOOST_AUTO_TEST_CASE(damaged_tables) {
  const std::string text = "price,\"rooms, all\",kind\n1.5,2,\"a \"\"b\"\"\"\n-3e2,4,c\r\n7,,c\n";
  for (const char* target : {"price", "kind"}) {
    fuzz(Bytes(text.begin(), text.end()), 400, [&](const io::Source& file) {
      const datasets::CSV table(file, {.target = target});
      BOOST_TEST(table.y().numel() == table.size());
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
