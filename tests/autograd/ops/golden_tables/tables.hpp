// How each golden file's function is called, a table for each kind of op, and what the tables share.
#pragma once

#include "tests/support/golden.hpp"

namespace xtape::golden {

Table arithmetic();
Table elementwise();
Table trigonometry_and_logarithms();
Table rounding_and_bounds();
Table bits();
Table activations();
Table reductions();
Table orders();
Table distances();
Table shapes();
Table arrangements();
Table indexing();
Table products();
Table factors();
Table convolutions();
Table products_and_probability();

inline Function unary(Tensor (*f)(const Tensor&)) {
  return [f](const Tensors& x, const Args&) -> Tensors { return {f(x[0])}; };
}

inline Function pair(Tensor (*f)(const Tensor&, const Tensor&)) {
  return [f](const Tensors& x, const Args&) -> Tensors { return {f(x[0], x[1])}; };
}

/// f(x) or f(x, dims, keepdim).
inline Function reduction(Tensor (*all)(const Tensor&), Tensor (*some)(const Tensor&, const Dims&, bool)) {
  return [all, some](const Tensors& x, const Args& args) -> Tensors {
    if (!args.has("dim")) return {all(x[0])};
    return {some(x[0], args.dims("dim"), args.flag("keepdim"))};
  };
}

/// A function written out: it returns one tensor or several.
template <class F>
Function of(F f) {
  return [f](const Tensors& x, const Args& args) -> Tensors { return {f(x, args)}; };
}

inline std::optional<Dim> optional_dim(const Args& args) {
  return args.has("dim") ? std::optional<Dim>(args.integer("dim")) : std::nullopt;
}

}  // namespace xtape::golden
