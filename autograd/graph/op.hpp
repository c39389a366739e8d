// What the struct of an op has and says of itself.
#pragma once

#include <concepts>
#include <span>
#include <string_view>

#include "autograd/check/op_catalog.hpp"
#include "autograd/graph/attributes.hpp"
#include "autograd/graph/node.hpp"

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

}  // namespace detail

}  // namespace xtape
