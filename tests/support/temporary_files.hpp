// What the tests of the datasets write: a folder that vanishes with its scope, and small files in every
// format.
#pragma once

#include <zlib.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "autograd/base/error.hpp"

namespace xtape::testing {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    static std::atomic<int> count = 0;
    path_ = fs::temp_directory_path() / fmt::format("xtape-test-{}-{}", ::getpid(), count++);
    fs::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const fs::path& path() const { return path_; }
  operator const fs::path&() const { return path_; }
  operator std::string() const { return path_; }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

inline void write_file(const fs::path& path, const Bytes& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

inline void append(Bytes& bytes, const Bytes& more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

inline Bytes big_endian(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

/// An IDX file: the magic number, the sizes, the data.
inline Bytes idx(std::uint32_t magic, const std::vector<std::uint32_t>& sizes, const Bytes& data) {
  Bytes file = big_endian(magic);
  for (std::uint32_t size : sizes) append(file, big_endian(size));
  append(file, data);
  return file;
}

inline Bytes idx_labels(const Bytes& labels) {
  return idx(0x801, {static_cast<std::uint32_t>(labels.size())}, labels);
}

/// Images of `rows` x `columns` whose bytes count up from 0, modulo 251.
inline Bytes idx_images(std::uint32_t count, std::uint32_t rows = 28, std::uint32_t columns = 28) {
  Bytes data(std::size_t{count} * rows * columns);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i % 251);
  return idx(0x803, {count, rows, columns}, data);
}

/// Labels 0, 1, ..., 9, 0, 1, ...
inline Bytes counting_labels(std::size_t count) {
  Bytes labels(count);
  for (std::size_t i = 0; i < count; ++i) labels[i] = static_cast<std::uint8_t>(i % 10);
  return labels;
}

inline Bytes gzip(const Bytes& bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw Error("deflateInit2");
  Bytes out(deflateBound(&stream, static_cast<uLong>(bytes.size())) + 32);
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// One member of a ustar archive, whose header may claim another size than `data` has.
inline Bytes tar_member(const std::string& name, const Bytes& data, std::size_t claimed, char type = '0') {
  std::string header(512, '\0');
  const auto put = [&](std::size_t offset, const std::string& text) {
    header.replace(offset, text.size(), text);
  };
  put(0, name);
  put(100, "0000644");
  put(124, fmt::format("{:011o}", claimed));
  put(136, "00000000000");
  put(148, "        ");
  put(156, std::string(1, type));
  put(257, std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (char c : header) sum += static_cast<std::uint8_t>(c);
  put(148, fmt::format("{:06o}", sum) + '\0' + ' ');
  Bytes member(header.begin(), header.end());
  append(member, data);
  member.resize((member.size() + 511) / 512 * 512);
  return member;
}

inline Bytes tar_member(const std::string& name, const Bytes& data) {
  return tar_member(name, data, data.size());
}

/// `records` records of CIFAR-10's binary version: label i % 10, pixels that count up from `first`.
inline Bytes cifar_records(std::size_t records, std::uint8_t first = 0) {
  Bytes file;
  for (std::size_t i = 0; i < records; ++i) {
    file.push_back(static_cast<std::uint8_t>(i % 10));
    for (std::size_t p = 0; p < 3072; ++p) file.push_back(static_cast<std::uint8_t>(first + p + i));
  }
  return file;
}

/// Whether `f` throws an Error whose message contains `text`.
template <class F>
boost::test_tools::assertion_result fails_with(F f, std::string_view text) {
  boost::test_tools::assertion_result result(false);
  try {
    f();
    result.message() << "nothing was thrown; expected: " << text;
  } catch (const Error& error) {
    if (std::string_view(error.what()).find(text) != std::string_view::npos) return true;
    result.message() << "the message is \"" << error.what() << "\"; expected: " << text;
  }
  return result;
}

}  // namespace xtape::testing
