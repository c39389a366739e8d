// Tracing a call of a model, and names of what it met.
#include "nn/module/model_graph.hpp"

#include "autograd/graph/trace.hpp"

namespace xtape::nn {

namespace {

void name_all(Tracer& tracer, const std::vector<Tensor>& tensors, const std::string& name) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].defined())
      tracer.name(tensors[i], tensors.size() == 1 ? name : fmt::format("{}{}", name, i));
  }
}

/// A call of a module is known by what its handles share. Once it has a name, the graph lets go of that.
void name_scopes(Graph& graph, ModuleBase& model) {
  for (Graph::Scope& scope : graph.scopes) {
    for (const auto& [name, module] : model.named_modules()) {
      if (scope.module && module.is_called_in(scope)) scope.name = name;
    }
    scope.module.reset();
  }
}

}  // namespace

Graph detail::graph_of_call(ModuleBase& model, const std::vector<Tensor>& inputs,
                            const std::function<std::vector<Tensor>()>& run) {
  Tracer tracer;
  name_all(tracer, inputs, "x");
  for (const auto& named : {model.named_parameters(), model.named_buffers()}) {
    for (const auto& [name, x] : named) tracer.name(x, name);
  }
  name_all(tracer, run(), "y");
  Graph graph = tracer.graph();
  name_scopes(graph, model);
  return graph;
}

std::string to_dot(const Tensor& y, const ModuleBase& model) {
  TensorNames names;
  for (const auto& [name, parameter] : model.named_parameters()) names.emplace_back(name, parameter);
  return xtape::to_dot(y, names);
}

}  // namespace xtape::nn
