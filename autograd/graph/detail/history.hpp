// What happens to the history of a tensor: writes in place give it another, and views follow their root's.
#pragma once

#include "autograd/graph/detail/meta.hpp"
#include "autograd/graph/node.hpp"

namespace xtape::detail {

/// What autograd keeps with x, made if it is not there yet.
AutogradMeta& meta_of(const Tensor& x);

/// Lets the node that gave x find x's hooks and retained gradient. Nothing to do for a leaf.
void watch(const Tensor& x);

/// The tensor whose history is x's own: x, or the root that x is a view of. A view whose root nobody else
/// holds becomes a root itself.
Tensor root_of(const Tensor& x);

/// Throws where ops are recorded and x is a leaf that requires grad, which `op` must not change in place.
void check_no_leaf(const Tensor& x, std::string_view op);

/// Gives x another history. Hooks stay with the old value, a retained gradient is the new one's.
void replace_history(const Tensor& x, NodePtr node, std::uint32_t output);
/// The same for a root, whose new history its views follow from now on.
void set_history(const Tensor& x, NodePtr node, std::uint32_t output);

/// x as it is now, for an op to be recorded on while x is written over: its history, and a copy of its values
/// or, where nothing reads them, the values themselves.
enum class Values { copied, shared };
Tensor snapshot(const Tensor& x, Values values);

}  // namespace xtape::detail
