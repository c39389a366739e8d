// Labels as numbers and as rows with a single one, both ways.
#pragma once

#include "autograd/ops/indexing.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::datasets {

using xtape::one_hot;

/// The labels, int64 {...}, of one-hot rows {..., classes} of any dtype: what one_hot gave goes back to what
/// it took. Where samples are columns, pass `rows.t()`. Throws where a row holds anything but zeros and a
/// single 1.
Tensor from_one_hot(const Tensor& rows);

}  // namespace xtape::datasets
