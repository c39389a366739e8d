// Writing zip archives as numpy's are: entries stored or deflated, with fixed dates, so that equal arrays
// give equal files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/atomic_file.hpp"

namespace xtape::io {

class ZipWriter {
 public:
  /// Numbers from `limit` on go to 64-bit fields; the format allows no larger one.
  explicit ZipWriter(AtomicFile& file, bool compressed, std::uint64_t limit = 0xffffffff)
      : file_(file), compressed_(compressed), limit_(limit) {}

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
  std::string directory_header(const Entry& entry) const;
  void put_common(std::string& bytes, const Entry& entry, std::size_t extra) const;
  bool is_large(std::uint64_t number) const { return number >= limit_; }
  /// Both sizes go to 64-bit fields if one must.
  bool is_large(const Entry& entry) const { return is_large(entry.size) || is_large(entry.packed_size); }

  AtomicFile& file_;
  bool compressed_;
  std::uint64_t limit_;
  std::vector<Entry> entries_;
};

}  // namespace xtape::io
