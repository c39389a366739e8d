// What becomes of numbers too small for full precision (1e-38 in float32), which processors compute with
// slowly.
#pragma once

namespace xtape {

/// Whether the calling thread, and the pool of threads while it works for it, take denormal numbers as 0:
/// faster where gradients fade out, as those of a net that has learnt its examples do. Off at first, as in
/// PyTorch. Gives whether this processor can; where it cannot, nothing changes.
bool set_flush_denormal(bool flush);

}  // namespace xtape
