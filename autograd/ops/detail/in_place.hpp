// What the ops whose names end in an underscore are made of: an unrecorded function, and a place to write to.
#pragma once

#include <functional>
#include <vector>

#include "autograd/graph/attributes.hpp"
#include "autograd/graph/record.hpp"
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

/// Writes over a part of x where the gradient reads nothing that x held: at the cost of the part. `node`
/// gives the op's node on what x was, and `write` writes into x itself.
const Tensor& part_in_place(const Tensor& x, const char* op, op::Attributes attributes,
                            const std::vector<Tensor>& others,
                            const std::function<NodePtr(const Tensor& before)>& node,
                            const std::function<void()>& write);

/// The same of an op that has a member `write(x, others...)`, which its forward does to a copy of x.
template <op::Op O, std::same_as<Tensor>... In>
const Tensor& part_in_place(const Tensor& x, const char* name, const O& op, const In&... in) {
  const auto apart = [&](const Tensor& other) {  // what lies in x must be read before x is written
    return other.impl().storage == x.impl().storage ? other.clone() : other.contiguous();
  };
  return [&](const auto&... others) -> const Tensor& {
    return part_in_place(
        x, name, attributes_of(op), {others...},
        [&](const Tensor& before) { return node_of(op, before, others...); },
        [&] { op.write(x, others...); });
  }(apart(in)...);
}

}  // namespace xtape::detail
