// The instruction set of the kernels, chosen once: the best that processor and build have.
// XTAPE_ISA=baseline, avx2 or avx512 in the environment forces one.
#pragma once

namespace xtape {

/// Each has what the ones before have: the architecture's own; AVX2 with FMA; AVX-512 (F, CD, DQ, BW), for
/// which only products and convolutions have loops.
enum class Isa { baseline, avx2, avx512 };

/// Throws Error where XTAPE_ISA asks for what there is not.
Isa isa();

}  // namespace xtape
