// Folding of constants in a trace, for who writes graphs down to be run elsewhere.
#pragma once

namespace xtape::detail {

/// From now on the thread's Tracer copies constants as they are met, so that later writes do not reach them,
/// and what depends on no named value is a constant: the output of such an op has Graph::Value::constant.
void fold_constants_of_trace();

}  // namespace xtape::detail
