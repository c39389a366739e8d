// Node: what one recorded op left behind, its edges to the inputs and the values that its vjp reads.
// Wrt: where a vjp hands in the gradients of its inputs.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <vector>

#include "autograd/tensor.hpp"

namespace xtape {

class Tape;

/// Where the gradient of one input goes: to an output of an earlier node, to a leaf, or nowhere.
struct Edge {
  NodePtr node;
  IntrusivePtr<TensorImpl> leaf;
  std::uint32_t output = 0;

  bool wanted() const { return node || leaf; }
};

/// The edge that leads to `x`; one that leads nowhere where x needs no gradient.
Edge edge_to(const Tensor& x);

/// Collects the gradients with respect to the inputs of one node: `wrt(1, [&] { return g * x[0]; })`
/// evaluates the formula at once if this replay needs it, and sums the result to the input's shape and
/// converts it to its dtype.
class Wrt {
 public:
  Wrt(Tape& tape, Node& node) : tape_(tape), node_(node) {}

  bool needs(std::size_t i) const;
  const Shape& shape(std::size_t i) const;  ///< of input i, which need not be saved for this
  DType dtype(std::size_t i) const;

  template <class Formula>
  void operator()(std::size_t i, Formula&& formula) {
    if (needs(i)) add(i, formula());
  }

 private:
  void add(std::size_t i, Tensor gradient);

  Tape& tape_;
  Node& node_;
};

struct InputInfo {
  Shape shape;
  DType dtype = kFloat32;
};

class Node : public Pooled {
 public:
  virtual ~Node() = default;

  virtual std::string_view name() const = 0;
  virtual std::span<const Edge> edges() const = 0;
  virtual const InputInfo& input(std::size_t i) const = 0;
  /// Gives the gradients of the outputs (undefined where none arrived) to the op's vjp.
  virtual void replay(std::span<const Tensor> gradients, Wrt& wrt) = 0;
  /// Lets go of the values that the vjp reads; a later replay is an Error if there were any.
  virtual void release_saved() = 0;

  std::atomic<std::int32_t> references{0};
  std::uint32_t outputs = 1;
  std::uint64_t order = 1;  // 1 + the greatest order of its inputs: an output is younger than its inputs
  std::atomic<std::uint64_t> mark{0};  // a replay's note that it has met this node
  /// Outputs with hooks or a retained gradient.
  std::vector<std::pair<std::uint32_t, std::shared_ptr<AutogradMeta>>> watched;
};

/// A value kept for a vjp, with the version of its storage when it was saved.
class Saved {
 public:
  Saved() = default;
  /// Keeps an input with its history. Not the handle itself: an in-place op may later give that a younger
  /// history, which would close a cycle of ownership.
  static Saved input(const Tensor& x);
  /// Keeps an output of `node` without its history, which would close a cycle too; `value` gives it back.
  static Saved output(const Tensor& y);

  explicit operator bool() const { return value_.defined(); }
  /// The value; an Error naming `op` and the writer where it was changed in place since.
  const Tensor& value(std::string_view op) const;
  /// As value, for an output: with its place in the graph again where the replay itself is recorded.
  Tensor output_value(Node& node, std::uint32_t index) const;
  void release() { value_ = Tensor(); }

 private:
  explicit Saved(Tensor value) : value_(std::move(value)), version_(value_.version()) {}

  Tensor value_;
  std::uint32_t version_ = 0;
};

}  // namespace xtape
