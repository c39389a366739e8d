// An optimiser's state_dict to a file and back, in one call.
#pragma once

#include <concepts>
#include <string>

#include "files/save.hpp"
#include "nn/optim/optimizer.hpp"

namespace xtape {

/// save(optimizer.state_dict(), path): the extension names the format. The names are xtape's, one for each
/// tensor and each option; torch.load reads a .pt as a flat dictionary, which no optimiser of PyTorch takes.
template <std::derived_from<optim::Optimizer> O>
void save(const O& optimizer, const std::string& path, const SaveOptions& options = {}) {
  save(optimizer.state_dict(), path, options);
}

/// optimizer.load_state_dict(load(source, options)). An Error names the file too.
void load(optim::Optimizer& optimizer, const io::Source& source, const LoadOptions& options = {});

}  // namespace xtape
