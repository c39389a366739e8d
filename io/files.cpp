// Source leads to an Input, write_bytes to an AtomicFile.
#include "io/files.hpp"

#include "io/atomic_file.hpp"
#include "io/guard.hpp"
#include "io/input.hpp"

namespace xtape::io {

std::unique_ptr<SizedInput> Source::open() const {
  if (bytes_) return std::make_unique<MemoryInput>(name_, *bytes_);
  return std::make_unique<FileInput>(name_);
}

std::string read_bytes(const Source& source) {
  return read_from(source, [](SizedInput& input) { return input.read_text(input.size()); });
}

void write_bytes(const std::string& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace xtape::io
