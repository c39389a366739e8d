// The loops of convolutions for AVX2 with FMA. Compiled with -mavx2 -mfma; they run only where the processor
// can.
#include "autograd/kernels/simd/conv_loops.hpp"

namespace xtape::kernels::avx2 {

using Arch = xsimd::fma3<xsimd::avx2>;

extern constinit const ConvTable<float> conv_f32 = loops::make_conv_table<Arch, float>();
extern constinit const ConvTable<double> conv_f64 = loops::make_conv_table<Arch, double>();

}  // namespace xtape::kernels::avx2
