// .npz: round trips, archives with 64-bit fields, and every fault of an archive is an Error that says which.
#include "autograd/base/random.hpp"
#include "files/detail/npy_format.hpp"
#include "files/npy.hpp"
#include "io/zip/writer.hpp"
#include "tests/files/files.hpp"

namespace xtape::testing {
namespace {

constexpr std::string_view kDirectory = "PK\1\2", kEnd = "PK\5\6";

std::string archive(const StateDict& dict, bool compressed = false) {
  const TemporaryFolder folder;
  save_npz(folder / "x.npz", dict, {.compressed = compressed});
  return contents_of(folder / "x.npz");
}

StateDict loaded(const std::string& bytes) {
  const TemporaryFolder folder;
  write_text(folder / "x.npz", bytes);
  return load_npz(folder / "x.npz");
}

void expect_refused(const std::string& bytes, const std::string& fault) {
  BOOST_TEST(fails_with([&] { loaded(bytes); }, "x.npz: "));
  BOOST_TEST(fails_with([&] { loaded(bytes); }, fault));
}

/// `bytes` with another number at `offset` behind the last `mark`.
template <class T>
std::string changed(std::string bytes, std::string_view mark, std::size_t offset, T value) {
  return bytes.replace(bytes.rfind(mark) + offset, sizeof value, little_endian(value));
}

std::string one_array() { return archive({{"w", tensor({1.0, 2.0})}}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(files_npz)

BOOST_AUTO_TEST_CASE(every_dtype_makes_the_round_trip_in_its_order) {
  for (const bool compressed : {false, true}) {
    const StateDict dict = loaded(archive(every_dtype(), compressed));
    expect_same(dict, every_dtype());
    BOOST_TEST((dict.keys() == every_dtype().keys()));
  }
  BOOST_TEST(loaded(archive({})).empty());
}

BOOST_AUTO_TEST_CASE(names_and_strides_of_any_kind) {
  const Tensor x = arange(0, 6).reshape({2, 3}).t();
  const StateDict dict{{"0.weight", x}, {"a/b", x}, {"größe", x}, {"", x}, {"x.npy", x}};
  expect_same(loaded(archive(dict)), dict);
}

BOOST_AUTO_TEST_CASE(compression_makes_large_arrays_smaller) {
  // Several times the size of a block, of bytes that pack well and of bytes that do not.
  manual_seed(3);
  const StateDict dict{{"zeros", zeros({1000, 1000})}, {"random", randn({300, 1000})}};
  const std::string packed = archive(dict, true);
  BOOST_TEST(packed.size() < 1.2e6);
  expect_same(loaded(packed), dict);
}

BOOST_AUTO_TEST_CASE(archives_with_64_bit_fields) {
  const Tensor x = tensor({1.0, 2.0, 3.0});
  const std::string_view body(reinterpret_cast<const char*>(x.raw()), 12);
  for (const bool compressed : {false, true}) {
    for (const std::uint64_t limit : {0u, 1u, 2u, 130u, 150u, 400u}) {  // sizes are 140, places 0, 200, 400
      const TemporaryFolder folder;
      io::AtomicFile file(folder / "x.npz");
      io::ZipWriter zip(file, {.compressed = compressed, .limit = limit});
      for (const char* name : {"a.npy", "b.npy", "c.npy"})
        zip.add(name, detail::npy_preamble(kFloat32, {3}), body);
      zip.finish();
      file.commit();
      expect_same(load_npz(folder / "x.npz"), {{"a", x}, {"b", x}, {"c", x}});
    }
  }
}

BOOST_AUTO_TEST_CASE(a_comment_at_the_end_is_passed_over) {
  std::string bytes = changed(one_array(), kEnd, 20, std::uint16_t{30}) + "PK\5\6 a comment";
  bytes.resize(bytes.size() + 30 - 14, '.');
  BOOST_TEST(loaded(bytes).size() == 1u);
}

BOOST_AUTO_TEST_CASE(archives_without_an_end) {
  expect_refused("", "is not a zip archive");
  expect_refused(std::string(100, 'x'), "is not a zip archive");
  expect_refused(one_array().substr(0, one_array().size() - 1),
                 "is not a zip archive, or is one whose end is missing");
  expect_refused(one_array() + "x", "is not a zip archive");
  expect_refused("x" + one_array(), "its directory does not end where its last record begins");
}

BOOST_AUTO_TEST_CASE(directories_that_are_damaged) {
  const std::string bytes = one_array();
  expect_refused(changed(bytes, kEnd, 4, std::uint16_t{1}), "one of several parts");
  expect_refused(changed(bytes, kEnd, 8, std::uint16_t{2}), "one of several parts");
  expect_refused(changed(bytes, kEnd, 12, std::uint32_t{1}), "its directory does not end");
  expect_refused(changed(bytes, kEnd, 16, std::uint32_t{1}), "its directory does not end");
  expect_refused(changed(bytes, kEnd, 16, 0xffffffffu), "its 64-bit directory is missing");
  expect_refused(changed(changed(bytes, kEnd, 8, std::uint16_t{2}), kEnd, 10, std::uint16_t{2}),
                 "1 entries in its directory; expected 2");
  expect_refused(changed(bytes, kDirectory, 0, std::uint32_t{0}), "no entry where its directory has one");
  expect_refused(changed(bytes, kDirectory, 28, std::uint16_t{6}), "an entry of its directory ends early");
  expect_refused(changed(bytes, kDirectory, 42, std::uint32_t{1}),
                 "\"w.npy\" is not where the directory says");
  expect_refused(changed(bytes, kDirectory, 42, 0xfffffffeu), "\"w.npy\" is not where the directory says");
  expect_refused(changed(bytes, kDirectory, 20, 0xffffffffu), "is stored, in 4294967295 bytes for 136");
  expect_refused(changed(bytes, kDirectory, 46, 'v'), "\"v.npy\" is not where the directory says");
}

BOOST_AUTO_TEST_CASE(entries_that_cannot_be_read) {
  const std::string bytes = one_array();
  expect_refused(changed(bytes, kDirectory, 8, std::uint16_t{1}), "\"w.npy\" is encrypted");
  expect_refused(changed(bytes, kDirectory, 10, std::uint16_t{12}),
                 "compressed by method 12; known are 0 (stored) and 8");
  expect_refused(changed(bytes, kDirectory, 16, std::uint32_t{0}), "\"w.npy\" is damaged: its checksum");
  expect_refused(changed(bytes, "\x93NUMPY", 0, 'x'), "\"w.npy\" is damaged: its checksum");
  expect_refused(changed(bytes, kDirectory, 10, std::uint16_t{8}), "it does not unpack to its 136 bytes");

  const std::string packed = archive({{"w", tensor({1.0, 2.0})}}, true);
  for (const std::uint32_t size : {0u, 135u, 137u}) {
    expect_refused(changed(packed, kDirectory, 24, size),
                   fmt::format("it does not unpack to its {} bytes", size));
  }
  expect_refused(changed(packed, kDirectory, 24, 0xfffffffeu), "unpacks to more than the 268435456 bytes");
  expect_refused(changed(packed, kDirectory, 20, std::uint32_t{10}), "it does not unpack");
}

BOOST_AUTO_TEST_CASE(the_caller_sets_how_far_an_archive_may_unpack) {
  const TemporaryFolder folder;
  save_npz(folder / "x.npz", {{"a", zeros({1000})}, {"b", zeros({1000})}}, {.compressed = true});
  BOOST_TEST(load_npz(folder / "x.npz", {.max_bytes = 2 * 4128}).size() == 2u);
  BOOST_TEST(fails_with([&] { load_npz(folder / "x.npz", {.max_bytes = 2 * 4128 - 1}); },
                        "x.npz: unpacks to more than the 8255 bytes allowed for a file of"));
}

BOOST_AUTO_TEST_CASE(entries_that_are_no_arrays) {
  const TemporaryFolder folder;
  const auto with_entries = [&](const std::vector<std::string>& names, const std::string& contents) {
    io::AtomicFile file(folder / "x.npz");
    io::ZipWriter zip(file);
    for (const std::string& name : names) zip.add(name, contents, "");
    zip.finish();
    file.commit();
    return contents_of(folder / "x.npz");
  };
  const std::string array = detail::npy_preamble(kFloat32, {0});
  expect_refused(with_entries({"readme.txt"}, "hello, world"), "x.npz: readme.txt: is not a numpy array");
  expect_refused(with_entries({"w.npy"}, array + "x"), "x.npz: w.npy: trailing bytes");
  expect_refused(with_entries({"w.npy", "w"}, array), "the name \"w\" appears twice");
  expect_refused(with_entries({"\xff.npy"}, array), "the name of an entry is not UTF-8");
  BOOST_TEST(loaded(with_entries({"w"}, array)).contains("w"));
}

BOOST_AUTO_TEST_CASE(entries_that_share_bytes) {
  // The directory's one entry, twice: both lead to the same bytes.
  std::string bytes = one_array();
  const std::size_t begin = bytes.rfind(kDirectory), end = bytes.rfind(kEnd);
  const std::string entry = bytes.substr(begin, end - begin);
  bytes.insert(end, entry);
  bytes = changed(bytes, kEnd, 8, std::uint16_t{2});
  bytes = changed(bytes, kEnd, 10, std::uint16_t{2});
  bytes = changed(bytes, kEnd, 12, static_cast<std::uint32_t>(2 * entry.size()));
  expect_refused(bytes, "\"w.npy\" and \"w.npy\" overlap");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_an_error_and_leaves_no_file) {
  const TemporaryFolder folder;
  StateDict undefined;
  undefined.insert("w", Tensor());
  BOOST_TEST(fails_with([&] { save_npz(folder / "x.npz", undefined); }, "tensor \"w\" is undefined"));
  BOOST_TEST(fails_with([&] { save_npz(folder / "x.npz", {{"\xff", ones({1})}}); }, "is not UTF-8"));
  BOOST_TEST(fails_with(
      [&] {
        save_npz(folder / "x.npz", {{std::string(1, '\0'), ones({1})}});
      },
      "zero byte"));
  BOOST_TEST(fails_with(
      [&] {
        save_npz(folder / "x.npz", {{std::string(70000, 'a'), ones({1})}});
      },
      "a name has 70004 bytes; a zip archive takes at most 65535"));
  BOOST_TEST(files_in(folder) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
