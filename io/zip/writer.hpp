// Writing zip archives as numpy's and PyTorch's are: entries stored or deflated, with fixed dates, so that
// equal arrays give equal files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/atomic_file.hpp"

namespace xtape::io {

struct ZipOptions {
  bool compressed = false;
  /// What is stored begins at multiples of it, by an extra field as PyTorch writes it.
  std::uint16_t alignment = 1;
  /// Numbers from here on go to 64-bit fields; the format allows no larger one.
  std::uint64_t limit = 0xffffffff;
};

class ZipWriter {
 public:
  explicit ZipWriter(AtomicFile& file, const ZipOptions& options = {})
      : file_(file), compressed_(options.compressed), alignment_(options.alignment), limit_(options.limit) {}

  /// Adds an entry whose contents are `head` and then `body`. The name is UTF-8.
  void add(const std::string& name, std::string_view head, std::string_view body);
  /// Writes the directory; the last call.
  void finish();

 private:
  struct Entry {
    std::string name = {};
    std::uint32_t crc = 0;
    std::uint64_t packed_size = 0, size = 0, header = 0;
  };
  std::string local_header(const Entry& entry) const;
  std::string padding(std::uint64_t data) const;
  std::string directory_header(const Entry& entry) const;
  void put_common(std::string& bytes, const Entry& entry, std::uint16_t version, std::size_t extra) const;
  bool is_large(std::uint64_t number) const { return number >= limit_; }
  /// Both sizes go to 64-bit fields if one must.
  bool is_large(const Entry& entry) const { return is_large(entry.size) || is_large(entry.packed_size); }

  AtomicFile& file_;
  bool compressed_;
  std::uint16_t alignment_;
  std::uint64_t limit_;
  std::vector<Entry> entries_;
};

}  // namespace xtape::io
