// Any bytes as a file of torch.save. Every element of a tensor that is not too large is read. The old format
// has no checksums, so that each byte of its seeds reaches the pickle.
#include <xtape/nn.hpp>
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const io::Source source = fuzz::bytes_of(data, size);
  fuzz::run([&] {
    for (const auto& [name, value] : load(source)) {
      if (value.numel() <= 1 << 12) value.detach().clone();
    }
  });
  fuzz::run([&] { load(source, {.key = "model"}); });
  return 0;
}
