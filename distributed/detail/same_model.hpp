// Whether all ranks have the same model, and how they come to have the same values.
#pragma once

#include "distributed/detail/engine.hpp"
#include "nn/module/module_base.hpp"

namespace xtape::distributed::detail {

/// Throws on every rank, with the first difference, unless all have the same parameters and buffers: names,
/// shapes, dtypes, order, and which of them require grad. `also` has to be the same text.
void check_same_model(Engine& engine, const nn::ModuleBase& model, const std::string& also);

/// Writes what rank 0 has into each of the tensors.
void broadcast_all(Engine& engine, const std::string& what, const std::vector<Tensor>& tensors);

}  // namespace xtape::distributed::detail
