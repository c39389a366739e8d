// Files that are something else than asked for, and texts of files in messages.
#include "io/file_kind.hpp"

#include <filesystem>

#include "datasets/sources/idx.hpp"
#include "files/npy.hpp"
#include "files/safetensors.hpp"
#include "io/atomic_file.hpp"
#include "io/utf8.hpp"
#include "io/zip/writer.hpp"
#include "tests/files/files.hpp"

namespace xtape::testing {

namespace {

/// A zip archive of one entry which has 64-bit records though it needs none, as PyTorch writes them.
void write_zip64(const fs::path& path, const std::string& name, const std::string& content) {
  io::AtomicFile file(path);
  io::ZipWriter zip(file);
  zip.add(name, "", content);
  zip.finish();
  file.commit();
  std::string bytes = contents_of(path);
  const std::string end = bytes.substr(bytes.size() - 22);
  bytes.resize(bytes.size() - 22);
  const auto number = [](std::uint64_t value, std::size_t size) {
    return std::string(reinterpret_cast<const char*>(&value), size);
  };
  const std::uint64_t record_at = bytes.size();
  const auto directory_size = number(*reinterpret_cast<const std::uint32_t*>(&end[12]), 8);
  const auto directory_at = number(*reinterpret_cast<const std::uint32_t*>(&end[16]), 8);
  bytes += "PK\6\6" + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8) + number(1, 8) +
           number(1, 8) + directory_size + directory_at;
  bytes += "PK\6\7" + number(0, 4) + number(record_at, 8) + number(1, 4);
  write_text(path, bytes + end);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_kind)

BOOST_AUTO_TEST_CASE(every_reader_says_what_a_file_is) {
  const TemporaryFolder folder;
  const std::string torch =
      "PK\3\4" + std::string(22, '\0') + std::string("\x10\0\0\0", 4) + "archive/data.pkl";
  const std::pair<std::string, std::string> files[] = {
      {torch + std::string(100, 'x'), "is a PyTorch checkpoint (torch.save); expected "},
      {"\x89HDF\r\n\x1a\n....", "is an HDF5 file (.h5); expected "},
      {"\x89PNG\r\n\x1a\n....", "is a PNG image; expected "},
      {"\n<!DOCTYPE html><html>404", "is an HTML page, perhaps the error of a download; expected "},
      {"version https://git-lfs.github.com/spec/v1\noid", "is a Git LFS pointer"},
      {"\x80\x02}q", "is a Python pickle; expected "}};
  for (const auto& [bytes, message] : files) {
    for (const char* name : {"x.safetensors", "x.npy", "x.npz", "x"}) write_text(folder / name, bytes);
    if (!bytes.starts_with("PK")) BOOST_TEST(fails_with([&] { load(folder / "x.safetensors"); }, message));
    BOOST_TEST(fails_with([&] { load_npy(folder / "x.npy"); }, message));
    BOOST_TEST(fails_with([&] { datasets::read_idx_images(folder / "x"); }, message));
    if (!bytes.starts_with("PK")) BOOST_TEST(fails_with([&] { load_npz(folder / "x.npz"); }, message));
  }
  write_zip64(folder / "x.npz", "archive/data.pkl", "");
  BOOST_TEST(
      fails_with([&] { load_npz(folder / "x.npz"); }, "is a PyTorch checkpoint (torch.save); expected "));
  save_npy(folder / "x.npz", ones({2}));
  BOOST_TEST(
      fails_with([&] { load_npz(folder / "x.npz"); }, "is a numpy array (.npy); expected a zip archive"));
}

BOOST_AUTO_TEST_CASE(an_archive_may_have_64_bit_records_that_it_does_not_need) {
  const TemporaryFolder folder;
  save_npy(folder / "x.npy", tensor({1, 2}));
  write_zip64(folder / "x.npz", "x.npy", contents_of(folder / "x.npy"));
  const StateDict read = load_npz(folder / "x.npz");
  BOOST_TEST_REQUIRE(read.contains("x"));
  BOOST_TEST(equal(read.at("x"), tensor({1, 2})));
}

BOOST_AUTO_TEST_CASE(texts_of_files_are_escaped_and_cut) {
  BOOST_TEST(io::printable("größe") == "größe");
  BOOST_TEST(io::printable("a\n\"\x1b[31m\xff") == R"(a\n\"\x1b[31m\xff)");
  BOOST_TEST(io::printable("\xe2\x80\xae") == "\\u{202e}");  // turns the line around
  BOOST_TEST(io::printable(std::string(1000, 'x')) == std::string(80, 'x') + "... (1000 bytes)");
  BOOST_TEST(io::printable_list({"a", "b\n"}) == R"("a", "b\n")");
  BOOST_TEST(io::printable_list({"a", "b", "c"}, 1) == R"("a", and 2 more)");
  BOOST_TEST(io::printable_list({}) == "");
  BOOST_TEST(!io::is_utf8("\xed\xa0\x80"));
  BOOST_TEST(!io::is_utf8("\xc0\x80"));
  BOOST_TEST(io::is_utf8("\xf0\x9f\x98\x80"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
