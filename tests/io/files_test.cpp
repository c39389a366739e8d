// Sources: every reader takes a file or memory and gives the same of both; whole files are read and written.
#include "io/files.hpp"

#include <filesystem>

#include "datasets/sources/cifar10.hpp"
#include "datasets/sources/idx.hpp"
#include "files/npy.hpp"
#include "files/safetensors.hpp"
#include "tests/files/files.hpp"

namespace xtape::testing {
namespace {

std::span<const std::byte> memory(const std::string& bytes) { return std::as_bytes(std::span(bytes)); }

Bytes cifar_archive() {
  Bytes tar = tar_member("test_batch.bin", cifar_records(2));
  append(tar, Bytes(1024));
  return tar;
}

struct InFolder {
  TemporaryFolder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(files_source, InFolder)

BOOST_AUTO_TEST_CASE(data_sets_are_read_from_memory) {
  for (const bool packed : {false, true}) {
    const auto file = [&](const Bytes& bytes) { return packed ? gzip(bytes) : bytes; };
    const Bytes images = file(idx_images(3, 4, 5)), labels = file(idx_labels({1, 2}));
    write_file(folder / "images", images);
    BOOST_TEST(same(datasets::read_idx_images(images), datasets::read_idx_images(folder / "images")));
    BOOST_TEST(same(datasets::read_idx_labels(labels, 10), tensor({1, 2})));

    const Bytes archive = file(cifar_archive());
    write_file(folder / "archive", archive);
    const datasets::CIFAR10 read(archive, {.train = false}), there(folder / "archive", {.train = false});
    BOOST_TEST(same(read.images(), there.images()));
    BOOST_TEST(same(read.labels(), tensor({0, 1})));
  }
}

BOOST_AUTO_TEST_CASE(arrays_and_states_are_read_from_memory) {
  const StateDict dict = every_dtype();
  save(dict, folder / "x.safetensors", {.metadata = {{"format", "pt"}}});
  save_npz(folder / "x.npz", dict, {.compressed = true});
  save_npy(folder / "x.npy", dict.at("float32"));
  const std::string safetensors = io::read_bytes(folder / "x.safetensors");
  expect_same(load(memory(safetensors)), dict);
  BOOST_TEST(load_metadata(memory(safetensors)).at("format") == "pt");
  expect_same(load_npz(memory(io::read_bytes(folder / "x.npz"))), dict);
  BOOST_TEST(same(load_npy(memory(io::read_bytes(folder / "x.npy"))), dict.at("float32")));
}

BOOST_AUTO_TEST_CASE(a_fault_names_the_memory) {
  const Bytes few{1, 2};
  BOOST_TEST(fails_with([&] { (void)load(few); }, "memory: "));
  BOOST_TEST(fails_with([&] { (void)load_metadata(few); }, "memory: "));
  BOOST_TEST(fails_with([&] { (void)load_npy(few); }, "memory: "));
  BOOST_TEST(fails_with([&] { (void)load_npz(few); }, "memory: "));
  BOOST_TEST(fails_with([&] { (void)datasets::read_idx_images(few); }, "memory: "));
  BOOST_TEST(fails_with([&] { (void)datasets::read_idx_labels(few, 10); }, "memory: "));
  BOOST_TEST(fails_with([&] { datasets::CIFAR10 read(few); }, "memory: "));
  BOOST_TEST(fails_with([&] { (void)load_npy(io::Source(few, "upload 7")); }, "upload 7: "));
}

BOOST_AUTO_TEST_CASE(bounds_hold_for_memory) {
  const Bytes images = gzip(idx_images(3, 4, 5));
  BOOST_TEST(fails_with([&] { (void)datasets::read_idx_images(images, {.max_bytes = 75}); },
                        "more than the 75 bytes"));
  const Bytes archive = gzip(cifar_archive());
  BOOST_TEST(fails_with([&] { datasets::CIFAR10 read(archive, {.train = false, .max_bytes = 1000}); },
                        "more than the 1000 bytes"));
}

BOOST_AUTO_TEST_CASE(whole_files_are_written_and_read) {
  const fs::path file = folder / "file", link = folder / "link";
  const std::string bytes("a\0b\n", 4);
  io::write_bytes(file, "before, and longer");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("file", link);
  io::write_bytes(link, bytes);
  BOOST_TEST(io::read_bytes(file) == bytes);
  BOOST_TEST(io::read_bytes(memory(bytes)) == bytes);
  BOOST_TEST(fs::is_symlink(link));
  BOOST_TEST((fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
  BOOST_TEST(files_in(folder) == 2u);
  io::write_bytes(file, "");
  BOOST_TEST(io::read_bytes(file).empty());
  BOOST_TEST(io::read_bytes(std::span<const std::byte>()).empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_or_written_is_named) {
  BOOST_TEST(fails_with([&] { io::read_bytes(folder / "absent"); }, "absent: no such file"));
  BOOST_TEST(fails_with([&] { io::read_bytes(folder.path()); }, "is a directory; expected a file"));
  BOOST_TEST(fails_with([&] { io::write_bytes(folder / "absent/x", ""); },
                        "absent/x: cannot be written: No such file or directory"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
