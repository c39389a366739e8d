// Node: what one recorded op left behind, its edges to the inputs and the values that its vjp reads.
// Wrt: where a vjp hands in the gradients of its inputs.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "autograd/graph/attributes.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

namespace op {
class Wrt;
}

namespace detail {

class Tape;
struct Hooks;

/// Where the gradient of one input goes: to an output of an earlier node, to a leaf, or nowhere.
struct Edge {
  NodePtr node;
  std::shared_ptr<AutogradMeta> leaf;
  std::uint32_t output = 0;

  bool wanted() const { return node || leaf; }
};

/// The edge that leads to `x`, whose history is up to date; one that leads nowhere where x needs no gradient.
inline Edge edge_to(const Tensor& x) {
  const TensorImpl& impl = x.impl();
  if (impl.node) return {impl.node, {}, impl.output_index};
  if (impl.requires_grad) return {{}, impl.meta, 0};
  return {};
}

/// The same; of a tensor that is about to be written over, the history is taken, which saves counting it.
inline Edge edge_from(op::Operand x) {
  TensorImpl& impl = x->impl();
  if (!x.is_overwritable() || !impl.node) return edge_to(x);
  Edge edge{std::move(impl.node), {}, impl.output_index};
  impl.drop_history();
  return edge;
}

/// Whether nobody else sees the buffer of x, so that it may be written over.
inline bool is_sole_owner(const Tensor& x) {
  const TensorImpl& impl = x.impl();
  return impl.references.is_one() && impl.storage->references.is_one() && impl.contiguous &&
         !impl.requires_grad;
}

struct InputInfo {
  Shape shape;
  DType dtype = kFloat32;
};

/// What a node keeps of an output that has hooks or retains its gradient, as long as these are the hooks of
/// its newest value. Only a weak pointer leads to the gradient: with create_graph it has a history of its
/// own, which may lead back to the node.
struct Watch {
  std::uint32_t output;
  std::shared_ptr<Hooks> hooks;
  std::weak_ptr<AutogradMeta> retained_by;
};

class Node : public Pooled {
 public:
  using Watched = std::vector<Watch>;

  virtual ~Node() = default;

  virtual std::string_view name() const = 0;
  virtual op::Attributes attributes() const = 0;
  /// Gives the gradients of the outputs (undefined where none arrived) to the op's vjp, which may keep them.
  virtual void replay(std::span<Tensor> gradients, op::Wrt& wrt) = 0;
  /// Lets go of the values that the vjp reads; a later replay is an Error if there were any.
  virtual void release_saved() = 0;

  RefCount references;
  std::uint16_t outputs = 1;
  bool released = false;    // whether a replay let go of the values that the vjp reads
  bool adds_part = false;   // whether its gradient is a part that is added to what others bring
  std::uint64_t order = 1;  // 1 + the greatest order of its inputs: an output is younger than its inputs
  std::atomic<std::uint64_t> mark{0};  // a replay's note that it has met this node
  std::span<const Edge> edges;         // one for each input; these two live in the derived class
  std::span<const InputInfo> inputs;
  std::unique_ptr<Watched> watched;  // outputs with hooks or a retained gradient
  Node* next_dying = nullptr;        // in the list of nodes whose last reference is gone
};

/// A value kept for a vjp, with the version of its storage when it was saved.
class Saved {
 public:
  Saved() = default;
  /// Keeps an input with its history. Not the handle itself: an in-place op may later give that a younger
  /// history, which would close a cycle of ownership.
  static Saved input(const Tensor& x);
  /// Keeps an output of `node` without its history, which would close a cycle too; `linked` gives it back.
  static Saved output(const Tensor& y);

  explicit operator bool() const { return value_.defined(); }
  /// The value, undefined where none is kept; an Error naming `op` and the writer where it was changed in
  /// place since.
  const Tensor& value(std::string_view op) const {
    if (value_.defined() && value_.version() != version_) [[unlikely]]
      throw_changed(op);
    return value_;
  }
  /// An output's value with its place in the graph again, for a replay that is itself recorded.
  Tensor linked(Node& node, std::uint32_t index) const;
  /// The same without its history: a fault that tests plant.
  Saved detached() const;
  void release() { value_ = Tensor(); }

 private:
  explicit Saved(Tensor value) : value_(std::move(value)), version_(value_.version()) {}
  [[noreturn]] void throw_changed(std::string_view op) const;

  Tensor value_;
  std::uint32_t version_ = 0;
};

}  // namespace detail

namespace op {

/// Collects the gradients with respect to the inputs of one node: `wrt(1, [&] { return g * x[0]; })`
/// evaluates the formula at once if this replay needs it, and sums the result to the input's shape and
/// converts it to its dtype.
class Wrt {
 public:
  Wrt(detail::Tape& tape, detail::Node& node, bool needs_all)
      : tape_(tape), node_(node), needs_all_(needs_all) {}

  bool needs(std::size_t i) const;
  const Shape& shape(std::size_t i) const;  ///< of input i, which need not be saved for this
  DType dtype(std::size_t i) const;

  template <class Formula>
  void operator()(std::size_t i, Formula&& formula) {
    if (needs(i)) add(i, formula());
  }
  /// For gradients that can be added to a sum without being formed first, as BLAS adds a product, or a part
  /// to the whole: where other gradients of input i have arrived and nobody else sees their sum, calls
  /// `add_to(sum)` instead, unless the replay is recorded or looks for anomalies. The sum is contiguous, of
  /// the input's shape and dtype; add_to works on values, and asks for no other gradient.
  template <class Formula, class AddTo>
  void operator()(std::size_t i, Formula&& formula, AddTo&& add_to) {
    if (!needs(i)) return;
    if (const Tensor* sum = open_sum(i))
      add_to(*sum);
    else
      add(i, formula());
  }
  /// Memory that somebody offers for the whole gradient of input i, for a formula that can write there and
  /// gives it then: contiguous, of the input's shape and dtype, not initialised. Undefined where nobody does,
  /// and where the replay is recorded.
  Tensor destination(std::size_t i);

 private:
  void add(std::size_t i, Tensor gradient);
  const Tensor* open_sum(std::size_t i);
  /// `gradient` summed to the shape of input i and in its dtype.
  Tensor fitted(Tensor gradient, std::size_t i) const;
  void check_finite(const Tensor& gradient, std::size_t i) const;

  friend class detail::Tape;
  static constexpr std::size_t kNowhere = ~std::size_t{0};

  detail::Tape& tape_;
  detail::Node& node_;
  bool needs_all_;  // whether every input that requires grad is wanted
  /// Where the tape collects the gradients of the first inputs.
  std::array<std::size_t, 3> places_{kNowhere, kNowhere, kNowhere};
  std::size_t* place_of(std::size_t i) { return i < places_.size() ? &places_[i] : nullptr; }
};

/// The inputs of an op as its vjp sees them. Those it did not declare to read are undefined; reading one that
/// was changed in place since is an Error that names the op and the writer.
class Inputs {
 public:
  Inputs(std::span<const detail::Saved> saved, std::size_t count, std::string_view op)
      : saved_(saved), count_(count), op_(op) {}

  std::size_t size() const { return count_; }
  const Tensor& operator[](std::size_t i) const { return i < saved_.size() ? saved_[i].value(op_) : none_; }

 private:
  std::span<const detail::Saved> saved_;  // empty where the vjp reads no input
  std::size_t count_;
  std::string_view op_;
  Tensor none_;
};

}  // namespace op

}  // namespace xtape
