// .npy: round trips, and every fault of a file is an Error that says which. numpy's own files:
// golden_test.cpp.
#include "files/npy.hpp"

#include "tests/files/files.hpp"

namespace xtape::testing {
namespace {

/// A file of version 1.0 whose header is `literal`.
std::string npy(const std::string& literal, const std::string& data = "",
                const std::string& version = {"\1\0", 2}) {
  return "\x93NUMPY" + version + little_endian(static_cast<std::uint16_t>(literal.size())) + literal + data;
}

std::string header(const std::string& descr, const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

Tensor loaded(const std::string& bytes) {
  const TemporaryFolder folder;
  write_text(folder / "x.npy", bytes);
  return load_npy(folder / "x.npy");
}

void expect_refused(const std::string& bytes, const std::string& fault) {
  BOOST_TEST(fails_with([&] { loaded(bytes); }, "x.npy: "));
  BOOST_TEST(fails_with([&] { loaded(bytes); }, fault));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_npy)

BOOST_AUTO_TEST_CASE(every_dtype_makes_the_round_trip) {
  const TemporaryFolder folder;
  for (const auto& [name, value] : every_dtype()) {
    save_npy(folder / "x.npy", value);
    BOOST_TEST(same(load_npy(folder / "x.npy"), value));
  }
}

BOOST_AUTO_TEST_CASE(other_strides_are_written_in_row_major_order) {
  const TemporaryFolder folder;
  const Tensor x = randn({3, 4}, {.requires_grad = true}).t();
  save_npy(folder / "x.npy", x);
  BOOST_TEST(same(load_npy(folder / "x.npy"), x));
  BOOST_TEST(!load_npy(folder / "x.npy").requires_grad());
}

BOOST_AUTO_TEST_CASE(headers_as_other_writers_have_them) {
  const std::string data = little_endian(1.5f) + little_endian(2.5f);
  const Tensor expected = tensor({1.5, 2.5});
  BOOST_TEST(same(loaded(npy("{\"shape\":(2L,),\"fortran_order\":True,\"descr\":\"<f4\"}", data)), expected));
  BOOST_TEST(same(loaded(npy("  { 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 2 , ) } ", data)),
                  expected));
  BOOST_TEST(same(loaded(npy(header("<f4", "(1,2)"), data)), expected.reshape({1, 2})));
  BOOST_TEST(same(loaded(npy(header("<u1", "(2,)"), "\x01\x02")), tensor({1, 2}, {.dtype = kUInt8})));
  BOOST_TEST(same(loaded(npy(header("|b1", "(2,)"), std::string("\x00\x05", 2))), tensor({false, true})));
}

BOOST_AUTO_TEST_CASE(types_by_every_name_that_numpy_takes) {
  // numpy.dtype(...) of 1.24 takes each of these; '=' and '|' mean this machine's order.
  const std::string data = little_endian(1.5f);
  for (const char* descr : {"f4", "=f4", "|f4", "f", "<f", "float32", "single"})
    BOOST_TEST(same(loaded(npy(header(descr, "(1,)"), data)), tensor({1.5})));
  for (const char* descr : {"?", "b1", "|?", "bool", "<b1"})
    BOOST_TEST(same(loaded(npy(header(descr, "(1,)"), "\1")), tensor({true})));
  for (const char* descr : {"f8", "=f8", "d", "float64", "double", "float"})
    BOOST_TEST(
        same(loaded(npy(header(descr, "(1,)"), little_endian(1.5))), tensor({1.5}, {.dtype = kFloat64})));
  for (const char* descr : {"i8", "=i8", "l", "q", "int64", "int"})
    BOOST_TEST(same(loaded(npy(header(descr, "(1,)"), little_endian(std::int64_t{-7}))), tensor({-7})));
  for (const char* descr : {"u1", "=u1", "B", "uint8"})
    BOOST_TEST(same(loaded(npy(header(descr, "(1,)"), "\7")), tensor({7}, {.dtype = kUInt8})));
  BOOST_TEST(same(loaded(npy(header(">f", "(1,)"), std::string("\x3f\xc0\0\0", 4))), tensor({1.5})));
}

BOOST_AUTO_TEST_CASE(beginnings_that_are_no_array) {
  expect_refused("", "does not begin with \\x93NUMPY");
  expect_refused("PK\3\4 an archive", "is a zip archive; expected a numpy array (.npy)");
  expect_refused("\x89PNG\r\n\x1a\n", "is a PNG image; expected a numpy array (.npy)");
  expect_refused(npy(header("<f4", "(0,)"), "", {"\4\0", 2}),
                 "version 4.0 of numpy's format; known are 1.0, 2.0, 3.0");
  expect_refused(npy(header("<f4", "(0,)"), "", "\1\1"), "version 1.1");
  expect_refused(std::string("\x93NUMPY\1\0\5", 9), "the file ends early");
  expect_refused(std::string("\x93NUMPY\1\0\5\0{", 11),
                 "the header claims 5 bytes, but the file holds 1 more");
  expect_refused(std::string("\x93NUMPY\2\0\xff\xff\xff\xff{", 13),
                 "claims 4294967295 bytes, but the file holds 1");
}

BOOST_AUTO_TEST_CASE(elements_that_a_tensor_does_not_have) {
  for (const char* descr :
       {"<c8", "<f16", "|O", "<U5", "|S3", "<M8[s]", "<b2", "<V2", "=float32", "Float32", ""}) {
    expect_refused(npy(header(descr, "(0,)")), "holds elements of type '" + std::string(descr) + "'");
  }
  expect_refused(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (0,), }"),
                 "records with named fields");
  expect_refused(npy(header(">u8", "(1,)"), std::string(8, '\xff')), "the uint64 value 18446744073709551615");
}

BOOST_AUTO_TEST_CASE(headers_that_are_no_dictionary_of_an_array) {
  expect_refused(npy(""), "expected '{'");
  expect_refused(npy("{"), "expected a text in quotes");
  expect_refused(npy("{}"), "the header misses 'descr'");
  expect_refused(npy("{'descr': '<f4', 'shape': (0,)}"), "the header misses 'fortran_order'");
  expect_refused(npy("{'descr': '<f4', 'fortran_order': False}"), "the header misses 'shape'");
  expect_refused(npy("{'descr': '<f4', 'descr': '<f4'}"), "the header holds 'descr' twice");
  expect_refused(npy("{'descr': '<f4', 'more': 1}"), "the header holds 'more'");
  expect_refused(npy("{'descr"), "expected a text that ends");
  expect_refused(npy("{'descr' '<f4'}"), "expected ':'");
  expect_refused(npy("{'descr': '<f4' 'shape': ()}"), "expected '}'");
  expect_refused(npy(header("<f4", "(0,)", "0")), "expected True or False");
  expect_refused(npy(header("<f4", "(0,)") + "print()"), "the header goes on behind its dictionary");
}

BOOST_AUTO_TEST_CASE(shapes_that_are_none) {
  expect_refused(npy(header("<f4", "(1)"), "0123"), "the shape (1) is a number; expected a tuple");
  expect_refused(npy(header("<f4", "[1]"), "0123"), "expected '('");
  expect_refused(npy(header("<f4", "(-1,)")), "expected a size");
  expect_refused(npy(header("<f4", "(,)")), "expected a size");
  expect_refused(npy(header("<f4", "(1 1)")), "expected ',' or ')'");
  expect_refused(npy(header("<f4", "(99999999999999999999,)")), "does not fit int64");
  expect_refused(npy(header("<f4", "(4294967296,4294967296)")), "more than any memory holds");
  expect_refused(npy(header("<f4", "(0,4294967296,4294967296)")), "more than any memory holds");
  expect_refused(npy(header("<f4", "(1,1,1,1,1,1,1,1,1)"), "0123"), "has more than 8 dims");
}

BOOST_AUTO_TEST_CASE(data_of_another_length) {
  expect_refused(npy(header("<f4", "(2,)"), "0123456"),
                 "the file ends early: shape {2} takes 8 bytes, and it holds 7");
  expect_refused(npy(header("<f4", "(2,)"), "012345678"), "trailing bytes: shape {2} takes 8 bytes");
  expect_refused(npy(header("<f8", "(1000000000,1000)")), "takes 8000000000000 bytes, and it holds 0");
}

BOOST_AUTO_TEST_CASE(paths_that_are_none) {
  const TemporaryFolder folder;
  BOOST_TEST(fails_with([&] { load_npy(folder / "x.npy"); }, "x.npy: no such file"));
  BOOST_TEST(fails_with([&] { load_npy(folder); }, "is a directory"));
  BOOST_TEST(fails_with([&] { save_npy("", ones({1})); }, "expected the name of a file"));
  BOOST_TEST(fails_with([&] { save_npy(folder / "x.npy", Tensor()); }, "the tensor is undefined"));
  BOOST_TEST(files_in(folder) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
