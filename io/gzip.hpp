// GzipInput: what a file holds, be it plain or gzip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "io/input.hpp"

namespace xtape::io {

/// How many bytes a packed file of `packed` bytes may unpack to: `max_bytes`, or without one 256 MiB, or 64
/// times the file if that is more. A file that packs better is more likely made to fill the memory.
std::uint64_t unpack_limit(std::uint64_t packed, std::optional<std::uint64_t> max_bytes);

/// Reads `source`, which has to live as long, and unpacks it if it begins as gzip does. Throws where the gzip
/// is corrupt, is cut off, or unpacks to more than unpack_limit says.
class GzipInput final : public Input {
 public:
  explicit GzipInput(SizedInput& source, std::optional<std::uint64_t> max_bytes = {});
  ~GzipInput() override;

 private:
  struct Inflate;  // so that only gzip.cpp needs zlib.h

  std::size_t read_next(void* out, std::size_t count) override;
  std::size_t inflate_some(void* out, std::size_t count);
  void refill();
  /// At the end of a member: whether another one follows.
  bool begin_next_member();

  SizedInput& source_;
  std::uint64_t limit_;
  std::unique_ptr<Inflate> inflate_;  // null for a plain file
};

}  // namespace xtape::io
