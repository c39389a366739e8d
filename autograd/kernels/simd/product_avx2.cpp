// The loops of products for AVX2 with FMA. Compiled with -mavx2 -mfma; they run only where the processor
// can.
#include "autograd/kernels/simd/gemm_loops.hpp"

namespace xtape::kernels::avx2 {

using Arch = xsimd::fma3<xsimd::avx2>;

extern constinit const ProductTable<float> product_f32 = loops::make_product_table<Arch, float>();
extern constinit const ProductTable<double> product_f64 = loops::make_product_table<Arch, double>();

}  // namespace xtape::kernels::avx2
