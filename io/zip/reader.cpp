// The directory of a zip archive and its checks.
#include "io/zip/reader.hpp"

#include <algorithm>
#include <string_view>

#include "autograd/base/error.hpp"
#include "io/file_kind.hpp"
#include "io/little_endian.hpp"
#include "io/utf8.hpp"
#include "io/zip/format.hpp"

namespace xtape::io {

namespace {

struct Directory {
  std::uint64_t begin = 0, size = 0, entries = 0;
};

std::string read_block(SizedInput& file, std::uint64_t position, std::uint64_t size) {
  file.seek(position);
  return file.read_text(static_cast<std::size_t>(size));
}

/// Where the record at the archive's end begins; a comment of up to 64 KiB may follow it.
std::uint64_t find_end(SizedInput& file) {
  const std::uint64_t reach = std::min<std::uint64_t>(file.size(), zip::kDirectoryEndSize + 0xffff);
  const std::string tail = read_block(file, file.size() - reach, reach);
  for (std::size_t back = zip::kDirectoryEndSize; back <= tail.size(); ++back) {
    const std::size_t at = tail.size() - back;
    if (get<std::uint32_t>(tail, at) != zip::kDirectoryEnd) continue;
    if (at + zip::kDirectoryEndSize + get<std::uint16_t>(tail, at + 20) == tail.size())
      return file.size() - back;
  }
  const std::string front = file.beginning();
  if (!front.starts_with("PK")) check_kind(front, file.name(), "a zip archive");
  throw Error(fmt::format("{}: is not a zip archive, or is one whose end is missing", file.name()));
}

/// The record for what does not fit the small fields, which ends where its locator begins.
Directory find_directory_64(SizedInput& file, std::uint64_t end) {
  check(end >= zip::kDirectoryEnd64LocatorSize + zip::kDirectoryEnd64Size,
        "{}: damaged zip archive: its 64-bit directory is missing", file.name());
  const std::uint64_t locator_at = end - zip::kDirectoryEnd64LocatorSize;
  const std::string locator = read_block(file, locator_at, zip::kDirectoryEnd64LocatorSize);
  const auto at = get<std::uint64_t>(locator, 8);
  check(get<std::uint32_t>(locator, 0) == zip::kDirectoryEnd64Locator &&
            at <= locator_at - zip::kDirectoryEnd64Size,
        "{}: damaged zip archive: its 64-bit directory is missing", file.name());
  const std::string record = read_block(file, at, zip::kDirectoryEnd64Size);
  const Directory found{.begin = get<std::uint64_t>(record, 48),
                        .size = get<std::uint64_t>(record, 40),
                        .entries = get<std::uint64_t>(record, 32)};
  check(get<std::uint32_t>(record, 0) == zip::kDirectoryEnd64 && found.begin <= at &&
            found.size == at - found.begin,
        "{}: damaged zip archive: its 64-bit directory does not end where its record begins", file.name());
  return found;
}

/// Whether a record for what does not fit the small fields is there; some writers, as PyTorch, always add it.
bool has_directory_64(SizedInput& file, std::uint64_t end) {
  if (end < zip::kDirectoryEnd64LocatorSize) return false;
  const std::string locator = read_block(file, end - zip::kDirectoryEnd64LocatorSize, sizeof(std::uint32_t));
  return get<std::uint32_t>(locator, 0) == zip::kDirectoryEnd64Locator;
}

Directory find_directory(SizedInput& file) {
  const std::uint64_t end = find_end(file);
  const std::string record = read_block(file, end, zip::kDirectoryEndSize);
  const Directory found{.begin = get<std::uint32_t>(record, 16),
                        .size = get<std::uint32_t>(record, 12),
                        .entries = get<std::uint16_t>(record, 10)};
  if (found.begin == zip::kElsewhere32 || found.size == zip::kElsewhere32 ||
      found.entries == zip::kElsewhere16 || has_directory_64(file, end)) {
    return find_directory_64(file, end);
  }
  check(get<std::uint16_t>(record, 4) == 0 && get<std::uint16_t>(record, 8) == found.entries,
        "{}: is one of several parts of a zip archive", file.name());
  check(found.begin <= end && found.size == end - found.begin,
        "{}: damaged zip archive: its directory does not end where its last record begins", file.name());
  return found;
}

/// Takes the 64-bit numbers that the extra fields hold, in the order of the small fields that point to them.
void read_extra(std::string_view extra, ZipEntry& entry, const std::string& file) {
  while (extra.size() >= 4) {
    const auto id = get<std::uint16_t>(extra, 0);
    const std::size_t length = get<std::uint16_t>(extra, 2);
    check(length <= extra.size() - 4, "{}: damaged zip archive: an extra field of \"{}\" ends early", file,
          printable(entry.name));
    std::string_view field = extra.substr(4, length);
    extra.remove_prefix(4 + length);
    if (id != zip::kExtra64) continue;
    for (std::uint64_t* number : {&entry.size, &entry.packed_size, &entry.header}) {
      if (*number != zip::kElsewhere32) continue;
      check(field.size() >= 8, "{}: damaged zip archive: \"{}\" has no 64-bit size", file,
            printable(entry.name));
      *number = get<std::uint64_t>(field, 0);
      field.remove_prefix(8);
    }
  }
}

void check_readable(const ZipEntry& entry, std::uint16_t flags, std::uint16_t method,
                    const std::string& file) {
  check((flags & zip::kEncrypted) == 0, "{}: \"{}\" is encrypted", file, printable(entry.name));
  check(method == zip::kStored || method == zip::kDeflated,
        "{}: \"{}\" is compressed by method {}; known are 0 (stored) and 8 (deflate)", file,
        printable(entry.name), method);
  check(entry.deflated || entry.packed_size == entry.size,
        "{}: damaged zip archive: \"{}\" is stored, in {} bytes for {}", file, printable(entry.name),
        entry.packed_size, entry.size);
}

/// Takes one entry from the front of the directory.
ZipEntry read_directory_entry(std::string_view& directory, const std::string& file) {
  check(directory.size() >= zip::kDirectoryHeaderSize &&
            get<std::uint32_t>(directory, 0) == zip::kDirectoryHeader,
        "{}: damaged zip archive: no entry where its directory has one", file);
  const std::size_t name = get<std::uint16_t>(directory, 28), extra = get<std::uint16_t>(directory, 30),
                    comment = get<std::uint16_t>(directory, 32);
  check(name + extra + comment <= directory.size() - zip::kDirectoryHeaderSize,
        "{}: damaged zip archive: an entry of its directory ends early", file);
  const auto method = get<std::uint16_t>(directory, 10);
  ZipEntry entry{.name = std::string(directory.substr(zip::kDirectoryHeaderSize, name)),
                 .deflated = method == zip::kDeflated,
                 .crc = get<std::uint32_t>(directory, 16),
                 .packed_size = get<std::uint32_t>(directory, 20),
                 .size = get<std::uint32_t>(directory, 24),
                 .header = get<std::uint32_t>(directory, 42)};
  read_extra(directory.substr(zip::kDirectoryHeaderSize + name, extra), entry, file);
  check_readable(entry, get<std::uint16_t>(directory, 8), method, file);
  directory.remove_prefix(zip::kDirectoryHeaderSize + name + extra + comment);
  return entry;
}

/// Finds the entry's data behind its local header, and checks that it ends before `limit`.
void locate_data(SizedInput& file, ZipEntry& entry, std::uint64_t limit) {
  const auto fits = [&](bool condition) {
    check(condition, "{}: damaged zip archive: \"{}\" is not where the directory says", file.name(),
          printable(entry.name));
  };
  fits(entry.header <= limit && limit - entry.header >= zip::kLocalHeaderSize);
  const std::string header = read_block(file, entry.header, zip::kLocalHeaderSize);
  fits(get<std::uint32_t>(header, 0) == zip::kLocalHeader);
  const std::uint64_t name = get<std::uint16_t>(header, 26), extra = get<std::uint16_t>(header, 28);
  entry.data = entry.header + zip::kLocalHeaderSize + name + extra;
  fits(entry.data <= limit && entry.packed_size <= limit - entry.data);
  fits(file.read_text(static_cast<std::size_t>(name)) == entry.name);
}

/// Entries that share bytes let a small file unpack to any size.
void check_disjoint(std::vector<ZipEntry> entries, const std::string& file) {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.header < b.header; });
  for (std::size_t i = 1; i < entries.size(); ++i) {
    check(entries[i - 1].data + entries[i - 1].packed_size <= entries[i].header,
          "{}: damaged zip archive: \"{}\" and \"{}\" overlap", file, printable(entries[i - 1].name),
          printable(entries[i].name));
  }
}

}  // namespace

std::vector<ZipEntry> read_zip_directory(SizedInput& file) {
  const Directory directory = find_directory(file);
  const std::string text = read_block(file, directory.begin, directory.size);
  std::string_view left = text;
  std::vector<ZipEntry> entries;
  while (!left.empty()) entries.push_back(read_directory_entry(left, file.name()));
  check(entries.size() == directory.entries,
        "{}: damaged zip archive: {} entries in its directory; expected {}", file.name(), entries.size(),
        directory.entries);
  for (ZipEntry& entry : entries) locate_data(file, entry, directory.begin);
  check_disjoint(entries, file.name());
  return entries;
}

}  // namespace xtape::io
