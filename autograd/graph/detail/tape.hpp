// Tape: one replay. A gradient arrives at a node, the newest node is visited, and in the end the leaves get
// what has arrived at them. Nothing here recurses: graphs are as deep as training loops are long.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "autograd/graph/detail/final_hooks.hpp"
#include "autograd/graph/detail/meta.hpp"
#include "autograd/graph/detail/turns.hpp"
#include "autograd/graph/detail/visits.hpp"
#include "autograd/graph/node.hpp"

namespace xtape::detail {

class Tape {
 public:
  enum class Goal { accumulate, capture };  // into the leaves' .grad(), or of chosen tensors only

  Tape(Goal goal, bool retain_graph, bool create_graph);

  /// Where to begin, and with which gradient.
  void add_output(const Tensor& output, const Tensor& gradient);
  /// Asks for the gradient of x.
  void want(const Tensor& x);
  void run();
  /// The gradient that was asked for as number i; undefined where no output depends on it.
  Tensor captured(std::size_t i);

  // For the vjps, through Wrt. Its `place` remembers where an edge leads to, for the next gradient that goes
  // the same way; it begins as op::Wrt::kNowhere.
  /// Whether the edge leads to something wanted; asked only where the goal is to capture.
  bool needs(const Edge& edge);
  void arrive(const Edge& edge, Tensor&& gradient, std::size_t* place = nullptr);
  /// The sum of what has arrived where the edge leads, if it may be written to.
  const Tensor* open_sum(const Edge& edge, std::size_t* place);
  /// Where a follower of the leaf wants the only gradient that will arrive; undefined where there is none.
  Tensor destination(const Edge& edge);

 private:
  struct NodeVisit {
    using Target = Node;
    Node* target = nullptr;
    Tensor gradient;                      // of its only output; undefined until one arrives
    std::unique_ptr<Tensor[]> gradients;  // of its outputs, where there are several
    bool awaits_turn = false;             // a gradient has arrived
    bool needed = false;                  // leads to something wanted
    bool captured = false;                // the gradient of one of its outputs is wanted itself

    void begin(Node* node) {
      target = node;
      if (node->outputs != 1) gradients.reset(new Tensor[node->outputs]);
    }
    void end() {
      target = nullptr;
      awaits_turn = false;
    }
    Tensor& of_output(std::uint32_t output) { return gradients ? gradients[output] : gradient; }
    void keep(std::span<const Tensor> of_outputs);
  };
  struct LeafVisit {
    using Target = AutogradMeta;
    AutogradMeta* target = nullptr;
    Tensor gradient;
    std::size_t uses = 0;  // by ops that were not visited yet, where uses are counted
    bool needed = false;
    bool is_final = false;

    void begin(AutogradMeta* leaf) { target = leaf; }
  };

  void visit(std::size_t place);
  void finish(LeafVisit& visit);
  void hand_out();

  LeafVisit& visit_of(AutogradMeta* leaf);
  std::size_t place_by(const Edge& edge, std::size_t* place);
  void accumulate(Tensor& sum, Tensor&& gradient) const;

  void meet_all();
  void meet(const Edge& edge);
  void find_needed();
  void count_uses();
  void end_uses(const Node& node);

  Goal goal_;
  bool retain_graph_;
  bool create_graph_;
  bool has_met_all_ = false;  // before the first visit
  bool counts_uses_ = false;
  // All nodes and leaves are held by the edges that lead to them, the first ones by these.
  std::vector<std::pair<Edge, Tensor>> roots_;  // with the gradients to begin with
  std::vector<Edge> wanted_;
  std::uint64_t number_ = next_replay();
  Visits<NodeVisit> nodes_{number_};
  Visits<LeafVisit> leaves_{number_};
  Turns turns_;
  FinalReplay followers_;
};

inline Tape::LeafVisit& Tape::visit_of(AutogradMeta* leaf) {
  check(
      goal_ == Goal::capture || !leaf->was_leaf,
      "backward: a leaf that required grad has been changed in place to the result of a recorded op since it "
      "was used; clone() it before it is changed");
  return leaves_.of(leaf);
}

/// The place of the visit to an edge's node. A node that no other edge leads to needs no mark, since `place`
/// remembers it.
inline std::size_t Tape::place_by(const Edge& edge, std::size_t* place) {
  if (place && *place != op::Wrt::kNowhere) return *place;
  Node* const node = edge.node.get();
  const bool is_only_way = place && !has_met_all_ && node->references.is_one();
  const std::size_t found = is_only_way ? nodes_.begin_unmarked(node) : nodes_.place_of(node);
  if (place) *place = found;
  return found;
}

/// The first gradient to arrive is shared, the second allocates, later ones add in place.
inline void Tape::accumulate(Tensor& sum, Tensor&& gradient) const {
  if (!sum.defined()) {
    sum = std::move(gradient);
  } else if (!create_graph_ && is_sole_owner(sum)) {
    sum.add_(gradient);
  } else {
    sum = sum + gradient;
  }
}

[[gnu::always_inline]] inline void Tape::arrive(const Edge& edge, Tensor&& gradient, std::size_t* place) {
  if (!edge.node) return accumulate(visit_of(edge.leaf.get()).gradient, std::move(gradient));
  const std::size_t at = place_by(edge, place);
  NodeVisit& visit = nodes_[at];
  accumulate(visit.of_output(edge.output), std::move(gradient));
  if (visit.awaits_turn) return;
  visit.awaits_turn = true;
  turns_.add(*visit.target, at);
}

}  // namespace xtape::detail
