// Every fault of a .safetensors file is an Error that says which. The cases follow the checks of the
// reference implementation.
#include "files/safetensors.hpp"

#include <filesystem>

#include "tests/files/files.hpp"

namespace xtape::testing {
namespace {

std::string file_of(const std::string& header, const std::string& data = "") {
  return safetensors_file(header, data);
}

/// One tensor "t" with these values as JSON.
std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"("t":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

/// The file's bytes are refused, with a message that names the file and holds `fault`.
void expect_refused(const std::string& bytes, const std::string& fault) {
  const TemporaryFolder folder;
  const fs::path path = folder / "m.safetensors";
  write_text(path, bytes);
  BOOST_TEST(fails_with([&] { load(path); }, path.string() + ": "));
  BOOST_TEST(fails_with([&] { load(path); }, fault));
  BOOST_TEST(fails_with([&] { load_metadata(path); }, path.string()));
}

StateDict loaded(const std::string& bytes) {
  const TemporaryFolder folder;
  write_text(folder / "m.safetensors", bytes);
  return load(folder / "m.safetensors");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_safetensors_faults)

BOOST_AUTO_TEST_CASE(lengths_of_the_header) {
  expect_refused("", "the file has 0 bytes");
  expect_refused(std::string(7, '\0'), "the file has 7 bytes");
  expect_refused(little_endian(std::uint64_t{100'000'001}) + "{}",
                 "claims 100000001 bytes; expected at most 100000000");
  expect_refused(little_endian(~std::uint64_t{0}) + "{}", "claims 18446744073709551615 bytes");
  expect_refused(little_endian(std::uint64_t{100'000'000}) + "{}",
                 "claims 100000000 bytes, but the file holds 2");
  expect_refused(little_endian(std::uint64_t{3}) + "{}", "claims 3 bytes, but the file holds 2");
  expect_refused(file_of(""), "does not begin with {");
  BOOST_TEST(loaded(file_of("{}")).empty());
}

BOOST_AUTO_TEST_CASE(texts_that_are_no_json) {
  expect_refused(file_of(" {}"), "does not begin with {");
  expect_refused(file_of("[]"), "does not begin with {");
  expect_refused(file_of("\xef\xbb\xbf{}"), "does not begin with {");
  expect_refused(file_of("{"), "not valid JSON");
  expect_refused(file_of("{}}"), "not valid JSON");
  expect_refused(file_of("{}{}"), "not valid JSON");
  expect_refused(file_of("{\"\xff\":1}"), "not valid JSON");
  expect_refused(file_of("{\"\xed\xa0\x80\":1}"), "ill-formed UTF-8");  // half a surrogate pair
  expect_refused(file_of("{" + entry("F32", "[1e999]", "[0,4]") + "}", "0123"), "not valid JSON");
  expect_refused(file_of(std::string("{}\0", 3)), "zero byte");
  expect_refused(file_of(std::string("{}\0garbage", 10)), "zero byte");
}

BOOST_AUTO_TEST_CASE(json_of_another_form) {
  expect_refused(file_of(R"({"t":1})"), "\"t\" is the number 1; expected an object");
  expect_refused(file_of(R"({"t":[]})"), "\"t\" is a list; expected an object");
  expect_refused(file_of(R"({"t":{}})"), "tensor \"t\" has no dtype");
  expect_refused(file_of(R"({"t":{"dtype":"F32","data_offsets":[0,0]}})"), "tensor \"t\" has no shape");
  expect_refused(file_of(R"({"t":{"dtype":"F32","shape":[0]}})"), "tensor \"t\" has no data_offsets");
  expect_refused(file_of(R"({"t":{"dtype":4,"shape":[0],"data_offsets":[0,0]}})"),
                 "dtype of tensor \"t\" is the number 4");
  expect_refused(file_of("{" + entry("F32", "null", "[0,4]") + "}"), "shape of tensor \"t\" is null");
  expect_refused(file_of("{" + entry("F32", "{}", "[0,4]") + "}"), "shape of tensor \"t\" is an object");
  expect_refused(file_of("{" + entry("F32", "[[1]]", "[0,4]") + "}"), "shape of tensor \"t\" holds a list");
  expect_refused(file_of("{" + entry("F32", "[-1]", "[0,4]") + "}"),
                 "shape of tensor \"t\" holds the number -1");
  expect_refused(file_of("{" + entry("F32", "[1.0]", "[0,4]") + "}"), "holds the number 1.0");
  expect_refused(file_of("{" + entry("F32", "[true]", "[0,4]") + "}"), "holds a bool");
  expect_refused(file_of("{" + entry("F32", "[1]", "[0]") + "}"),
                 "data_offsets of tensor \"t\" has 1 numbers; expected 2");
  expect_refused(file_of("{" + entry("F32", "[1]", "[0,4,4]") + "}"), "has more than 2 numbers");
  expect_refused(file_of("{" + entry("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]") + "}", "0123"),
                 "has more than 8 numbers");
  expect_refused(file_of(R"({"__metadata__":null})"), "\"__metadata__\" is null");
  expect_refused(file_of(R"({"__metadata__":{"a":1}})"),
                 "\"a\" of the metadata is the number 1; expected a text");
  expect_refused(file_of(R"({"__metadata__":{"a":{"b":"c"}}})"), "\"a\" of the metadata is an object");
}

BOOST_AUTO_TEST_CASE(names_that_come_twice) {
  const std::string t = entry("U8", "[1]", "[0,1]");
  expect_refused(file_of("{" + t + "," + t + "}", "x"), "the name \"t\" appears twice");
  const std::string none = entry("U8", "[0]", "[0,0]");  // without bytes nothing else would show it
  expect_refused(file_of("{" + none + "," + none + "}"), "the name \"t\" appears twice");
  expect_refused(file_of(R"({"t":{"dtype":"U8","shape":[1],"shape":[2],"data_offsets":[0,1]}})", "x"),
                 "\"shape\" appears twice in \"t\"");
  expect_refused(file_of(R"({"__metadata__":{},"__metadata__":{}})"), "\"__metadata__\" appears twice");
  expect_refused(file_of(R"({"__metadata__":{"a":"","a":""}})"), "\"a\" appears twice");
}

BOOST_AUTO_TEST_CASE(fields_that_are_not_known_are_passed_over) {
  const StateDict dict = loaded(file_of(
      R"({"t":{"x":{"shape":[1,{"dtype":"?"}],"a":null},"dtype":"U8","y":[[],-1.5],"shape":[1],"z":true,"data_offsets":[0,1]}})",
      "\x07"));
  BOOST_TEST(same(dict.at("t"), tensor({7}, {.dtype = kUInt8})));
}

BOOST_AUTO_TEST_CASE(places_that_do_not_fill_the_file) {
  const std::string a = R"("a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]})";
  const auto with = [&](const std::string& shape, const std::string& offsets) {
    return "{" + a + "," + entry("U8", shape, offsets) + "}";
  };
  BOOST_TEST(loaded(file_of(with("[2]", "[2,4]"), "abcd")).size() == 2u);
  expect_refused(file_of(with("[2]", "[3,5]"), "abcde"),
                 "\"t\" has the bytes 3 to 5; expected them to begin at 2");  // hole
  expect_refused(file_of(with("[2]", "[1,3]"), "abc"),
                 "\"t\" has the bytes 1 to 3; expected them to begin at 2");           // overlap
  expect_refused(file_of(with("[2]", "[0,2]"), "ab"), "expected them to begin at 2");  // the same bytes twice
  expect_refused(file_of(with("[2]", "[4,2]"), "abcd"), "\"t\" has the bytes 4 to 2");
  expect_refused(file_of(with("[2]", "[2,0]"), "abcd"), "\"t\" has the bytes 2 to 0");
  expect_refused(file_of(with("[2]", "[2,5]"), "abcde"), "shape {2} takes 2 bytes, but its place has 3");
  expect_refused(file_of(with("[2]", "[2,4]"), "abc"),
                 "the file ends early: it holds 3 bytes of data; its header claims 4");
  expect_refused(file_of(with("[2]", "[2,4]"), "abcde"),
                 "trailing bytes: the file holds 5 bytes of data; its header claims 4");
  expect_refused(file_of("{}", "x"), "trailing bytes");
  expect_refused(file_of("{" + entry("U8", "[1]", "[1,2]") + "}", "xy"), "expected them to begin at 0");
}

BOOST_AUTO_TEST_CASE(sizes_that_overflow) {
  const std::string most = "18446744073709551615", half = "4294967296", third = "2097153";
  expect_refused(file_of("{" + entry("U8", "[" + most + "]", "[0,0]") + "}"), "\"t\" has a size of " + most);
  expect_refused(file_of("{" + entry("U8", "[" + half + "," + half + "]", "[0,0]") + "}"),
                 "more than any memory holds");
  expect_refused(file_of("{" + entry("F64", "[" + third + "," + third + "," + third + "]", "[0,0]") + "}"),
                 "more than any memory holds");
  expect_refused(file_of("{" + entry("U8", "[0," + half + "," + half + "]", "[0,0]") + "}"),
                 "more than any memory holds");
  expect_refused(file_of("{" + entry("U8", "[1]", "[0," + most + "]") + "}"), "its place has " + most);
  expect_refused(file_of("{" + entry("U8", "[184467440737095516160]", "[0,1]") + "}"),
                 "holds the number 184467440737095516160");
  expect_refused(file_of("{" + entry("F32", "[1000000000,1000]", "[0,4000000000000]") + "}"),
                 "the file ends early");
}

BOOST_AUTO_TEST_CASE(dtypes_that_a_tensor_does_not_have) {
  for (const char* dtype : {"C64", "F8_E4M3", "F4", "f32", ""}) {
    expect_refused(file_of("{" + entry(dtype, "[1]", "[0,8]") + "}", "01234567"),
                   "tensor \"t\" has the dtype " + std::string(dtype) + "; what can be read is BOOL U8 I8");
  }
  const std::string large = file_of("{" + entry("U64", "[1]", "[0,8]") + "}", std::string(8, '\xff'));
  BOOST_TEST(
      fails_with([&] { loaded(large); },
                 "m.safetensors: tensor \"t\": the uint64 value 18446744073709551615 does not fit int64"));
}

BOOST_AUTO_TEST_CASE(any_byte_but_0_is_true) {
  const StateDict dict =
      loaded(file_of("{" + entry("BOOL", "[3]", "[0,3]") + "}", std::string("\0\x01\xfe", 3)));
  BOOST_TEST(same(dict.at("t"), tensor({false, true, true})));
}

BOOST_AUTO_TEST_CASE(deep_and_long_headers_cost_no_more_than_their_bytes) {
  const std::string deep = R"({"t":{"x":)" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}}";
  expect_refused(file_of(deep), "tensor \"t\" has no dtype");
  expect_refused(file_of(std::string(1'000'000, '{')), "not valid JSON");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
