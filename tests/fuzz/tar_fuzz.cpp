// Any bytes as an archive of CIFAR-10, plain or gzip.
#include <xtape/datasets.hpp>
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run([&] { datasets::CIFAR10(fuzz::bytes_of(data, size), {.train = false, .max_bytes = 1 << 20}); });
  return 0;
}
