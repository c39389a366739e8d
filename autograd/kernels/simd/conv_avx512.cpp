// The loops of convolutions for AVX-512 (F, CD, DQ, BW), for which alone this file is compiled; they run only
// where the processor can.
#include "autograd/kernels/simd/conv_loops.hpp"

namespace xtape::kernels::avx512 {

using Arch = xsimd::avx512bw;

extern constinit const ConvTable<float> conv_f32 = loops::make_conv_table<Arch, float>();
extern constinit const ConvTable<double> conv_f64 = loops::make_conv_table<Arch, double>();

}  // namespace xtape::kernels::avx512
