// The baseline of the architecture: the instructions that each of its processors has.
#pragma once

#include <xsimd/xsimd.hpp>

namespace xtape::kernels::baseline {

#if defined(__x86_64__)
using Arch = xsimd::sse2;
#else
using Arch = xsimd::default_arch;
#endif

}  // namespace xtape::kernels::baseline
