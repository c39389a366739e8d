// A batch through a transform, which must keep the number of examples.
#pragma once

#include "datasets/transforms/transforms.hpp"

namespace xtape::datasets::detail {

inline Tensor transformed(const Tensor& batch, const Transform& transform, Generator& generator) {
  const std::int64_t count = batch.size(0);
  Tensor result = transform(batch, generator);
  check(result.defined() && result.dim() > 0 && result.size(0) == count,
        "transform: gave {} for a batch of {} examples; expected as many",
        result.defined() ? result.shape() : Shape(), count);
  return result;
}

}  // namespace xtape::datasets::detail
