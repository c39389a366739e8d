// Any bytes as a safetensors file.
#include "io/guard.hpp"
#include "io/input.hpp"
#include "nn/files/detail/readers.hpp"
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run([&] {
    io::MemoryInput input("input", fuzz::bytes_of(data, size));
    io::guarded(input.name(), [&] { detail::read_safetensors(input); });
  });
  return 0;
}
