// Any bytes as IDX files of images and of labels.
#include "datasets/detail/readers.hpp"
#include "io/guard.hpp"
#include "io/input.hpp"
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = [&](auto reader) {
    fuzz::run([&] {
      io::MemoryInput input("input", fuzz::bytes_of(data, size));
      io::guarded(input.name(), [&] { reader(input); });
    });
  };
  read([](io::Input& input) { datasets::detail::read_idx_images(input); });
  read([](io::Input& input) { datasets::detail::read_idx_labels(input, 10); });
  return 0;
}
