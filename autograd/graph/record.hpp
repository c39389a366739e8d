// record(op, inputs...): computes an op, records one node if a gradient will be wanted, and enrols the op in
// the catalogue. It is the only door to the graph, for the library's ops and for those of users:
//
//   struct Cube {
//     static constexpr std::string_view name = "cube";
//     static constexpr op::Reads reads = op::Reads::inputs;
//     Tensor forward(const Tensor& x) const { return x * x * x; }
//     void vjp(const op::Inputs& x, const Tensor&, const Tensor& g, op::Wrt& wrt) const {
//       wrt(0, [&] { return 3 * square(x[0]) * g; });
//     }
//     static double reference(double x) { return x * x * x; }
//     static op::Cases<Cube> cases() { return {{.inputs = {{2, 3}}}}; }
//   };
//   Tensor cube(const Tensor& x) { return record(Cube{}, x); }
#pragma once

#include <array>
#include <concepts>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "autograd/base/members.hpp"
#include "autograd/check/op_cases.hpp"
#include "autograd/graph/op.hpp"
#include "autograd/graph/recorded_node.hpp"
#include "autograd/graph/trace.hpp"

namespace xtape {

namespace detail {

/// Makes `view` follow the history of what it is a view of, where somebody may still write to that.
void follow(const Tensor& view, const op::Operand& of);

/// Makes `output` output number `index` of the node.
void attach(const Tensor& output, NodePtr node, std::uint32_t index);

/// Initialised before main in every program that can record O.
template <op::Op O, std::size_t N>
inline const bool enrolled = enrol({O::name, static_cast<int>(N), has_vjp<O>, gives_view<O>,
                                    count_members<O>(), &cases_of<O, N>});

template <class T>
struct OutputCount : std::integral_constant<std::size_t, 1> {};
template <std::size_t M>
struct OutputCount<std::array<Tensor, M>> : std::integral_constant<std::size_t, M> {};

/// The node of an op on `inputs`, or nullptr where none of them needs a gradient. It comes before the op is
/// computed: what it saves is seen to be in use, and is not overwritten.
template <op::Op O, std::size_t N, std::size_t M>
RecordedNode<O, N, M>* new_node([[maybe_unused]] const O& op, [[maybe_unused]] InputRefs<N> inputs) {
  if constexpr (has_vjp<O>) {
    if (!grad_enabled()) return nullptr;
    bool needs_gradient = false;
    for (const op::Operand& x : inputs) {
      x->impl().renew_history(O::name);
      needs_gradient = needs_gradient || x->impl().requires_grad;
    }
    if (needs_gradient) return new RecordedNode<O, N, M>(op, inputs);
  }
  return nullptr;
}

// What a Tracer sees of an op. The arguments come by value, so that they can stay in registers where nobody
// traces.
template <std::size_t N>
[[gnu::noinline]] OwnedReport begin_report(Slots<op::Operand, N> inputs) {
  return OwnedReport(new OpReport(std::vector<Tensor>(inputs.begin(), inputs.end())));
}
template <class O>
[[gnu::noinline]] void end_report(OpReport& report, O op, std::span<const Tensor> outputs) {
  report.gave(O::name, attributes_of(op), outputs);
}

/// Computes `forward()` unrecorded, and records it as the op's result for `inputs`.
template <op::Op O, std::size_t N, class Forward>
auto record_with(const O& op, InputRefs<N> inputs, Forward&& forward) {
  static_cast<void>(enrolled<O, N>);
  using Result = decltype(forward());
  OwnedReport report;
  if (is_traced()) [[unlikely]]
    report = begin_report<N>(make_slots<N>(inputs.size(), [&](std::size_t i) { return inputs[i]; }));
  constexpr std::size_t M = OutputCount<Result>::value;
  auto* const node = new_node<O, N, M>(op, inputs);
  NodePtr owner = NodePtr::adopt(node);
  Result result = [&] {
    const InsideOpGuard inside;
    return forward();
  }();
  const std::span<const Tensor, M> outputs = [&] {
    if constexpr (std::is_same_v<Result, Tensor>)
      return std::span<const Tensor, 1>(&result, 1);
    else
      return std::span<const Tensor, M>(result);
  }();
  if constexpr (gives_view<O>) follow(outputs[0], inputs[0]);
  if constexpr (has_vjp<O>) {
    if (node) {
      node->save_outputs(outputs);
      for (std::uint32_t i = 1; i < M; ++i) attach(outputs[i], owner, i);
      attach(outputs[0], std::move(owner), 0);
    }
  }
  if (report) [[unlikely]]
    end_report(*report, op, outputs);
  return result;
}

/// The node of `op` on the inputs, whose value is somewhere already.
template <op::Op O, std::convertible_to<op::Operand>... In>
NodePtr node_of(const O& op, const In&... in) {
  static_cast<void>(enrolled<O, sizeof...(In)>);
  const std::array<op::Operand, sizeof...(In)> inputs{op::Operand(in)...};
  return NodePtr::adopt(new_node<O, sizeof...(In), 1>(op, inputs));
}

/// x as `forward` of O takes it: contiguous, unless the op accepts strides.
template <class O>
class Prepared {
 public:
  explicit Prepared(op::Operand x) : given_(x) {
    if constexpr (!takes_strides<O> && !gives_view<O>) {
      if (!x->is_contiguous()) contiguous_ = x->contiguous();
    }
  }
  operator op::Operand() { return contiguous_.defined() ? op::Operand(std::move(contiguous_)) : given_; }
  operator const Tensor&() const {
    if (contiguous_.defined()) return contiguous_;
    return given_;
  }

 private:
  op::Operand given_;
  Tensor contiguous_;
};

}  // namespace detail

/// Computes op on the inputs, recorded if one of them requires grad. Gives what `op.forward` gives.
template <op::Op O, std::convertible_to<op::Operand>... In>
requires(sizeof...(In) > 0) auto record(const O& op, In&&... in) {
  const std::array<op::Operand, sizeof...(In)> inputs{op::Operand(std::forward<In>(in))...};
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return detail::record_with<O, sizeof...(In)>(
        op, inputs, [&] { return op.forward(detail::Prepared<O>(inputs[I])...); });
  }
  (std::index_sequence_for<In...>());
}

/// As above for an op of a list of tensors.
template <op::Op O>
auto record(const O& op, const std::vector<Tensor>& inputs) {
  const std::vector<op::Operand> operands(inputs.begin(), inputs.end());
  return detail::record_with<O, 0>(op, operands, [&] {
    std::vector<Tensor> prepared;
    for (const op::Operand& x : operands) prepared.push_back(detail::Prepared<O>(x));
    return op.forward(prepared);
  });
}

}  // namespace xtape
