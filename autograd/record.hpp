// record(op, inputs...): computes an op, records one node if a gradient will be wanted, and enrols the op in
// the catalogue. It is the only door to the graph, for the library's ops and for those of users:
//
//   struct Cube {
//     static constexpr std::string_view name = "cube";
//     static constexpr Reads reads = Reads::inputs;
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
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "autograd/grad_mode.hpp"
#include "autograd/mutation.hpp"
#include "autograd/node.hpp"
#include "autograd/op_catalog.hpp"

namespace xtape {

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

/// The inputs (or outputs) of an op as its vjp sees them; those it does not read are undefined.
using Inputs = std::span<const Tensor>;
using Outputs = std::span<const Tensor>;

/// What an op must have. Beyond this: `forward(const Tensor&...)` (or of a `const std::vector<Tensor>&`)
/// giving a Tensor or a std::array of them; `vjp(inputs, output, gradient, wrt)`, absent where nothing is
/// differentiable, taking Outputs where there are several; `reads`; `strided = true` if forward takes any
/// strides; `view = true` if it gives a view of its input; `reference(double...)` for elementwise ops.
template <class O>
concept Op = requires(const O& op) {
  { O::name } -> std::convertible_to<std::string_view>;
  { O::cases() } -> std::same_as<Cases<O>>;  // an op without cases to check it by cannot be recorded
};

namespace detail {

template <class O>
inline constexpr bool has_vjp = requires(const O& op, Inputs x, const Tensor& y, Wrt& wrt) {
  op.vjp(x, y, y, wrt);
}
|| requires(const O& op, Inputs x, Outputs y, Wrt& wrt) { op.vjp(x, y, y, wrt); };

template <class O>
constexpr Reads reads_of() {
  if constexpr (requires { O::reads; }) return O::reads;
  return Reads::nothing;
}

template <class O>
inline constexpr bool takes_strides = requires {
  requires O::strided;
};
template <class O>
inline constexpr bool gives_view = requires {
  requires O::view;
};

/// Throws if x needs a gradient but is a view whose base was changed in place, recorded, after the view was
/// taken.
void check_view_is_fresh(const Tensor& x, std::string_view op);

inline bool needs_gradient(std::span<const Tensor> inputs) {
  return std::any_of(inputs.begin(), inputs.end(), [](const Tensor& x) { return x.requires_grad(); });
}

/// Links a new node to its inputs, and its outputs to the node.
std::uint64_t order_behind(std::span<const Edge> edges);
void attach(const Tensor& output, Node* node, std::uint32_t index);

/// N inputs kept inline, or a vector of them where their number is not fixed (N = 0).
template <class T, std::size_t N>
using Slots = std::conditional_t<N == 0, std::vector<T>, std::array<T, N>>;

template <class T, std::size_t N>
Slots<T, N> make_slots(std::size_t count) {
  if constexpr (N == 0) return Slots<T, N>(count);
  return {};
}

template <Op O, std::size_t N, std::size_t M>
class RecordedNode final : public Node {
 public:
  RecordedNode(const O& op, std::span<const Tensor> inputs)
      : op_(op),
        edges_(make_slots<Edge, N>(inputs.size())),
        inputs_(make_slots<InputInfo, N>(inputs.size())),
        saved_(make_slots<Saved, N>(inputs.size())) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      edges_[i] = edge_to(inputs[i]);
      inputs_[i] = {inputs[i].shape(), inputs[i].dtype()};
    }
    order = order_behind(edges_);
    outputs = M;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (reads_input(i)) saved_[i] = Saved::input(inputs[i]);
    }
  }

  void save_outputs(std::span<const Tensor> outputs) {
    if constexpr (kReadsOutput) {
      for (std::size_t i = 0; i < M; ++i) saved_outputs_[i] = Saved::output(outputs[i]);
    }
  }

  std::string_view name() const override { return O::name; }
  std::span<const Edge> edges() const override { return edges_; }
  const InputInfo& input(std::size_t i) const override { return inputs_[i]; }

  void replay(std::span<const Tensor> gradients, Wrt& wrt) override {
    check(!released_,
          "backward: the values that {} saved were freed by an earlier backward; pass "
          "{{.retain_graph = true}} to the first if you need a second",
          O::name);
    auto inputs = make_slots<Tensor, N>(edges_.size());
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      if (saved_[i]) inputs[i] = mutation::input(O::name, i, saved_[i].value(O::name));
    }
    std::array<Tensor, M> values;
    if constexpr (kReadsOutput) {
      for (std::uint32_t i = 0; i < M; ++i) {
        values[i] = mutation::output(O::name, i, saved_outputs_[i].output_value(*this, i));
      }
    }
    const mutation::Scope scope(O::name);
    if constexpr (requires(const Tensor& y) { op_.vjp(Inputs(inputs), y, y, wrt); }) {
      op_.vjp(Inputs(inputs), values[0], mutation::gradient(O::name, gradients[0]), wrt);
    } else {
      op_.vjp(Inputs(inputs), Outputs(values), gradients, wrt);
    }
  }

  void release_saved() override {
    for (Saved& saved : saved_) {
      released_ = released_ || saved;
      saved.release();
    }
    for (Saved& saved : saved_outputs_) {
      released_ = released_ || saved;
      saved.release();
    }
  }

 private:
  static constexpr bool kReadsOutput = has(reads_of<O>(), Reads::output);

  bool reads_input(std::size_t i) const {
    if (has(reads_of<O>(), Reads::inputs) || (i < 3 && has(reads_of<O>(), Reads(1u << i)))) return true;
    if (!has(reads_of<O>(), Reads::others)) return false;
    for (std::size_t j = 0; j < edges_.size(); ++j) {
      if (j != i && edges_[j].wanted()) return true;
    }
    return false;
  }

  O op_;
  Slots<Edge, N> edges_;
  Slots<InputInfo, N> inputs_;
  Slots<Saved, N> saved_;
  std::array<Saved, kReadsOutput ? M : 0> saved_outputs_;
  bool released_ = false;
};

template <class O, std::size_t N>
std::vector<OpCase> cases_of();

/// Initialised before main in every program that can record O.
template <Op O, std::size_t N>
inline const bool enrolled = enrol({O::name, static_cast<int>(N), has_vjp<O>, gives_view<O>,
                                    &cases_of<O, N>});

template <class T>
struct OutputCount : std::integral_constant<std::size_t, 1> {};
template <std::size_t M>
struct OutputCount<std::array<Tensor, M>> : std::integral_constant<std::size_t, M> {};

/// Computes `forward()` unrecorded, then records it as the op's result for `inputs`.
template <Op O, std::size_t N, class Forward>
auto record_with(const O& op, std::span<const Tensor> inputs, Forward&& forward) {
  static_cast<void>(enrolled<O, N>);
  auto result = [&] {
    const NoGradGuard no_grad;
    return forward();
  }();
  constexpr std::size_t M = OutputCount<decltype(result)>::value;
  std::span<const Tensor, M> outputs = [&] {
    if constexpr (requires { result.data()[0].defined(); })
      return std::span<const Tensor, M>(result);
    else
      return std::span<const Tensor, 1>(&result, 1);
  }();
  if constexpr (gives_view<O>) {
    outputs[0].impl().is_view = true;
    outputs[0].impl().rebases_seen = outputs[0].impl().storage->rebases.load(std::memory_order_relaxed);
  }
  if constexpr (has_vjp<O>) {
    if (grad_enabled() && needs_gradient(inputs)) {
      for (const Tensor& x : inputs) check_view_is_fresh(x, O::name);
      auto* node = new RecordedNode<O, N, M>(op, inputs);
      const NodePtr owner(node);
      for (std::uint32_t i = 0; i < M; ++i) attach(outputs[i], node, i);
      node->save_outputs(outputs);
    }
  }
  return result;
}

/// x as `forward` takes it: contiguous, unless the op accepts strides.
template <class O>
Tensor operand(const Tensor& x) {
  if constexpr (takes_strides<O> || gives_view<O>)
    return x;
  else
    return x.contiguous();
}

}  // namespace detail

/// Computes op on the inputs, recorded if one of them requires grad. Gives what `op.forward` gives.
template <Op O, std::same_as<Tensor>... In>
requires(sizeof...(In) > 0) auto record(const O& op, const In&... in) {
  const std::array<Tensor, sizeof...(In)> inputs{in...};
  return detail::record_with<O, sizeof...(In)>(op, inputs,
                                               [&] { return op.forward(detail::operand<O>(in)...); });
}

/// As above for an op of a list of tensors.
template <Op O>
auto record(const O& op, const std::vector<Tensor>& inputs) {
  return detail::record_with<O, 0>(op, inputs, [&] {
    std::vector<Tensor> operands;
    for (const Tensor& x : inputs) operands.push_back(detail::operand<O>(x));
    return op.forward(operands);
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
std::vector<OpCase> cases_of() {
  std::vector<OpCase> cases;
  const Cases<O> typed = O::cases();
  for (const auto& [data, op] : typed.list()) {
    OpCase& c = cases.emplace_back();
    c.data = data;
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
