// The loops of products for AVX-512 (F, CD, DQ, BW), for which alone this file is compiled; they run only
// where the processor can.
#include "autograd/kernels/simd/gemm_loops.hpp"

namespace xtape::kernels::avx512 {

using Arch = xsimd::avx512bw;

extern constinit const ProductTable<float> product_f32 = loops::make_product_table<Arch, float>();
extern constinit const ProductTable<double> product_f64 = loops::make_product_table<Arch, double>();

}  // namespace xtape::kernels::avx512
