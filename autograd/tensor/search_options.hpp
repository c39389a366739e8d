// Options of the ops of autograd/ops/search.hpp that hold tensors.
#pragma once

#include <string_view>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

struct BincountOptions {
  Tensor weights = {};
  std::int64_t minlength = 0;
};

struct SearchSortedOptions {
  bool right = false;          ///< after equal elements, not before them
  std::string_view side = "";  ///< "left" or "right", instead
  Tensor sorter = {};          ///< argsort(sorted_sequence), where that is not sorted itself
  bool out_int32 = false;      ///< places as int32
};

}  // namespace xtape
