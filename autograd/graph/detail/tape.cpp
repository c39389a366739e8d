// The replay of a tape: visit the newest node that a gradient has arrived at, hand its gradients on, release.
#include "autograd/graph/detail/tape.hpp"

#include <algorithm>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/trace.hpp"

namespace xtape::detail {

namespace {

/// Runs the hooks of a node's outputs on their gradients, and keeps the retained ones.
void run_watched(Node::Watched watched, std::span<Tensor> gradients) {  // a copy: a hook may add others
  for (const Watch& watch : watched) {
    Tensor& gradient = gradients[watch.output];
    if (gradient.defined()) gradient = watch.hooks->run(gradient);
  }
  for (const Watch& watch : watched) {  // last, so that what is retained is what goes on
    const auto meta = watch.retained_by.lock();
    if (!meta || !gradients[watch.output].defined()) continue;
    const bool is_newest = [&] {  // of several values of one tensor, that alone is retained
      const std::lock_guard lock(meta->mutex);
      return meta->hooks == watch.hooks;
    }();
    if (is_newest) meta->accumulate(gradients[watch.output]);
  }
}

}  // namespace

Tape::Tape(Goal goal, bool retain_graph, bool create_graph)
    : goal_(goal), retain_graph_(retain_graph), create_graph_(create_graph) {}

void Tape::add_output(const Tensor& output, const Tensor& gradient) {
  output.impl().renew_history("backward");
  roots_.emplace_back(edge_to(output), gradient);
}

void Tape::want(const Tensor& x) {
  x.impl().renew_history("grad");
  wanted_.push_back(edge_to(x));
}

Tensor Tape::captured(std::size_t i) {
  const Edge& edge = wanted_[i];
  return edge.node ? nodes_.of(edge.node.get()).of_output(edge.output) : visit_of(edge.leaf.get()).gradient;
}

void Tape::run() {
  const ScopedValue mode(op_mode, create_graph_ ? OpMode::recorded : OpMode::inside_op);
  const ScopedValue trace(trace_notes, create_graph_ ? trace_notes : nullptr);
  if (goal_ == Goal::capture) find_needed();
  if (goal_ == Goal::accumulate && FinalReplay::is_wanted()) count_uses();
  for (auto& [edge, gradient] : roots_) {
    if (goal_ == Goal::accumulate || needs(edge)) arrive(edge, std::move(gradient));
  }
  while (!turns_.empty()) visit(turns_.take());
  for (LeafVisit& visit : leaves_) finish(visit);
  if (goal_ == Goal::accumulate) hand_out();
}

void Tape::visit(std::size_t place) {
  NodeVisit& visit = nodes_[place];
  Node& node = *visit.target;
  if (!node.edges.empty()) __builtin_prefetch(node.edges[0].node.get());  // probably the next
  Tensor gradient = std::move(visit.gradient);
  const std::unique_ptr<Tensor[]> several = std::move(visit.gradients);
  const std::span<Tensor> gradients(several ? several.get() : &gradient, node.outputs);
  // All that use its outputs are younger, so no more gradients arrive, and those of the vjp may come to the
  // same place. What find_needed found out stays.
  if (goal_ == Goal::accumulate) nodes_.end(place);
  if (node.watched) run_watched(*node.watched, gradients);
  if (goal_ == Goal::capture && nodes_[place].captured) nodes_[place].keep(gradients);
  op::Wrt wrt(*this, node, goal_ == Goal::accumulate);
  node.replay(gradients, wrt);
  if (!retain_graph_) node.release_saved();
  if (counts_uses_) end_uses(node);
}

void Tape::NodeVisit::keep(std::span<const Tensor> of_outputs) {
  if (of_outputs.size() > 1) gradients.reset(new Tensor[of_outputs.size()]);
  for (std::uint32_t i = 0; i < of_outputs.size(); ++i) of_output(i) = of_outputs[i];
}

/// The gradient of a leaf, when no more can arrive.
void Tape::finish(LeafVisit& visit) {
  if (visit.is_final || !visit.gradient.defined()) return;
  visit.is_final = true;
  visit.gradient = visit.target->hooks->run(std::move(visit.gradient));
  if (counts_uses_) followers_.final(visit.target, visit.gradient);
}

/// Adds the gradients to the leaves' .grad(). That is last: if anything has thrown, no leaf has changed.
void Tape::hand_out() {
  if (counts_uses_) followers_.end([this](AutogradMeta* leaf) -> Tensor& { return visit_of(leaf).gradient; });
  for (LeafVisit& visit : leaves_) {
    if (visit.gradient.defined()) visit.target->accumulate(std::move(visit.gradient));
  }
}

/// Meets all that the outputs depend on.
void Tape::meet_all() {
  for (const auto& [edge, gradient] : roots_) meet(edge);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {  // it grows meanwhile
    for (const Edge& edge : nodes_[i].target->edges) meet(edge);
  }
  has_met_all_ = true;
}

void Tape::meet(const Edge& edge) {
  if (edge.node) nodes_.place_of(edge.node.get());
  if (edge.leaf) visit_of(edge.leaf.get());
}

/// Finds out what leads to a wanted tensor.
void Tape::find_needed() {
  meet_all();
  for (const Edge& edge : wanted_) {
    if (edge.node) {
      NodeVisit& visit = nodes_.of(edge.node.get());
      visit.needed = visit.captured = true;
    } else {
      visit_of(edge.leaf.get()).needed = true;
    }
  }
  std::vector<NodeVisit*> oldest_first;
  for (NodeVisit& visit : nodes_) oldest_first.push_back(&visit);
  std::sort(oldest_first.begin(), oldest_first.end(),
            [](const NodeVisit* a, const NodeVisit* b) { return a->target->order < b->target->order; });
  for (NodeVisit* visit : oldest_first) {
    for (const Edge& edge : visit->target->edges) visit->needed = visit->needed || needs(edge);
  }
}

/// Counts the uses of the leaves, for those who follow them.
void Tape::count_uses() {
  counts_uses_ = true;
  meet_all();
  for (const NodeVisit& visit : nodes_) {
    for (const Edge& edge : visit.target->edges) {
      if (edge.leaf) ++visit_of(edge.leaf.get()).uses;
    }
  }
  std::vector<AutogradMeta*> reached;
  for (const LeafVisit& visit : leaves_) reached.push_back(visit.target);
  followers_.begin(reached);
}

/// A leaf is final when the last op that uses it was visited. One whose user is never visited, since no
/// gradient arrives there, waits for the end.
void Tape::end_uses(const Node& node) {
  for (const Edge& edge : node.edges) {
    if (!edge.leaf) continue;
    LeafVisit& visit = visit_of(edge.leaf.get());
    if (--visit.uses == 0) finish(visit);
  }
}

bool Tape::needs(const Edge& edge) {
  if (edge.node) return nodes_.of(edge.node.get()).needed;
  return edge.leaf && visit_of(edge.leaf.get()).needed;
}

const Tensor* Tape::open_sum(const Edge& edge, std::size_t* place) {
  if (create_graph_) return nullptr;
  const Tensor& sum =
      edge.node ? nodes_[place_by(edge, place)].of_output(edge.output) : visit_of(edge.leaf.get()).gradient;
  return sum.defined() && is_sole_owner(sum) ? &sum : nullptr;
}

/// None where the leaf has hooks, which may keep the gradient: what the follower does to it later is not for
/// them.
Tensor Tape::destination(const Edge& edge) {
  if (!counts_uses_ || create_graph_ || !edge.leaf) return {};
  const LeafVisit& visit = visit_of(edge.leaf.get());
  const bool is_only = visit.uses == 1 && !visit.gradient.defined();
  return is_only && visit.target->hooks->list.empty() ? followers_.destination(visit.target) : Tensor();
}

}  // namespace xtape::detail
