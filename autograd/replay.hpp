// Tape: the state of one replay. It collects the nodes behind the outputs, visits them newest first, and
// carries the gradients from each to its inputs. Nothing here recurses: graphs are as deep as training loops
// are long.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "autograd/node.hpp"

namespace xtape {

class Tape {
 public:
  enum class Goal { accumulate, capture };  // into the leaves' .grad(), or of chosen tensors only

  Tape(Goal goal, bool retain_graph, bool create_graph);
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  void add_output(const Tensor& output, const Tensor& gradient);
  /// Asks for the gradient of x; gives the number to fetch it by.
  void want(const Tensor& x);
  void run();
  Tensor captured(std::size_t i) const { return captured_[i].gradient; }

 private:
  friend class Wrt;

  // Nodes and leaves are held by the edges that lead to them, the first ones by roots_.
  struct NodeVisit {
    Node* node;
    Tensor gradient;                      // of its only output; undefined until one arrives
    std::unique_ptr<Tensor[]> gradients;  // of its outputs, where there are several
    bool needed = true;                   // leads to something wanted
    bool captured = false;                // the gradient of one of its outputs is wanted itself

    explicit NodeVisit(Node* met)
        : node(met), gradients(met->outputs == 1 ? nullptr : new Tensor[met->outputs]) {}
    std::span<Tensor> outputs() { return {gradients ? gradients.get() : &gradient, node->outputs}; }
  };
  struct LeafVisit {
    TensorImpl* leaf;
    Tensor gradient;
    int uses = 0;  // edges not yet visited; at zero the leaf is final
    bool needed = true;

    explicit LeafVisit(TensorImpl* met) : leaf(met) {}
  };
  struct Capture {
    Tensor of;
    Tensor gradient;
  };

  using Elsewhere = std::unordered_map<const void*, std::size_t>;

  template <class Target, class Visits>
  std::size_t meet_unmarked(Target* target, Visits& visits, Elsewhere& elsewhere);
  /// The visit of `target`, added when it is met first. Its index stands in the target's mark; where another
  /// thread's replay has put its own there, in a map of this replay.
  template <class Target, class Visits>
  auto& visit_in(Target* target, Visits& visits, Elsewhere& elsewhere) {
    const std::uint64_t mark = target->mark.load(std::memory_order_acquire);
    return visits[mark >> 32 == id_ ? mark & 0xffffffff : meet_unmarked(target, visits, elsewhere)];
  }
  NodeVisit& visit_of(Node* node) { return visit_in(node, nodes_, nodes_elsewhere_); }
  LeafVisit& visit_of(TensorImpl* leaf) { return visit_in(leaf, leaves_, leaves_elsewhere_); }

  bool needs(const Edge& edge);
  void collect();
  std::vector<std::size_t> newest_first() const;
  void prune(const std::vector<std::size_t>& order);
  void visit(NodeVisit& visit);
  void capture(NodeVisit& visit);
  void arrive(const Edge& edge, Tensor gradient);
  void accumulate(Tensor& slot, Tensor gradient) const;
  void close(LeafVisit& visit);
  void finish(LeafVisit& visit);

  Goal goal_;
  bool retain_graph_;
  bool create_graph_;
  std::uint64_t id_;  // in the marks of what this replay has met
  std::vector<Edge> roots_;
  std::vector<NodeVisit> nodes_;
  std::vector<LeafVisit> leaves_;
  Elsewhere nodes_elsewhere_;  // met while another replay's mark was on them
  Elsewhere leaves_elsewhere_;
  std::vector<Capture> captured_;
};

}  // namespace xtape
