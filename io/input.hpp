// Input: bytes that are read from front to back, of a file or of memory. Every fault is an Error that names
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
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
  std::uint64_t size() const { return size_; }
  std::uint64_t position() const { return position_; }
  /// How many bytes are left: what a header claims beyond that is not believed.
  std::uint64_t remaining() const { return size_ - position_; }

  /// Reads exactly `count` bytes; throws where fewer are left.
  void read(void* out, std::size_t count);
  std::string read_text(std::size_t count);

 protected:
  Input(std::string name, std::uint64_t size) : name_(std::move(name)), size_(size) {}
  /// `count` bytes from `position` on, which are there.
  virtual void read_at(std::uint64_t position, void* out, std::size_t count) = 0;
  void move_to(std::uint64_t position);

 private:
  std::string name_;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
};

class FileInput final : public Input {
 public:
  /// Throws where `path` is missing, no regular file or not readable.
  explicit FileInput(const std::filesystem::path& path);
  ~FileInput() override;

  /// The next byte to read; throws where it lies behind the end.
  void seek(std::uint64_t position) { move_to(position); }

 private:
  struct Opened {
    int descriptor;
    std::uint64_t size;
  };
  static Opened open_file(const std::filesystem::path& path);
  FileInput(const std::filesystem::path& path, Opened opened)
      : Input(path.string(), opened.size), descriptor_(opened.descriptor) {}
  void read_at(std::uint64_t position, void* out, std::size_t count) override;

  int descriptor_;
};

class MemoryInput final : public Input {
 public:
  MemoryInput(std::string name, std::vector<std::byte> bytes)
      : Input(std::move(name), bytes.size()), bytes_(std::move(bytes)) {}

 private:
  void read_at(std::uint64_t position, void* out, std::size_t count) override;

  std::vector<std::byte> bytes_;
};

}  // namespace xtape::io
