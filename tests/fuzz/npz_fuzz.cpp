// Any bytes as a npz file.
#include "io/guard.hpp"
#include "io/input.hpp"
#include "nn/files/detail/readers.hpp"
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run([&] {
    io::MemoryInput input("input", fuzz::bytes_of(data, size));
    io::guarded(input.name(), [&] { detail::read_npz(input, {.max_bytes = 1 << 20}); });
  });
  return 0;
}
