// CIFAR-10 from a folder and from the archive, and what is wrong with files that do not fit.
#include "datasets/sources/cifar10.hpp"

#include <filesystem>

#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::CIFAR10;

namespace {

struct InFolder {
  TemporaryFolder folder;
  fs::path archive = folder / "cifar-10-binary.tar.gz";
};

/// Training batches of 1, 2, 3, 4 and 5 records.
void write_train(const fs::path& folder) {
  for (std::size_t i = 1; i <= 5; ++i) {
    write_file(folder / fmt::format("data_batch_{}.bin", i),
               cifar_records(i, static_cast<std::uint8_t>(40 * i)));
  }
}

/// As the official archive: the folder first, the batches in no order, a text among them, the test batch
/// last.
Bytes official_tar() {
  const std::string prefix = "cifar-10-batches-bin/";
  Bytes tar = tar_member(prefix, {}, 0, '5');
  for (std::size_t i : {1U, 3U, 2U, 5U, 4U}) {
    append(tar, tar_member(prefix + fmt::format("data_batch_{}.bin", i),
                           cifar_records(i, static_cast<std::uint8_t>(40 * i))));
    append(tar, tar_member(prefix + "readme.html", Bytes(88, 'x')));
  }
  append(tar, tar_member(prefix + "test_batch.bin", cifar_records(6)));
  append(tar, Bytes(1024));
  return tar;
}

Bytes test_tar(const Bytes& records, std::size_t claimed) {
  Bytes tar = tar_member("test_batch.bin", records, claimed);
  append(tar, Bytes(1024));
  return tar;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(datasets_cifar10, InFolder)

BOOST_AUTO_TEST_CASE(the_official_folder_and_a_flat_one_are_read) {
  write_train(folder / "cifar-10-batches-bin");
  const CIFAR10 train(folder);
  BOOST_TEST(train.images().shape() == Shape(15, 3, 32, 32));
  BOOST_TEST((train.images().dtype() == kUInt8));
  BOOST_TEST(train.labels().to_vector<int64_t>() ==
             (std::vector<int64_t>{0, 0, 1, 0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 3, 4}));
  BOOST_TEST(int{train.images().data<std::uint8_t>()[3072 + 7]} == 80 + 7);  // first record of data_batch_2
  BOOST_TEST(train.classes()[9] == "truck");
  BOOST_TEST(train[0].data.shape() == Shape(3, 32, 32));

  write_file(folder / "flat" / "test_batch.bin", cifar_records(2));
  BOOST_TEST(CIFAR10(folder / "flat", {.train = false}).size() == 2);
}

BOOST_AUTO_TEST_CASE(the_archive_gives_the_same_as_the_folder) {
  write_train(folder / "unpacked");
  write_file(archive, gzip(official_tar()));
  const CIFAR10 unpacked(folder / "unpacked");
  for (const fs::path& root : {archive, folder.path()}) {
    const CIFAR10 packed(root);
    BOOST_TEST(packed.images().to_vector<int64_t>() == unpacked.images().to_vector<int64_t>());
    BOOST_TEST(packed.labels().to_vector<int64_t>() == unpacked.labels().to_vector<int64_t>());
  }
  BOOST_TEST(CIFAR10(archive, {.train = false}).size() == 6);
}

BOOST_AUTO_TEST_CASE(an_archive_that_is_not_compressed_is_read_too) {
  write_file(folder / "cifar.tar", official_tar());
  BOOST_TEST(CIFAR10(folder / "cifar.tar").size() == 15);
}

BOOST_AUTO_TEST_CASE(a_record_that_is_cut_off_is_an_error) {
  Bytes bytes = cifar_records(2);
  bytes.pop_back();
  write_file(folder / "test_batch.bin", bytes);
  BOOST_TEST(fails_with([&] { CIFAR10(folder, {.train = false}); },
                        "test_batch.bin: 6145 bytes; expected 1 to 10000 whole records of 3073 bytes"));
  write_file(folder / "test_batch.bin", {});
  BOOST_TEST(fails_with([&] { CIFAR10(folder, {.train = false}); }, "test_batch.bin: 0 bytes"));
}

BOOST_AUTO_TEST_CASE(a_file_larger_than_the_official_one_is_an_error) {
  write_file(folder / "test_batch.bin", Bytes(10'001 * 3073));
  BOOST_TEST(
      fails_with([&] { CIFAR10(folder, {.train = false}); }, "test_batch.bin: more than 30730000 bytes"));
}

BOOST_AUTO_TEST_CASE(a_label_out_of_range_is_an_error) {
  Bytes bytes = cifar_records(3);
  bytes[2 * 3073] = 10;
  write_file(folder / "test_batch.bin", bytes);
  BOOST_TEST(fails_with([&] { CIFAR10(folder, {.train = false}); },
                        "test_batch.bin: label 10 of record 2 is out of range; expected 0 to 9"));
  write_file(archive, gzip(test_tar(bytes, bytes.size())));
  BOOST_TEST(fails_with([&] { CIFAR10(archive, {.train = false}); },
                        "cifar-10-binary.tar.gz: test_batch.bin: label 10 of record 2"));
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_named) {
  write_train(folder);
  fs::remove(folder / "data_batch_4.bin");
  BOOST_TEST(fails_with([&] { CIFAR10{folder}; }, "data_batch_4.bin: no such file"));
  BOOST_TEST(fails_with([&] { CIFAR10(folder, {.train = false}); }, "CIFAR10: found no test_batch.bin in "));
  BOOST_TEST(fails_with([&] { CIFAR10(folder / "absent"); }, "absent does not exist"));
  write_file(archive, gzip(test_tar(cifar_records(1), 3073)));
  BOOST_TEST(fails_with([&] { CIFAR10{archive}; }, "holds no data_batch_1.bin"));
}

BOOST_AUTO_TEST_CASE(a_directory_in_the_place_of_a_file_is_an_error) {
  fs::create_directory(folder / "test_batch.bin");
  BOOST_TEST(fails_with([&] { CIFAR10(folder, {.train = false}); }, "test_batch.bin: is a directory"));
  fs::remove(folder / "test_batch.bin");
  fs::create_directory(archive);
  BOOST_TEST(
      fails_with([&] { CIFAR10(folder, {.train = false}); }, "cifar-10-binary.tar.gz: is a directory"));
}

BOOST_AUTO_TEST_CASE(a_damaged_archive_is_an_error) {
  const auto fails = [&](const Bytes& bytes, std::string_view text) {
    write_file(archive, bytes);
    return fails_with([&] { CIFAR10(archive, {.train = false}); }, text);
  };
  const auto cut = [](Bytes bytes, std::size_t size) {
    bytes.resize(size);
    return bytes;
  };
  const Bytes good = official_tar(), packed = gzip(good);
  BOOST_TEST(fails(Bytes(2000, 'x'), "is not a tar archive"));
  BOOST_TEST(fails({}, "holds no test_batch.bin"));
  BOOST_TEST(fails(cut(good, 700), "the tar archive ends within a header"));
  BOOST_TEST(fails(cut(good, good.size() - 10'000), "the tar archive ends within test_batch.bin"));
  BOOST_TEST(fails(cut(packed, packed.size() / 2), "corrupt gzip"));
  Bytes wrong_sum = packed;
  wrong_sum[wrong_sum.size() - 5] ^= 1;
  BOOST_TEST(fails(wrong_sum, "corrupt gzip: incorrect data check"));
  Bytes twice = tar_member("test_batch.bin", cifar_records(1));
  append(twice, good);
  BOOST_TEST(fails(twice, "holds test_batch.bin twice"));
}

BOOST_AUTO_TEST_CASE(an_archive_that_goes_on_behind_its_end_is_an_error) {
  Bytes tar = test_tar(cifar_records(1), 3073);
  tar.resize(tar.size() + 10'240);  // as tapes are padded
  write_file(archive, gzip(tar));
  BOOST_TEST(CIFAR10(archive, {.train = false}).size() == 1);
  tar.resize(tar.size() + (2 << 20));
  write_file(archive, gzip(tar));
  BOOST_TEST(fails_with([&] { CIFAR10(archive, {.train = false}); },
                        "goes on for more than 1048576 bytes behind the end of the tar archive"));
}

BOOST_AUTO_TEST_CASE(a_member_that_claims_gigabytes_costs_nothing) {
  write_file(archive, gzip(test_tar(cifar_records(1), 8'589'934'591)));
  BOOST_TEST(fails_with([&] { CIFAR10(archive, {.train = false}); }, "more than 30730000 bytes"));
  write_file(archive, gzip(test_tar(cifar_records(1), 30'730'000)));
  BOOST_TEST(
      fails_with([&] { CIFAR10(archive, {.train = false}); }, "the tar archive ends within test_batch.bin"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
