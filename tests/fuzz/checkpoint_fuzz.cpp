// Any bytes as the index of a folder of checkpoints; what is accepted is written and read again.
#include "nn/train/detail/checkpoint_index.hpp"

#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run([&] {
    auto index = nn::CheckpointIndex::from_json({reinterpret_cast<const char*>(data), size}, "input");
    index.thin(2);
    const std::string text = index.to_json();
    if (nn::CheckpointIndex::from_json(text, "output").to_json() != text) std::abort();
  });
  return 0;
}
