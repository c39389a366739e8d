// Parts of a tensor by their place in memory: how views follow the history of the tensor that they view.
#pragma once

#include "autograd/graph/attributes.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

/// The node of `view` as an op of `root`'s newest value.
NodePtr strided_view_node(const Tensor& root, const Tensor& view);

/// The node of `root` once `value` stands in the place of `view`, which is a view of it or the root itself.
NodePtr strided_write_node(const Tensor& root, const Tensor& view, const Tensor& value);

/// The attributes of both: where `view` lies in `root`.
op::Attributes region_attributes(const Tensor& root, const Tensor& view);

/// Whether two indices may mean one place in memory.
bool overlaps_itself(const Shape& shape, const Shape& strides);

}  // namespace xtape::detail
