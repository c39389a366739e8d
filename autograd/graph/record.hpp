// record(op, inputs...): computes an op, records one node if a gradient will be wanted, and enrols the op in
// the catalogue. It is the only door to the graph, for the library's ops and for those of users:
//
//   struct Cube {
//     static constexpr std::string_view name = "cube";
//     static constexpr op::Reads reads = op::Reads::inputs;
//     Tensor forward(const Tensor& x) const { return x * x * x; }
//     void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
//       wrt(0, [&] { return 3 * square(x[0]) * g; });
//     }
//     static double reference(double x) { return x * x * x; }
//     static Cases<Cube> cases() { return {{.inputs = {{2, 3}}}}; }
//   };
//   Tensor cube(const Tensor& x) { return record(Cube{}, x); }
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "autograd/base/members.hpp"
#include "autograd/check/op_catalog.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/mutation.hpp"
#include "autograd/graph/node.hpp"
#include "autograd/graph/trace.hpp"

namespace xtape {

namespace op {

/// What a vjp reads; nothing else is kept. `others`: the gradient of an input reads only the other inputs.
enum class Reads : unsigned {
  nothing = 0,
  input0 = 1,
  input1 = 2,
  input2 = 4,
  inputs = 8,
  others = 16,
  output = 32,
  inputs_and_output = inputs | output
};
constexpr Reads operator|(Reads a, Reads b) { return Reads(unsigned(a) | unsigned(b)); }
constexpr bool has(Reads all, Reads one) { return (unsigned(all) & unsigned(one)) != 0; }

/// The outputs of an op as its vjp sees them, where there are several; undefined where it reads none.
using Outputs = std::span<const Tensor>;

/// What an op must have. Beyond this: `forward(const Tensor&...)` (or of a `const std::vector<Tensor>&`)
/// giving a Tensor or a std::array of them (an `Operand` in place of `const Tensor&` where the result may be
/// written over the input); `vjp(inputs, output, gradient, wrt)`, absent where nothing is
/// differentiable, taking Outputs where there are several; `attributes()`, which names the data members where
/// there are any; `reads`; `strided = true` if forward takes any strides; `view = true` if it gives a view of
/// its input; `adds_part = true` if its gradient is a part of the input's, which `wrt` can add to the rest;
/// `reference(double...)` for elementwise ops.
template <class O>
concept Op = requires(const O& op) {
  { O::name } -> std::convertible_to<std::string_view>;
  { O::cases() } -> std::same_as<Cases<O>>;  // an op without cases to check it by cannot be recorded
};

}  // namespace op

namespace detail {

template <class O>
inline constexpr bool has_vjp = requires(const O& op, const op::Inputs& x, const Tensor& y, op::Wrt& wrt) {
  op.vjp(x, y, y, wrt);
}
|| requires(const O& op, const op::Inputs& x, op::Outputs y, op::Wrt& wrt) { op.vjp(x, y, y, wrt); };

template <class O>
constexpr op::Reads reads_of() {
  if constexpr (requires { O::reads; }) return O::reads;
  return op::Reads::nothing;
}

template <class O>
inline constexpr bool takes_strides = requires {
  requires O::strided;
};
template <class O>
inline constexpr bool gives_view = requires {
  requires O::view;
};
template <class O>
inline constexpr bool adds_part_of_gradient = requires {
  requires O::adds_part;
};

template <class O>
op::Attributes attributes_of([[maybe_unused]] const O& op) {
  if constexpr (requires { op.attributes(); }) return op.attributes();
  return {};
}

/// Makes `view` follow the history of what it is a view of, where somebody may still write to that.
void follow(const Tensor& view, const op::Operand& of);

/// The caller's tensors, N or any number (0): no copies, so no counting of references.
template <std::size_t N>
using InputRefs = std::span<const op::Operand, N == 0 ? std::dynamic_extent : N>;

/// Makes `output` output number `index` of the node.
void attach(const Tensor& output, NodePtr node, std::uint32_t index);

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

template <class O, std::size_t N>
std::vector<op::OpCase> cases_of();

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
[[gnu::noinline]] std::unique_ptr<OpReport> begin_report(Slots<op::Operand, N> inputs) {
  return std::make_unique<OpReport>(std::vector<Tensor>(inputs.begin(), inputs.end()));
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
  std::unique_ptr<OpReport> report;
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

namespace detail {

inline std::vector<Tensor> as_list(Tensor y) { return {std::move(y)}; }
template <std::size_t M>
std::vector<Tensor> as_list(const std::array<Tensor, M>& y) {
  return {y.begin(), y.end()};
}

template <class O, std::size_t N, std::size_t... I>
std::function<double(const std::vector<double>&)> reference_of([[maybe_unused]] const O& op,
                                                               std::index_sequence<I...>) {
  if constexpr (requires { op.reference((static_cast<void>(I), 0.0)...); }) {
    return [op](const std::vector<double>& x) -> double { return op.reference(x[I]...); };
  } else {
    return {};
  }
}

template <class O, std::size_t N>
std::vector<op::OpCase> cases_of() {
  std::vector<op::OpCase> cases;
  const op::Cases<O> typed = O::cases();
  for (const auto& [data, op] : typed.list()) {
    op::OpCase& c = cases.emplace_back();
    c.data = data;
    c.attributes = attributes_of(op);
    c.call = [op = op](const std::vector<Tensor>& x) {
      if constexpr (N == 0) {
        return as_list(record(op, x));
      } else {
        check(x.size() == N, "{}: a case gives {} inputs; the op takes {}", O::name, x.size(), N);
        return [&]<std::size_t... I>(std::index_sequence<I...>) { return as_list(record(op, x[I]...)); }
        (std::make_index_sequence<N>());
      }
    };
    if constexpr (N > 0) c.reference = reference_of<O, N>(op, std::make_index_sequence<N>());
  }
  return cases;
}

}  // namespace detail

}  // namespace xtape
