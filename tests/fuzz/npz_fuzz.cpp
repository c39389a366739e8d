// Any bytes as a npz file.
#include <xtape/nn.hpp>
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run([&] { load_npz(fuzz::bytes_of(data, size), {.max_bytes = 1 << 20}); });
  return 0;
}
