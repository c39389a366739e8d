// Whole files, as programs read and write them: Source is what every reader of the library takes, a file or
// memory.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace xtape::io {

class SizedInput;

/// A std::span, std::vector or std::array of std::byte or std::uint8_t, for example.
template <class T>
concept ByteRange = std::convertible_to<const T&, std::span<const std::byte>> ||
    std::convertible_to<const T&, std::span<const std::uint8_t>>;

/// Text, or a std::filesystem::path, which converts to it. Its header is a tenth of the time to compile a
/// user's file, so headers that users read take paths as strings.
template <class T>
concept PathLike =
    std::convertible_to<const T&, std::string> || std::convertible_to<const T&, std::string_view>;

/// What a reader reads: a file by its path, or bytes in memory. `load("net.safetensors")` and `load(bytes)`
/// are the same to everything behind.
class Source {
 public:
  template <PathLike Path>
  Source(const Path& path) : name_(path) {}
  /// Bytes, which have to stay until they are read. Messages call them `name`.
  template <ByteRange Range>
  Source(const Range& bytes, std::string name = "memory")
      : name_(std::move(name)), bytes_(std::as_bytes(std::span(bytes))) {}

  /// The path, or what the bytes are called; for messages.
  const std::string& name() const { return name_; }
  bool is_file() const { return !bytes_.has_value(); }
  /// Throws, naming the file, where it is missing, not a regular file or not readable.
  std::unique_ptr<SizedInput> open() const;

 private:
  std::string name_;
  std::optional<std::span<const std::byte>> bytes_;
};

/// All bytes of `source`. Throws, naming it, where it cannot be read.
std::string read_bytes(const Source& source);

/// Makes `bytes` the contents of the file, which appears whole or not at all: what stood there before
/// survives a crash or a full disk. It keeps its permissions, and a symbolic link stays one. Throws, naming
/// the file, where it cannot be written.
void write_bytes(const std::string& path, std::string_view bytes);

}  // namespace xtape::io
