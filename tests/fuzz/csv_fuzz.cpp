// Any bytes as a CSV file: with a header, and without one.
#include <xtape/datasets.hpp>
#include "target.hpp"

using namespace xtape;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const io::Source source = fuzz::bytes_of(data, size);
  fuzz::run([&] { datasets::CSV(source, {.target = "price", .missing = "mean", .standardize = true}); });
  fuzz::run(
      [&] { datasets::CSV(source, {.target = "0", .header = false, .separator = ';', .missing = "drop"}); });
  return 0;
}
