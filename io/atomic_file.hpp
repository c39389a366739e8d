// AtomicFile: a file that appears under its name whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace xtape::io {

/// Writes to a temporary file in the folder of `path`; commit() moves it into place. Until then, and after
/// any failure, a file of that name stays as it was and no other is left behind. A process that is killed
/// meanwhile leaves `.xtape-0.tmp` (or a higher number, where several write to one folder at a time); the
/// next AtomicFile of the folder removes it.
///
/// A symbolic link stays one: the file that it names is replaced. An existing file hands its permissions
/// down, and its owner where the process may give files away; other hard links to it keep the old contents.
class AtomicFile {
 public:
  /// Throws where the folder cannot be written to, and where `path` is a file that may not be written or no
  /// file.
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// The path, for messages.
  const std::string& name() const { return name_; }
  std::uint64_t position() const { return position_; }
  void write(const void* data, std::size_t count);
  void write(std::string_view bytes) { write(bytes.data(), bytes.size()); }
  /// Brings the bytes to the disk and the file under its name.
  void commit();

 private:
  void open_temporary(unsigned mode);
  void discard();
  [[noreturn]] void fail(int error);

  std::string name_;
  std::filesystem::path target_, temporary_;
  std::FILE* file_ = nullptr;
  std::uint64_t position_ = 0;
};

}  // namespace xtape::io
