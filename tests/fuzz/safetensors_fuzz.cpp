// Any bytes as a safetensors file.
#include <xtape/nn.hpp>
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const io::Source source = fuzz::bytes_of(data, size);
  fuzz::run([&] { load(source); });
  fuzz::run([&] { load_metadata(source); });
  return 0;
}
