// The loops of convolutions for the baseline of the architecture: SSE2 on x86-64.
#include "autograd/kernels/simd/conv_loops.hpp"

namespace xtape::kernels::baseline {

#if defined(__x86_64__)
using Arch = xsimd::sse2;
#else
using Arch = xsimd::default_arch;
#endif

extern constinit const ConvTable<float> conv_f32 = loops::make_conv_table<Arch, float>();
extern constinit const ConvTable<double> conv_f64 = loops::make_conv_table<Arch, double>();

}  // namespace xtape::kernels::baseline
