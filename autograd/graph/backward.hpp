// backward() and grad(): replay what was recorded, newest first, which computes the gradients.
#pragma once

#include <optional>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

struct GradOptions {
  std::vector<Tensor> grad_outputs = {};  ///< one per output; ones for scalars where left out
  std::optional<bool> retain_graph = {};  ///< by default as create_graph
  bool create_graph = false;
  bool allow_unused = false;  ///< an input that no output depends on gives an undefined tensor, no Error
};

/// The gradients of the sum of `outputs` (weighted by grad_outputs) with respect to `inputs`; no .grad()
/// changes.
std::vector<Tensor> grad(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                         const GradOptions& options = {});

/// Accumulates into the leaves' .grad() for several outputs in one replay.
void backward(const std::vector<Tensor>& outputs, const std::vector<Tensor>& gradients = {},
              const BackwardOptions& options = {});

}  // namespace xtape
