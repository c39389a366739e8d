// Nodes' lifetimes, saved values, and the gradients that a vjp hands in.
#include "autograd/graph/node.hpp"

#include "autograd/graph/detail/tape.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/mutation.hpp"
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

bool Wrt::needs(std::size_t i) const {
  const Edge& edge = node_.edges[mutation::index(node_, i)];
  return edge.wanted() && (needs_all_ || tape_.needs(edge));
}

const Shape& Wrt::shape(std::size_t i) const { return node_.inputs[i].shape; }
DType Wrt::dtype(std::size_t i) const { return node_.inputs[i].dtype; }

void Wrt::add(std::size_t i, Tensor gradient) {
  i = mutation::index(node_, i);
  gradient = mutation::result(node_, i, std::move(gradient));
  const InputInfo& info = node_.inputs[i];
  if (gradient.shape() != info.shape || gradient.dtype() != info.dtype) gradient = fitted(gradient, i);
  if (detail::anomaly_mode) check_finite(gradient, i);
  tape_.arrive(node_.edges[i], std::move(gradient), place_of(i));
}

/// The sum of what has arrived at input i, where it may be written to. Faults that tests plant in a gradient
/// need the gradient itself.
const Tensor* Wrt::open_sum(std::size_t i) {
  if (mutation::is_possible || detail::anomaly_mode) return nullptr;
  return tape_.open_sum(node_.edges[i], place_of(i));
}

Tensor Wrt::destination(std::size_t i) {
  if (mutation::is_possible) return {};
  return tape_.destination(node_.edges[i]);
}

Tensor Wrt::fitted(Tensor gradient, std::size_t i) const {
  const InputInfo& info = node_.inputs[i];
  if (gradient.shape() != info.shape && !mutation::skips_sum(node_)) {
    check(broadcasts_to(info.shape, gradient.shape()),
          "{}: its vjp gave a gradient of shape {} for input {}, whose shape is {}", node_.name(),
          gradient.shape(), i, info.shape);
    gradient = sum_to_size(gradient, info.shape);
  }
  return gradient.to(info.dtype);
}

void Wrt::check_finite(const Tensor& gradient, std::size_t i) const {
  if (all(isfinite(gradient)).item<bool>()) return;
  const Edge& edge = node_.edges[i];
  throw Error(fmt::format(
      "anomaly: the gradient of {} with respect to its input {} (of shape {}, {}) holds NaN or Inf",
      node_.name(), i, node_.inputs[i].shape,
      edge.node ? fmt::format("from {}", edge.node->name()) : std::string("a leaf")));
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
