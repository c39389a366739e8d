// Tape: the state of one replay. It visits the nodes behind the outputs newest first, and carries the
// gradients from each to its inputs. Nothing here recurses: graphs are as deep as training loops are long.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "autograd/graph/node.hpp"

namespace xtape::detail {

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
  friend class op::Wrt;

  // Nodes and leaves are held by the edges that lead to them, the first ones by roots_.
  struct NodeVisit {
    Node* node = nullptr;
    Tensor gradient;                      // of its only output; undefined until one arrives
    std::unique_ptr<Tensor[]> gradients;  // of its outputs, where there are several
    bool awaits_turn = false;             // a gradient has arrived
    bool needed = true;                   // leads to something wanted
    bool captured = false;                // the gradient of one of its outputs is wanted itself

    Tensor& of_output(std::uint32_t output) { return gradients ? gradients[output] : gradient; }
  };
  struct LeafVisit {
    AutogradMeta* leaf = nullptr;
    Tensor gradient;
    bool needed = true;
  };
  /// A node that a gradient has arrived at. Nodes of one order take their turns as they came, those that add
  /// parts last.
  struct Turn {
    std::uint64_t order;   // the node's
    std::uint64_t number;  // of the turn
    std::size_t visit;     // in nodes_

    friend bool operator<(const Turn& a, const Turn& b) {
      return a.order != b.order ? a.order < b.order : a.number > b.number;
    }
  };
  struct Capture {
    Edge of;
    Tensor gradient;
  };

  using Elsewhere = std::unordered_map<const void*, std::size_t>;

  /// The place of a node's or leaf's visit, taken when it is met first. It stands in the target's mark; where
  /// another thread's replay has put its own there, in a map of this replay.
  std::size_t index_of(Node* node);
  NodeVisit& visit_of(Node* node) { return nodes_[index_of(node)]; }
  LeafVisit& visit_of(AutogradMeta* leaf);
  std::size_t place_for(Node* node);
  template <class Target>
  void note(Target* target, std::size_t index, Elsewhere& elsewhere);

  bool needs(const Edge& edge);
  void find_needed();
  void arrive(const Edge& edge, Tensor&& gradient, std::size_t* place = nullptr);
  std::size_t index_by(const Edge& edge, std::size_t* place);
  void accumulate(Tensor& slot, Tensor&& gradient) const;
  void visit(std::size_t index);
  void end_visit(std::size_t index);
  void capture(const Node& node, std::span<const Tensor> gradients);
  void finish(LeafVisit& visit);

  Goal goal_;
  bool retain_graph_;
  bool create_graph_;
  std::uint64_t id_;                            // in the marks of what this replay has met
  std::vector<std::pair<Edge, Tensor>> roots_;  // where to begin, with the gradients to begin with
  std::vector<NodeVisit> nodes_;
  std::vector<LeafVisit> leaves_;
  std::vector<Turn> turns_;  // a heap, the newest node first
  std::uint64_t turns_given_ = 0;
  std::vector<std::size_t> unused_;  // places in nodes_ whose visits are over
  Elsewhere nodes_elsewhere_;        // met while another replay's mark was on them
  Elsewhere leaves_elsewhere_;
  std::vector<Capture> captured_;
};

}  // namespace xtape::detail
