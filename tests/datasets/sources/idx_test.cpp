// The IDX reader: good files plain and gzip, and every fault a file can have.
#include "datasets/sources/idx.hpp"

#include <filesystem>

#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using datasets::read_idx_images;
using datasets::read_idx_labels;

namespace {

struct InFolder {
  TemporaryFolder folder;
  fs::path file = folder / "train-images-idx3-ubyte";

  boost::test_tools::assertion_result images_fail(const Bytes& bytes, std::string_view text) {
    write_file(file, bytes);
    return fails_with([&] { (void)read_idx_images(file); }, text);
  }
  boost::test_tools::assertion_result labels_fail(const Bytes& bytes, std::string_view text) {
    write_file(file, bytes);
    return fails_with([&] { (void)read_idx_labels(file, 10); }, text);
  }
};

Bytes cut(Bytes bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(datasets_idx, InFolder)

BOOST_AUTO_TEST_CASE(images_keep_their_sizes_and_bytes) {
  write_file(file, idx(0x803, {2, 1, 3}, {0, 1, 2, 3, 4, 255}));
  const Tensor images = read_idx_images(file);
  BOOST_TEST(images.shape() == Shape(2, 1, 3));
  BOOST_TEST((images.dtype() == kUInt8));
  BOOST_TEST(images.to_vector<int64_t>() == (std::vector<int64_t>{0, 1, 2, 3, 4, 255}));
}

BOOST_AUTO_TEST_CASE(labels_become_int64) {
  write_file(file, idx_labels({9, 0, 5}));
  const Tensor labels = read_idx_labels(file, 10);
  BOOST_TEST((labels.dtype() == kInt64));
  BOOST_TEST(labels.to_vector<int64_t>() == (std::vector<int64_t>{9, 0, 5}));
}

BOOST_AUTO_TEST_CASE(gzip_gives_the_same_as_plain) {
  write_file(file, idx_images(5, 28, 28));
  write_file(folder / "images.gz", gzip(idx_images(5, 28, 28)));
  BOOST_TEST(read_idx_images(file).to_vector<int64_t>() ==
             read_idx_images(folder / "images.gz").to_vector<int64_t>());
}

BOOST_AUTO_TEST_CASE(a_file_of_more_than_one_chunk_is_read_whole) {
  write_file(file, gzip(idx_images(2000, 28, 28)));
  const Tensor images = read_idx_images(file);
  BOOST_TEST(images.numel() == 2000 * 784);
  BOOST_TEST(int{images.data<std::uint8_t>()[1'500'000]} == 1'500'000 % 251);
}

BOOST_AUTO_TEST_CASE(a_wrong_magic_number_is_named) {
  BOOST_TEST(images_fail(idx_labels({1, 2}),
                         "train-images-idx3-ubyte: magic 0x00000801 is a label file; "
                         "expected images (0x00000803)"));
  BOOST_TEST(labels_fail(idx_images(1), "magic 0x00000803 is an image file; expected labels (0x00000801)"));
  BOOST_TEST(images_fail(idx(0xd03, {1, 1, 1}, {0, 0, 0, 0}), "magic 0x00000d03 is neither"));
}

BOOST_AUTO_TEST_CASE(a_short_file_is_refused) {
  const Bytes whole = idx_images(3, 4, 5);
  BOOST_TEST(images_fail({}, "the file ends within its header"));
  BOOST_TEST(images_fail(cut(whole, 3), "the file ends within its header"));
  BOOST_TEST(images_fail(cut(whole, 15), "the file ends within its header"));
  BOOST_TEST(images_fail(cut(whole, 16), "claims 60 bytes of data (sizes {3, 4, 5}), but the file holds 0"));
  BOOST_TEST(images_fail(cut(whole, 75), "claims 60 bytes of data (sizes {3, 4, 5}), but the file holds 59"));
  BOOST_TEST(images_fail(gzip(cut(whole, 75)), "but the file holds 59"));
}

BOOST_AUTO_TEST_CASE(trailing_bytes_are_refused) {
  Bytes longer = idx_images(3, 4, 5);
  longer.push_back(0);
  BOOST_TEST(images_fail(longer, "trailing bytes after the 60 that the header claims"));
  BOOST_TEST(images_fail(gzip(longer), "trailing bytes after the 60 that the header claims"));
}

BOOST_AUTO_TEST_CASE(a_header_that_claims_terabytes_costs_nothing) {
  BOOST_TEST(
      images_fail(idx(0x803, {4'000'000'000, 28, 28}, Bytes(100)),
                  "claims 3136000000000 bytes of data (sizes {4000000000, 28, 28}), but the file holds 100"));
  BOOST_TEST(images_fail(gzip(idx(0x803, {4'000'000'000, 28, 28}, Bytes(100))), "but the file holds 100"));
  BOOST_TEST(
      images_fail(idx(0x803, {0xffffffff, 0xffffffff, 0xffffffff}, Bytes(100)), "more than any file holds"));
}

BOOST_AUTO_TEST_CASE(a_small_gzip_that_holds_4_gibibytes_is_refused_before_it_fills_the_memory) {
  Bytes first = idx(0x803, {0xffffffff, 1, 1}, {});
  first.resize(64 << 20);
  Bytes bytes = gzip(first);
  const Bytes rest = gzip(Bytes(64 << 20));
  for (int member = 1; member < 65; ++member) append(bytes, rest);
  BOOST_TEST(bytes.size() < 5u << 20);
  BOOST_TEST(images_fail(bytes, "train-images-idx3-ubyte: unpacks to more than the "));
}

BOOST_AUTO_TEST_CASE(a_size_of_zero_is_refused) {
  BOOST_TEST(images_fail(idx(0x803, {0, 28, 28}, {}), "claims sizes {0, 28, 28}; expected at least 1 each"));
  BOOST_TEST(images_fail(idx(0x803, {2, 0, 28}, {}), "expected at least 1 each"));
  BOOST_TEST(labels_fail(idx_labels({}), "expected at least 1 each"));
}

BOOST_AUTO_TEST_CASE(a_label_out_of_range_is_named) {
  BOOST_TEST(labels_fail(idx_labels({0, 9, 10}), "label 10 at position 2 is out of range; expected 0 to 9"));
}

BOOST_AUTO_TEST_CASE(a_directory_or_a_missing_file_is_named) {
  fs::create_directory(file);
  BOOST_TEST(fails_with([&] { (void)read_idx_images(file); },
                        "train-images-idx3-ubyte: is a directory; expected a file"));
  BOOST_TEST(fails_with([&] { (void)read_idx_images(folder / "absent"); }, "absent: no such file"));
}

BOOST_AUTO_TEST_CASE(a_damaged_gzip_is_refused) {
  const Bytes good = gzip(idx_images(50));
  BOOST_TEST(images_fail(cut(good, good.size() / 2), "corrupt gzip: the file ends early"));
  BOOST_TEST(images_fail(cut(good, good.size() - 4), "corrupt gzip: the file ends early"));
  Bytes wrong_sum = good;
  wrong_sum[wrong_sum.size() - 6] ^= 1;
  BOOST_TEST(images_fail(wrong_sum, "corrupt gzip: incorrect data check"));
  Bytes wrong_data = good;
  wrong_data[good.size() / 2] ^= 0xff;
  BOOST_TEST(images_fail(wrong_data, "train-images-idx3-ubyte: "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
