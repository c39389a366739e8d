// Any bytes as a npy file.
#include <xtape/nn.hpp>
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run([&] { load_npy(fuzz::bytes_of(data, size)); });
  return 0;
}
