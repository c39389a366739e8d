// The file's name in front of what does not fit the module.
#include "nn/module/save.hpp"

#include "nn/detail/named_source.hpp"

namespace xtape {

void load(nn::ModuleBase& module, const io::Source& source, const LoadOptions& options) {
  const StateDict dict = load(source, options);
  nn::detail::naming(source, [&] { module.load_state_dict(dict); });
}

}  // namespace xtape
