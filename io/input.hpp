// Input: bytes that are read from front to back, of a file, of memory or unpacked from gzip. Every fault is
// an Error that names them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace xtape::io {

class Input {
 public:
  virtual ~Input() = default;
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// The file, for messages.
  const std::string& name() const { return name_; }
  std::uint64_t position() const { return position_; }

  /// Reads `count` bytes, or fewer where the input ends; gives how many.
  std::size_t read_some(void* out, std::size_t count);
  /// As read_some, into memory that grows with what arrives: `count` may come from an untrusted header.
  std::vector<std::uint8_t> read_up_to(std::uint64_t count);
  /// Skips `count` bytes, or fewer where the input ends; gives how many.
  virtual std::uint64_t skip(std::uint64_t count);

 protected:
  explicit Input(std::string name) : name_(std::move(name)) {}
  /// Reads up to `count` bytes from position() on, and at least one unless the input ends there.
  virtual std::size_t read_next(void* out, std::size_t count) = 0;
  void set_position(std::uint64_t position) { position_ = position; }

 private:
  std::string name_;
  std::uint64_t position_ = 0;
};

/// An input whose size is known, and which can be read at any place.
class SizedInput : public Input {
 public:
  std::uint64_t size() const { return size_; }
  /// How many bytes are left: what a header claims beyond that is not believed.
  std::uint64_t remaining() const { return size_ - position(); }

  /// Reads exactly `count` bytes; throws where fewer are left.
  void read(void* out, std::size_t count);
  std::string read_text(std::size_t count);
  std::uint64_t skip(std::uint64_t count) override;
  /// The next byte to read; throws where it lies behind the end.
  void seek(std::uint64_t position);
  /// Up to `count` bytes of the front, from which a file's kind can be told. The position stays.
  std::string beginning(std::size_t count = 512);

 protected:
  SizedInput(std::string name, std::uint64_t size) : Input(std::move(name)), size_(size) {}
  /// `count` bytes from `position` on, which are there.
  virtual void read_at(std::uint64_t position, void* out, std::size_t count) = 0;

 private:
  std::size_t read_next(void* out, std::size_t count) final;

  std::uint64_t size_;
};

class FileInput final : public SizedInput {
 public:
  /// Throws where `path` is missing, no regular file or not readable.
  explicit FileInput(const std::filesystem::path& path);
  ~FileInput() override;

 private:
  struct Opened {
    int descriptor;
    std::uint64_t size;
  };
  static Opened open_file(const std::filesystem::path& path);
  FileInput(const std::filesystem::path& path, Opened opened)
      : SizedInput(path.string(), opened.size), descriptor_(opened.descriptor) {}
  void read_at(std::uint64_t position, void* out, std::size_t count) override;

  int descriptor_;
};

/// Bytes of the caller's, which have to live as long.
class MemoryInput final : public SizedInput {
 public:
  MemoryInput(std::string name, std::span<const std::byte> bytes)
      : SizedInput(std::move(name), bytes.size()), bytes_(bytes) {}

 private:
  void read_at(std::uint64_t position, void* out, std::size_t count) override;

  std::span<const std::byte> bytes_;
};

}  // namespace xtape::io
