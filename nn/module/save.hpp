// A module's state_dict to a file and back, in one call.
#pragma once

#include <concepts>
#include <string>

#include "files/save.hpp"
#include "nn/module/module_base.hpp"

namespace xtape {

/// save(module.state_dict(), path): the extension names the format.
template <std::derived_from<nn::ModuleBase> M>
void save(const M& module, const std::string& path, const SaveOptions& options = {}) {
  save(module.state_dict(), path, options);
}

/// module.load_state_dict(load(source, options)). An Error, which names the file too, lists all that is
/// missing, unexpected or of another shape or dtype; nothing has changed then.
void load(nn::ModuleBase& module, const io::Source& source, const LoadOptions& options = {});

}  // namespace xtape
