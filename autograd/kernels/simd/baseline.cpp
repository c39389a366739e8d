// The hot loops for the baseline of the architecture: SSE2 on x86-64.
#include "autograd/kernels/simd/loops.hpp"

namespace xtape::kernels::baseline {

#if defined(__x86_64__)
using Arch = xsimd::sse2;
#else
using Arch = xsimd::default_arch;
#endif

extern constinit const SimdTable<float> table_f32 = loops::make_table<Arch, float>();
extern constinit const SimdTable<double> table_f64 = loops::make_table<Arch, double>();

}  // namespace xtape::kernels::baseline
