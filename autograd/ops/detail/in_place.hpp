// What the ops whose names end in an underscore are made of: an unrecorded function, and a place to write to.
#pragma once

#include <functional>
#include <vector>

#include "autograd/graph/attributes.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

using Compute = std::function<Tensor(const Tensor& before)>;

/// x = compute(x), recorded where a gradient passes through x or through one of `others`, which compute reads
/// beside it. An Error that names `op` where the result has another shape, or a dtype of a higher category.
/// A trace shows `attributes`.
const Tensor& in_place(const Tensor& x, const char* op, op::Attributes attributes, const Compute& compute,
                       const std::vector<Tensor>& others = {});

/// The same where each element of the result depends on that element of x alone: unrecorded it is done in
/// blocks that stay in the cache.
const Tensor& elementwise_in_place(const Tensor& x, const char* op, op::Attributes attributes,
                                   const Compute& compute);

}  // namespace xtape::detail
