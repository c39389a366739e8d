// Parts of a tensor: views that share its storage.
#pragma once

#include <vector>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

Tensor narrow(const Tensor& x, Dim dim, std::int64_t start, std::int64_t length);
/// x[start:end:step] along dim, with Python's treatment of negative and too large bounds; step > 0.
Tensor slice(const Tensor& x, Dim dim, std::int64_t start, std::int64_t end, std::int64_t step = 1);
Tensor select(const Tensor& x, Dim dim, std::int64_t index);  ///< x[..., index, ...], one dim less
std::vector<Tensor> unbind(const Tensor& x, Dim dim = 0);
/// Pieces of `size` (the last may be smaller), or of the given sizes, along dim.
std::vector<Tensor> split(const Tensor& x, std::int64_t size, Dim dim = 0);
std::vector<Tensor> split(const Tensor& x, const Shape& sizes, Dim dim = 0);
std::vector<Tensor> chunk(const Tensor& x, std::int64_t chunks, Dim dim = 0);

}  // namespace xtape
