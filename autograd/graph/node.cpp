// Nodes' lifetimes, edges and saved values.
#include "autograd/graph/node.hpp"

#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/record.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

thread_local Node* dying = nullptr;  // a list through Node::next_dying
thread_local bool is_destroying = false;

/// A node owns its predecessors, so plain destruction would recurse to the depth of the graph and overflow
/// the stack. What dies while another node dies waits its turn instead.
[[gnu::noinline]] void destroy_in_turn(Node* node) {
  node->next_dying = std::exchange(dying, node);
  if (is_destroying) return;
  is_destroying = true;
  while (dying) delete std::exchange(dying, dying->next_dying);
  is_destroying = false;
}

}  // namespace

void detail::acquire(Node* node) { node->references.increment(); }

void detail::release(Node* node) {
  if (node->references.decrement()) destroy_in_turn(node);
}

Saved Saved::input(const Tensor& x) {
  Tensor snapshot = x.alias();
  snapshot.impl().copy_history(x.impl());
  return Saved(std::move(snapshot));
}

Saved Saved::output(const Tensor& y) { return Saved(y.detach()); }

void Saved::throw_changed(std::string_view op) const {
  const char* writer = value_.impl().storage->last_writer.load(std::memory_order_relaxed);
  throw Error(
      fmt::format("{}: a value of shape {} that its gradient reads was changed in place by {} after {} was "
                  "computed; clone() it before it is changed",
                  op, value_.shape(), writer ? writer : "an in-place op", op));
}

Tensor Saved::linked(Node& node, std::uint32_t index) const {
  Tensor linked = value(node.name()).alias();
  detail::attach(linked, NodePtr(&node), index);
  return linked;
}

Saved Saved::detached() const {
  Saved copy = *this;
  copy.value_ = value_.detach();
  return copy;
}

namespace detail {

void follow(const Tensor& view, const Operand& of) {
  const TensorImpl& from = of->impl();
  TensorImpl& impl = view.impl();
  const bool is_temporary = of.is_expiring() && from.references.is_one() && !from.base;
  if (op_mode == OpMode::inside_op || is_temporary || !is_floating(impl.dtype) ||
      impl.storage != from.storage)
    return;
  impl.base = from.base ? from.base : of->pointer();
  impl.histories.store(impl.base->histories.load(std::memory_order_acquire), std::memory_order_relaxed);
  impl.view_kind = from.base && from.view_kind != ViewKind::recorded ? from.view_kind
                   : grad_enabled()                                  ? ViewKind::recorded
                                                                     : ViewKind::unrecorded;
}

void attach(const Tensor& output, NodePtr node, std::uint32_t index) {
  TensorImpl& impl = output.impl();
  if (!is_floating(impl.dtype)) return;
  impl.node = std::move(node);
  impl.output_index = index;
  impl.requires_grad = true;
}

}  // namespace detail
}  // namespace xtape
