// ByteFile: a file read from front to back, whether it is plain or gzip. Every fault is an Error that names
// the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace xtape::datasets::detail {

class ByteFile {
 public:
  /// Throws where `path` is missing, a directory or not readable.
  explicit ByteFile(const std::filesystem::path& path);
  ~ByteFile();
  ByteFile(const ByteFile&) = delete;
  ByteFile& operator=(const ByteFile&) = delete;

  /// The path, for messages.
  const std::string& name() const { return name_; }

  /// Reads `count` bytes, or fewer where the file ends; gives how many. Throws where the gzip is corrupt or
  /// cut off.
  std::size_t read(std::uint8_t* out, std::size_t count);
  /// As read, into memory that grows with what arrives: `count` may come from an untrusted header.
  std::vector<std::uint8_t> read_up_to(std::uint64_t count);
  /// Skips `count` bytes, or fewer where the file ends; gives how many.
  std::uint64_t skip(std::uint64_t count);

 private:
  std::string name_;
  void* file_;  // a gzFile, so that users' programs need no zlib.h
};

}  // namespace xtape::datasets::detail
