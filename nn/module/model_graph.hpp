// The graph of a model: what one call of it computes, with parameters by name and modules as scopes.
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <vector>

#include "autograd/graph/dot.hpp"
#include "nn/module/module_base.hpp"
#include "nn/module/tensors_of.hpp"

namespace xtape::nn {

namespace detail {
Graph graph_of_call(ModuleBase& model, const std::vector<Tensor>& inputs,
                    const std::function<std::vector<Tensor>()>& run);
}  // namespace detail

/// Calls the model once, in the mode that it is in, and gives what it computed: to_dot(graph_of(model, x))
/// draws it. Inputs are called "x", or "x0", "x1", ..., results "y" or "y0", "y1", ..., parameters and
/// buffers as in named_parameters() and named_buffers().
template <std::derived_from<ModuleBase> M, class... Inputs>
requires std::invocable<M&, const Inputs&...> Graph graph_of(M& model, const Inputs&... inputs) {
  return detail::graph_of_call(model, detail::tensors_of(inputs...),
                               [&] { return detail::tensors_of(model(inputs...)); });
}

/// The ops that y was computed by, with the model's parameters by name.
std::string to_dot(const Tensor& y, const ModuleBase& model);

}  // namespace xtape::nn
