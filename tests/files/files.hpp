// What the tests of files share: bytes of files, and files of bytes.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "files/state_dict.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

inline std::string contents_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_text(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

/// The bytes of a number, lowest first.
template <class T>
std::string little_endian(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

/// A .safetensors file: the length of the header, the header, the data.
inline std::string safetensors_file(const std::string& header, const std::string& data = "") {
  return little_endian(std::uint64_t{header.size()}) + header + data;
}

/// Same dtype, shape and values; NaN equals nothing.
inline boost::test_tools::assertion_result same(const Tensor& a, const Tensor& b) {
  if (a.dtype() == b.dtype() && a.equal(b)) return true;
  boost::test_tools::assertion_result result(false);
  result.message() << to_string(a) << " is not " << to_string(b);
  return result;
}

inline void expect_same(const StateDict& actual, const StateDict& expected) {
  BOOST_TEST(actual.size() == expected.size());
  for (const auto& [name, value] : expected) BOOST_TEST(same(actual.at(name), value));
}

/// A tensor of every dtype, and of the shapes that are special.
inline StateDict every_dtype() {
  return {{"float32", tensor({{1.5, -2.0}, {0.1, 3e38}})},
          {"float64", tensor({0.1, -1e300}, {.dtype = kFloat64})},
          {"int64", tensor({-5, 1})},
          {"uint8", tensor({{0, 255}}, {.dtype = kUInt8})},
          {"bool", tensor({true, false, true})},
          {"zero_dim", tensor(2.5)},
          {"size0", zeros({0, 3})}};
}

}  // namespace xtape::testing
