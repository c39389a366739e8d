// The file's name in front of what does not fit the optimiser.
#include "nn/optim/save.hpp"

#include "nn/detail/named_source.hpp"

namespace xtape {

void load(optim::Optimizer& optimizer, const io::Source& source, const LoadOptions& options) {
  const StateDict dict = load(source, options);
  nn::detail::naming(source, [&] { optimizer.load_state_dict(dict); });
}

}  // namespace xtape
