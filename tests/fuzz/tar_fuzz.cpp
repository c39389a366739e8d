// Any bytes as an archive of CIFAR-10.
#include "datasets/detail/readers.hpp"
#include "io/guard.hpp"
#include "io/input.hpp"
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run([&] {
    io::MemoryInput input("input", fuzz::bytes_of(data, size));
    io::guarded(input.name(), [&] { datasets::detail::read_cifar10_archive(input, false); });
  });
  return 0;
}
