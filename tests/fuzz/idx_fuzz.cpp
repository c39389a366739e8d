// Any bytes as IDX files of images and of labels.
#include <xtape/datasets.hpp>
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const io::Source source = fuzz::bytes_of(data, size);
  fuzz::run([&] { datasets::read_idx_images(source, {.max_bytes = 1 << 20}); });
  fuzz::run([&] { datasets::read_idx_labels(source, 10, {.max_bytes = 1 << 20}); });
  return 0;
}
