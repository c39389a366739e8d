// The node of an op in the graph: the op, its edges, and what its vjp reads.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/mutation.hpp"
#include "autograd/graph/op.hpp"

namespace xtape::detail {

/// The caller's tensors, N or any number (0): no copies, so no counting of references.
template <std::size_t N>
using InputRefs = std::span<const op::Operand, N == 0 ? std::dynamic_extent : N>;

/// N things kept inline, or a vector of them where their number is not fixed (N = 0).
template <class T, std::size_t N>
using Slots = std::conditional_t<N == 0, std::vector<T>, std::array<T, N>>;

/// f(i) for each of the `count` (N, where that is fixed) inputs.
template <std::size_t N, class F>
auto make_slots(std::size_t count, const F& f) {
  using T = decltype(f(std::size_t{}));
  if constexpr (N == 0) {
    std::vector<T> slots;
    slots.reserve(count);
    for (std::size_t i = 0; i < count; ++i) slots.push_back(f(i));
    return slots;
  } else {
    return [&]<std::size_t... I>(std::index_sequence<I...>) { return std::array<T, N>{f(I)...}; }
    (std::make_index_sequence<N>());
  }
}

template <op::Op O, std::size_t N, std::size_t M>
class RecordedNode final : public Node {
 public:
  RecordedNode(const O& op, InputRefs<N> inputs)
      : op_(op),
        edges_(make_slots<N>(inputs.size(),
                             [&](std::size_t i) {
                               return kReadsInputs || is_given_again(inputs, i) ? edge_to(inputs[i])
                                                                                : edge_from(inputs[i]);
                             })),
        inputs_(make_slots<N>(inputs.size(),
                              [&](std::size_t i) {
                                return InputInfo{inputs[i]->shape(), inputs[i]->dtype()};
                              })),
        saved_(saved_inputs(inputs)) {
    edges = edges_;
    Node::inputs = inputs_;
    outputs = M;
    adds_part = adds_part_of_gradient<O>;
    for (const Edge& edge : edges_) {
      if (edge.node) order = std::max(order, edge.node->order + 1);
    }
  }

  void save_outputs(std::span<const Tensor, M> values) {
    if constexpr (kReadsOutput) {
      for (std::size_t i = 0; i < M; ++i) saved_outputs_[i] = Saved::output(values[i]);
    }
  }

  std::string_view name() const override { return O::name; }
  op::Attributes attributes() const override { return attributes_of(op_); }

  void replay(std::span<Tensor> gradients, op::Wrt& wrt) override {
    check(!released,
          "backward: the values that {} saved were freed by an earlier backward; pass "
          "{{.retain_graph = true}} to the first if you need a second",
          O::name);
    const mutation::Scope scope(O::name);
    const auto& saved = mutation::inputs(O::name, saved_);
    const op::Inputs inputs(saved, edges_.size(), O::name);
    if constexpr (requires(const Tensor& y) { op_.vjp(inputs, y, y, wrt); }) {
      Tensor gradient = mutation::gradient(O::name, std::move(gradients[0]));
      if constexpr (!kReadsOutput) {
        op_.vjp(inputs, Tensor(), std::move(gradient), wrt);
      } else if (!grad_enabled()) {
        op_.vjp(inputs, saved_outputs_[0].value(O::name), std::move(gradient), wrt);
      } else {
        op_.vjp(inputs, output(0), std::move(gradient), wrt);
      }
    } else {
      std::array<Tensor, M> values;
      if constexpr (kReadsOutput) {
        for (std::uint32_t i = 0; i < M; ++i) values[i] = output(i);
      }
      op_.vjp(inputs, op::Outputs(values), gradients, wrt);
    }
  }

  void release_saved() override {
    for (Saved& saved : saved_) {
      released = released || saved;
      saved.release();
    }
    for (Saved& saved : saved_outputs_) {
      released = released || saved;
      saved.release();
    }
  }

 private:
  static constexpr bool kReadsOutput = op::has(reads_of<O>(), op::Reads::output);
  static constexpr bool kReadsInputs = (unsigned(reads_of<O>()) & ~unsigned(op::Reads::output)) != 0;

  auto saved_inputs(InputRefs<N> inputs) const {
    if constexpr (kReadsInputs) {
      return make_slots<N>(inputs.size(),
                           [&](std::size_t i) { return reads_input(i) ? Saved::input(inputs[i]) : Saved(); });
    } else {
      return std::array<Saved, 0>();
    }
  }

  /// Whether a later input is the same tensor, whose history is still needed then.
  static bool is_given_again(InputRefs<N> inputs, std::size_t i) {
    for (std::size_t j = i + 1; j < inputs.size(); ++j) {
      if (inputs[j]->is_same(inputs[i])) return true;
    }
    return false;
  }

  bool reads_input(std::size_t i) const {
    if (op::has(reads_of<O>(), op::Reads::inputs) || (i < 3 && op::has(reads_of<O>(), op::Reads(1u << i))))
      return true;
    if (!op::has(reads_of<O>(), op::Reads::others)) return false;
    for (std::size_t j = 0; j < edges_.size(); ++j) {
      if (j != i && edges_[j].wanted()) return true;
    }
    return false;
  }

  /// Output i, in its place in the graph where this replay is recorded.
  Tensor output(std::uint32_t i) {
    if (!grad_enabled()) return saved_outputs_[i].value(O::name);
    return mutation::output(O::name, i, saved_outputs_[i].linked(*this, i));
  }

  [[no_unique_address]] O op_;
  Slots<Edge, N> edges_;
  Slots<InputInfo, N> inputs_;
  [[no_unique_address]] std::conditional_t<kReadsInputs, Slots<Saved, N>, std::array<Saved, 0>> saved_;
  [[no_unique_address]] std::array<Saved, kReadsOutput ? M : 0> saved_outputs_;
};

}  // namespace xtape::detail
