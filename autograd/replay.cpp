// The replay of a tape: collect, order, visit newest first, hand gradients on, release.
#include "autograd/replay.hpp"

#include <algorithm>
#include <atomic>

#include "autograd/grad_mode.hpp"
#include "autograd/mutation.hpp"

namespace xtape {

namespace {

std::uint64_t next_replay_id() {
  static std::atomic<std::uint32_t> last{0};
  std::uint32_t id = 0;
  while (id == 0) id = last.fetch_add(1, std::memory_order_relaxed) + 1;  // 0 means "met by none"
  return id;
}

/// Whether nobody else sees the buffer of x, so that it may be added to in place.
bool is_sole_owner(const Tensor& x) {
  const TensorImpl& impl = x.impl();
  return impl.references.is_one() && impl.storage->references.is_one() && impl.contiguous &&
         !impl.requires_grad;
}

Tensor run_hooks(const AutogradMeta& meta, Tensor gradient) {
  const auto hooks = meta.hooks;  // a hook may remove itself
  for (const auto& [id, hook] : hooks) {
    if (Tensor replaced = hook(gradient); replaced.defined()) gradient = replaced;
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
  for (const auto& [output, meta] : watched) {
    if (!gradients[output].defined()) continue;
    gradients[output] = run_hooks(*meta, gradients[output]);
    if (meta->retains_grad) accumulate_grad(*meta, gradients[output]);
  }
}

}  // namespace

Tape::Tape(Goal goal, bool retain_graph, bool create_graph)
    : goal_(goal), retain_graph_(retain_graph), create_graph_(create_graph), id_(next_replay_id()) {}

Tape::~Tape() {
  const auto forget = [this](auto& target) {
    if (target->mark.load(std::memory_order_relaxed) >> 32 == id_)
      target->mark.store(0, std::memory_order_release);
  };
  for (NodeVisit& visit : nodes_) forget(visit.node);
  for (LeafVisit& visit : leaves_) forget(visit.leaf);
}

template <class Target, class Visits>
std::size_t Tape::meet_unmarked(Target* target, Visits& visits, Elsewhere& elsewhere) {
  if (!elsewhere.empty()) {
    if (const auto found = elsewhere.find(target); found != elsewhere.end()) return found->second;
  }
  const std::size_t index = visits.size();
  check(index < 0xffffffff, "backward: more than 2^32 recorded ops");
  std::uint64_t mark = 0;
  if (!target->mark.compare_exchange_strong(mark, id_ << 32 | index, std::memory_order_acq_rel)) {
    elsewhere.emplace(target, index);
  }
  visits.emplace_back(target);
  return index;
}

void Tape::add_output(const Tensor& output, const Tensor& gradient) {
  roots_.push_back(edge_to(output));
  arrive(roots_.back(), gradient);
}

void Tape::want(const Tensor& x) { captured_.push_back({x, Tensor()}); }

void Tape::run() {
  const AutoGradMode mode(create_graph_);
  collect();
  const std::vector<std::size_t> order = newest_first();
  if (goal_ == Goal::capture) prune(order);
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    if (leaves_[i].uses == 0) finish(leaves_[i]);  // an output that is itself a leaf
  }
  for (std::size_t index : order) visit(nodes_[index]);
}

void Tape::collect() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {  // nodes_ grows while it is walked
    for (const Edge& edge : nodes_[i].node->edges) {
      if (edge.node) visit_of(edge.node.get());
      if (edge.leaf) ++visit_of(edge.leaf.get()).uses;
    }
  }
}

std::vector<std::size_t> Tape::newest_first() const {
  std::vector<std::size_t> order(nodes_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  // An output is always younger than its inputs, so this is a topological order.
  const auto younger = [this](std::size_t a, std::size_t b) {
    return nodes_[a].node->order > nodes_[b].node->order;
  };
  if (!std::is_sorted(order.begin(), order.end(), younger))
    std::stable_sort(order.begin(), order.end(), younger);
  return order;
}

/// Leaves out what leads to no wanted tensor.
void Tape::prune(const std::vector<std::size_t>& order) {
  for (NodeVisit& visit : nodes_) visit.needed = false;
  for (LeafVisit& visit : leaves_) visit.needed = false;
  for (const Capture& capture : captured_) {
    const TensorImpl& impl = capture.of.impl();
    if (impl.node) {
      NodeVisit& visit = visit_of(impl.node.get());
      visit.needed = visit.captured = true;
    } else {
      visit_of(capture.of.pointer().get()).needed = true;
    }
  }
  for (auto index = order.rbegin(); index != order.rend(); ++index) {  // oldest first: inputs before outputs
    NodeVisit& visit = nodes_[*index];
    for (const Edge& edge : visit.node->edges) visit.needed = visit.needed || needs(edge);
  }
  for (const NodeVisit& visit : nodes_) {
    if (visit.needed) continue;
    for (const Edge& edge : visit.node->edges) {
      if (edge.leaf) --visit_of(edge.leaf.get()).uses;
    }
  }
}

bool Tape::needs(const Edge& edge) {
  if (edge.node) return visit_of(edge.node.get()).needed;
  return edge.leaf && visit_of(edge.leaf.get()).needed;
}

void Tape::visit(NodeVisit& visit) {
  if (!visit.needed) return;
  Node& node = *visit.node;
  const std::span<Tensor> gradients = visit.outputs();
  const bool arrived =
      std::any_of(gradients.begin(), gradients.end(), [](const Tensor& g) { return g.defined(); });
  if (arrived) {
    if (node.watched) run_watched(*node.watched, gradients);
    if (visit.captured) capture(visit);
    Wrt wrt(*this, node, goal_ == Goal::accumulate);
    node.replay(gradients, wrt);
    for (Tensor& gradient : gradients) gradient = Tensor();
    if (!retain_graph_) node.release_saved();
  }
  for (const Edge& edge : node.edges) {
    if (edge.leaf) close(visit_of(edge.leaf.get()));
  }
}

void Tape::capture(NodeVisit& visit) {
  for (Capture& capture : captured_) {
    const TensorImpl& impl = capture.of.impl();
    if (impl.node.get() == visit.node) capture.gradient = visit.outputs()[impl.output_index];
  }
}

/// Counts one use of a leaf off; one whose last use this was is final.
void Tape::close(LeafVisit& visit) {
  if (--visit.uses == 0) finish(visit);
}

void Tape::arrive(const Edge& edge, Tensor gradient) {
  Tensor& slot =
      edge.node ? visit_of(edge.node.get()).outputs()[edge.output] : visit_of(edge.leaf.get()).gradient;
  accumulate(slot, std::move(gradient));
}

/// The first gradient to arrive is shared, the second allocates, later ones add in place.
void Tape::accumulate(Tensor& slot, Tensor gradient) const {
  if (!slot.defined()) {
    slot = std::move(gradient);
  } else if (!create_graph_ && is_sole_owner(slot)) {
    slot.add_(gradient);
  } else {
    slot = slot + gradient;
  }
}

void Tape::finish(LeafVisit& visit) {
  if (!visit.needed || !visit.gradient.defined()) return;
  Tensor gradient = std::move(visit.gradient);
  AutogradMeta& meta = *visit.leaf->meta;
  gradient = run_hooks(meta, std::move(gradient));
  if (goal_ == Goal::accumulate) return accumulate_grad(meta, std::move(gradient));
  for (Capture& capture : captured_) {
    if (capture.of.pointer().get() == visit.leaf) capture.gradient = gradient;
  }
}

bool Wrt::needs(std::size_t i) const {
  const Edge& edge = node_.edges[mutation::index(node_.name(), i, node_.edges.size())];
  return edge.wanted() && (needs_all_ || tape_.needs(edge));
}

const Shape& Wrt::shape(std::size_t i) const { return node_.input(i).shape; }
DType Wrt::dtype(std::size_t i) const { return node_.input(i).dtype; }

void Wrt::add(std::size_t i, Tensor gradient) {
  i = mutation::index(node_.name(), i, node_.edges.size());
  gradient = mutation::result(node_.name(), i, std::move(gradient));
  const InputInfo& info = node_.input(i);
  if (gradient.shape() != info.shape || gradient.dtype() != info.dtype) gradient = fitted(gradient, i);
  if (detail::anomaly_mode) check_finite(gradient, i);
  tape_.arrive(node_.edges[i], std::move(gradient));
}

Tensor Wrt::fitted(Tensor gradient, std::size_t i) const {
  const InputInfo& info = node_.input(i);
  if (gradient.shape() != info.shape && !mutation::skips_sum(node_.name())) {
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
      node_.name(), i, node_.input(i).shape,
      edge.node ? fmt::format("from {}", edge.node->name()) : std::string("a leaf")));
}

}  // namespace xtape
