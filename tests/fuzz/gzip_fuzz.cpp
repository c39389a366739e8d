// Any bytes as a gzip file.
#include "io/guard.hpp"
#include "io/gzip.hpp"
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run([&] {
    io::read_from(fuzz::bytes_of(data, size),
                  [](io::SizedInput& input) { return io::GzipInput(input, 1 << 20).read_up_to(1 << 20); });
  });
  return 0;
}
