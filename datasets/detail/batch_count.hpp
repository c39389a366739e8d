// How many batches examples make.
#pragma once

#include <cstdint>

namespace xtape::datasets::detail {

inline std::int64_t batch_count(std::int64_t examples, std::int64_t batch_size, bool drop_last) {
  const bool has_rest = examples % batch_size != 0;
  return examples / batch_size + (has_rest && !drop_last ? 1 : 0);
}

}  // namespace xtape::datasets::detail
