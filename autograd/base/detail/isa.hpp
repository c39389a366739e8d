// The instruction set of the kernels, chosen once: AVX2 with FMA where processor and build have it, else the
// baseline of the architecture. XTAPE_ISA=baseline (or avx2) in the environment forces one.
#pragma once

namespace xtape {

/// Throws Error where XTAPE_ISA asks for what there is not.
bool use_avx2();

}  // namespace xtape
