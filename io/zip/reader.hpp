// Reading zip archives, as far as numpy and PyTorch keep arrays in them: stored or deflated, not encrypted,
// in one file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/input.hpp"

namespace xtape::io {

struct ZipEntry {
  std::string name = {};
  bool deflated = false;
  std::uint32_t crc = 0;
  std::uint64_t packed_size = 0;  ///< in the file
  std::uint64_t size = 0;         ///< once unpacked
  std::uint64_t header = 0;       ///< where the entry's local header begins
  std::uint64_t data = 0;         ///< and where its bytes do
};

/// The entries in the order of the directory at the archive's end. Throws where it is damaged, entries
/// overlap or reach out of the file, or need what this reader lacks.
std::vector<ZipEntry> read_zip_directory(SizedInput& file);

/// Throws where the entries together unpack to more than unpack_limit says.
void check_unpacked_size(const SizedInput& file, const std::vector<ZipEntry>& entries,
                         std::optional<std::uint64_t> max_bytes);

/// Throws where a stored entry has another checksum than the directory says. It is read, and not kept.
void check_stored_entry(SizedInput& file, const ZipEntry& entry);

/// Unpacks one entry. Throws where it has another size or checksum than the directory says.
std::vector<std::byte> read_zip_entry(SizedInput& file, const ZipEntry& entry);

}  // namespace xtape::io
