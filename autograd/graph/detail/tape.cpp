// The replay of a tape: visit the newest node that a gradient has arrived at, hand its gradients on, release.
#include "autograd/graph/detail/tape.hpp"

#include <algorithm>
#include <atomic>

#include "autograd/graph/detail/meta.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/mutation.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

std::uint64_t next_replay_id() {
  static std::atomic<std::uint32_t> last{0};
  std::uint32_t id = 0;
  while (id == 0) id = last.fetch_add(1, std::memory_order_relaxed) + 1;  // 0 means "met by none"
  return id;
}

using detail::is_sole_owner;

Tensor run_hooks(const Hooks& hooks, Tensor gradient) {
  const auto list = hooks.list;  // a hook may remove itself
  using detail::OpMode;          // it is no op: views that it takes may outlive the replay
  const detail::ScopedValue mode(detail::op_mode, grad_enabled() ? OpMode::recorded : OpMode::off);
  for (const auto& [id, hook] : list) {
    const Tensor replaced = hook(gradient);
    if (!replaced.defined()) continue;
    check(replaced.shape() == gradient.shape() && replaced.dtype() == gradient.dtype(),
          "hook: it gave {} of shape {} in place of a gradient that is {} of shape {}", replaced.dtype(),
          replaced.shape(), gradient.dtype(), gradient.shape());
    gradient = replaced;
  }
  return gradient;
}

/// Adds to meta.grad, which shares its buffer with nothing.
void accumulate_grad(AutogradMeta& meta, Tensor gradient) {
  const std::lock_guard lock(meta.mutex);
  if (grad_enabled()) {  // create_graph: the gradient keeps its own history
    meta.grad = meta.grad.defined()        ? meta.grad + gradient
                : gradient.requires_grad() ? gradient * 1
                                           : gradient.clone();
  } else if (meta.grad.defined()) {
    meta.grad.add_(gradient);
  } else {
    meta.grad = is_sole_owner(gradient) ? std::move(gradient) : gradient.detach().clone();
  }
}

/// Runs the hooks of a node's outputs on their gradients, and keeps the retained ones.
void run_watched(Node::Watched watched, std::span<Tensor> gradients) {  // a copy: a hook may add others
  for (const Watch& watch : watched) {
    Tensor& gradient = gradients[watch.output];
    if (gradient.defined()) gradient = run_hooks(*watch.hooks, gradient);
  }
  for (const Watch& watch : watched) {  // last, so that what is retained is what goes on
    const auto meta = watch.retained_by.lock();
    if (!meta || !gradients[watch.output].defined()) continue;
    const bool is_newest = [&] {  // of several values of one tensor, that alone is retained
      const std::lock_guard lock(meta->mutex);
      return meta->hooks == watch.hooks;
    }();
    if (is_newest) accumulate_grad(*meta, gradients[watch.output]);
  }
}

}  // namespace

Tape::Tape(Goal goal, bool retain_graph, bool create_graph)
    : goal_(goal), retain_graph_(retain_graph), create_graph_(create_graph), id_(next_replay_id()) {}

namespace {

/// Takes the mark of replay `id` off a node or leaf.
template <class Target>
void forget(Target* target, std::uint64_t id) {
  if (target->mark.load(std::memory_order_relaxed) >> 32 == id)
    target->mark.store(0, std::memory_order_release);
}

}  // namespace

Tape::~Tape() {
  for (NodeVisit& visit : nodes_) {
    if (visit.node) forget(visit.node, id_);
  }
  for (LeafVisit& visit : leaves_) forget(visit.leaf, id_);
}

std::size_t Tape::index_of(Node* node) {
  const std::uint64_t mark = node->mark.load(std::memory_order_acquire);
  if (mark >> 32 == id_) return mark & 0xffffffff;
  if (!nodes_elsewhere_.empty()) {
    if (const auto found = nodes_elsewhere_.find(node); found != nodes_elsewhere_.end()) return found->second;
  }
  const std::size_t index = place_for(node);
  note(node, index, nodes_elsewhere_);
  return index;
}

/// A place in nodes_ for the visit of a node that is met first.
inline std::size_t Tape::place_for(Node* node) {
  std::size_t index = nodes_.size();
  if (unused_.empty()) {
    nodes_.emplace_back();
  } else {
    index = unused_.back();
    unused_.pop_back();
  }
  NodeVisit& visit = nodes_[index];
  visit.node = node;
  if (node->outputs != 1) visit.gradients.reset(new Tensor[node->outputs]);
  return index;
}

Tape::LeafVisit& Tape::visit_of(AutogradMeta* leaf) {
  const std::uint64_t mark = leaf->mark.load(std::memory_order_acquire);
  if (mark >> 32 == id_) return leaves_[mark & 0xffffffff];
  if (const auto found = leaves_elsewhere_.find(leaf); found != leaves_elsewhere_.end())
    return leaves_[found->second];
  check(
      goal_ == Goal::capture || !leaf->was_leaf,
      "backward: a leaf that required grad has been changed in place to the result of a recorded op since it "
      "was used; clone() it before it is changed");
  LeafVisit& visit = leaves_.emplace_back();
  visit.leaf = leaf;
  note(leaf, leaves_.size() - 1, leaves_elsewhere_);
  return visit;
}

template <class Target>
void Tape::note(Target* target, std::size_t index, Elsewhere& elsewhere) {
  check(index < 0xffffffff, "backward: more than 2^32 recorded ops");
  std::uint64_t mark = 0;
  if (!target->mark.compare_exchange_strong(mark, id_ << 32 | index, std::memory_order_acq_rel))
    elsewhere.emplace(target, index);
}

void Tape::add_output(const Tensor& output, const Tensor& gradient) {
  output.impl().renew_history("backward");
  roots_.emplace_back(edge_to(output), gradient);
}

void Tape::want(const Tensor& x) {
  x.impl().renew_history("grad");
  captured_.push_back({edge_to(x), Tensor()});
}

void Tape::run() {
  using detail::OpMode;
  const detail::ScopedValue mode(detail::op_mode, create_graph_ ? OpMode::recorded : OpMode::inside_op);
  if (goal_ == Goal::capture) find_needed();
  for (auto& [edge, gradient] : roots_) arrive(edge, std::move(gradient));
  while (!turns_.empty()) {
    if (turns_.size() > 1) std::pop_heap(turns_.begin(), turns_.end());
    const std::size_t index = turns_.back().visit;
    turns_.pop_back();
    visit(index);
  }
  for (LeafVisit& visit : leaves_) finish(visit);
}

/// Meets all that the outputs depend on, and leaves out what leads to no wanted tensor.
void Tape::find_needed() {
  for (const auto& [edge, gradient] : roots_) {
    if (edge.node) visit_of(edge.node.get());
    if (edge.leaf) visit_of(edge.leaf.get());
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {  // nodes_ grows while it is walked
    for (const Edge& edge : nodes_[i].node->edges) {
      if (edge.node) visit_of(edge.node.get());
      if (edge.leaf) visit_of(edge.leaf.get());
    }
  }
  for (NodeVisit& visit : nodes_) visit.needed = false;
  for (LeafVisit& visit : leaves_) visit.needed = false;
  for (const Capture& capture : captured_) {
    if (capture.of.node) {
      NodeVisit& visit = visit_of(capture.of.node.get());
      visit.needed = visit.captured = true;
    } else {
      visit_of(capture.of.leaf.get()).needed = true;
    }
  }
  std::vector<NodeVisit*> oldest_first;
  for (NodeVisit& visit : nodes_) oldest_first.push_back(&visit);
  // An output is always younger than its inputs.
  std::sort(oldest_first.begin(), oldest_first.end(),
            [](const NodeVisit* a, const NodeVisit* b) { return a->node->order < b->node->order; });
  for (NodeVisit* visit : oldest_first) {
    for (const Edge& edge : visit->node->edges) visit->needed = visit->needed || needs(edge);
  }
}

bool Tape::needs(const Edge& edge) {
  if (edge.node) return visit_of(edge.node.get()).needed;
  return edge.leaf && visit_of(edge.leaf.get()).needed;
}

/// The first gradient to arrive is shared, the second allocates, later ones add in place.
inline void Tape::accumulate(Tensor& slot, Tensor&& gradient) const {
  if (!slot.defined()) {
    slot = std::move(gradient);
  } else if (!create_graph_ && is_sole_owner(slot)) {
    slot.add_(gradient);
  } else {
    slot = slot + gradient;
  }
}

/// As index_of. `place` remembers the number for the next gradient that comes by the same edge; a node that
/// no other edge leads to needs no mark then.
inline std::size_t Tape::index_by(const Edge& edge, std::size_t* place) {
  if (place && *place != Wrt::kNowhere) return *place;
  Node* const node = edge.node.get();
  const bool is_only_way = place && goal_ == Goal::accumulate && node->references.is_one();
  const std::size_t index = is_only_way ? place_for(node) : index_of(node);
  if (place) *place = index;
  return index;
}

[[gnu::always_inline]] inline void Tape::arrive(const Edge& edge, Tensor&& gradient, std::size_t* place) {
  if (!edge.node) return accumulate(visit_of(edge.leaf.get()).gradient, std::move(gradient));
  const std::size_t index = index_by(edge, place);
  NodeVisit& visit = nodes_[index];
  accumulate(visit.of_output(edge.output), std::move(gradient));
  if (visit.awaits_turn) return;
  visit.awaits_turn = true;
  const std::uint64_t last = visit.node->adds_part ? std::uint64_t{1} << 63 : 0;
  turns_.push_back({visit.node->order, last | turns_given_++, index});
  if (turns_.size() > 1) std::push_heap(turns_.begin(), turns_.end());
}

/// Frees the place of a node's visit: all that use its outputs are younger, so no more gradients arrive.
/// Where gradients are captured, what find_needed found out stays there.
inline void Tape::end_visit(std::size_t index) {
  NodeVisit& visit = nodes_[index];
  if (goal_ == Goal::capture) return;
  forget(visit.node, id_);
  if (!nodes_elsewhere_.empty()) nodes_elsewhere_.erase(visit.node);
  visit.node = nullptr;
  visit.awaits_turn = false;
  unused_.push_back(index);
}

void Tape::visit(std::size_t index) {
  NodeVisit& visit = nodes_[index];
  if (!visit.needed) return;
  Node& node = *visit.node;
  if (!node.edges.empty()) __builtin_prefetch(node.edges[0].node.get());  // probably the next
  const bool captured = visit.captured;
  Tensor gradient = std::move(visit.gradient);
  const std::unique_ptr<Tensor[]> several = std::move(visit.gradients);
  const std::span<Tensor> gradients(several ? several.get() : &gradient, node.outputs);
  end_visit(index);  // before the vjp, whose gradients may come to the same place
  if (node.watched) run_watched(*node.watched, gradients);
  if (captured) capture(node, gradients);
  Wrt wrt(*this, node, goal_ == Goal::accumulate);
  node.replay(gradients, wrt);
  if (!retain_graph_) node.release_saved();
}

void Tape::capture(const Node& node, std::span<const Tensor> gradients) {
  for (Capture& capture : captured_) {
    if (capture.of.node.get() == &node) capture.gradient = gradients[capture.of.output];
  }
}

/// Hands a leaf its gradient, when no more can arrive.
void Tape::finish(LeafVisit& visit) {
  if (!visit.needed || !visit.gradient.defined()) return;
  Tensor gradient = std::move(visit.gradient);
  AutogradMeta& meta = *visit.leaf;
  gradient = run_hooks(*meta.hooks, std::move(gradient));
  if (goal_ == Goal::accumulate) return accumulate_grad(meta, std::move(gradient));
  for (Capture& capture : captured_) {
    if (capture.of.leaf.get() == visit.leaf) capture.gradient = gradient;
  }
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
  const Edge& edge = node_.edges[i];
  if (mutation::is_possible || detail::anomaly_mode || tape_.create_graph_) return nullptr;
  const Tensor& sum = edge.node ? tape_.nodes_[tape_.index_by(edge, place_of(i))].of_output(edge.output)
                                : tape_.visit_of(edge.leaf.get()).gradient;
  return sum.defined() && is_sole_owner(sum) ? &sum : nullptr;
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

}  // namespace xtape
