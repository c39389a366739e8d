// Nodes' lifetimes, edges and saved values.
#include "autograd/node.hpp"

#include <algorithm>

#include "autograd/grad_mode.hpp"
#include "autograd/record.hpp"

namespace xtape {

void acquire(Node* node) { node->references.fetch_add(1, std::memory_order_relaxed); }

void release(Node* node) {
  if (node->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  // A node owns its predecessors, so plain destruction would recurse to the depth of the graph and overflow
  // the stack. What dies while another node dies waits its turn instead.
  thread_local std::vector<Node*>* dying = nullptr;
  if (dying) {
    dying->push_back(node);
    return;
  }
  std::vector<Node*> list{node};
  dying = &list;
  while (!list.empty()) {
    Node* next = list.back();
    list.pop_back();
    delete next;
  }
  dying = nullptr;
}

Edge edge_to(const Tensor& x) {
  const TensorImpl& impl = x.impl();
  if (impl.node) return {impl.node, {}, impl.output_index};
  if (impl.requires_grad) return {{}, x.pointer(), 0};
  return {};
}

Saved Saved::input(const Tensor& x) {
  const TensorImpl& impl = x.impl();
  // A leaf that requires grad takes no recorded in-place op, so its handle is safe to keep.
  if (!impl.node && impl.requires_grad) return Saved(x);
  Tensor snapshot = x.alias(impl.shape, impl.strides, impl.offset);
  snapshot.impl().node = impl.node;
  snapshot.impl().output_index = impl.output_index;
  snapshot.impl().requires_grad = impl.requires_grad;
  return Saved(std::move(snapshot));
}

Saved Saved::output(const Tensor& y) { return Saved(y.detach()); }

const Tensor& Saved::value(std::string_view op) const {
  const Storage& storage = *value_.impl().storage;
  if (storage.version.load(std::memory_order_relaxed) != version_) [[unlikely]] {
    const char* writer = storage.last_writer.load(std::memory_order_relaxed);
    throw Error(
        fmt::format("{}: a value of shape {} that its gradient reads was changed in place by {} after {} was "
                    "computed; clone() it before it is changed",
                    op, value_.shape(), writer ? writer : "an in-place op", op));
  }
  return value_;
}

Tensor Saved::output_value(Node& node, std::uint32_t index) const {
  const Tensor& kept = value(node.name());
  if (!grad_enabled()) return kept;
  Tensor linked = kept.detach();
  detail::attach(linked, &node, index);
  return linked;
}

namespace detail {

void check_view_is_fresh(const Tensor& x, std::string_view op) {
  const TensorImpl& impl = x.impl();
  if (!impl.is_view || !impl.requires_grad) return;
  check(impl.rebases_seen == impl.storage->rebases.load(std::memory_order_relaxed),
        "{}: the input of shape {} is a view of a tensor that was changed in place (recorded) after the view "
        "was taken; "
        "take the view again",
        op, impl.shape);
}

std::uint64_t order_behind(std::span<const Edge> edges) {
  std::uint64_t order = 0;
  for (const Edge& edge : edges) {
    if (edge.node) order = std::max(order, edge.node->order);
  }
  return order + 1;
}

void attach(const Tensor& output, Node* node, std::uint32_t index) {
  TensorImpl& impl = output.impl();
  if (!is_floating(impl.dtype)) return;
  impl.node = NodePtr(node);
  impl.output_index = index;
  impl.requires_grad = true;
}

}  // namespace detail
}  // namespace xtape
