// The loops of products for the baseline of the architecture: SSE2 on x86-64.
#include "autograd/kernels/simd/gemm_loops.hpp"

namespace xtape::kernels::baseline {

#if defined(__x86_64__)
using Arch = xsimd::sse2;
#else
using Arch = xsimd::default_arch;
#endif

extern constinit const ProductTable<float> product_f32 = loops::make_product_table<Arch, float>();
extern constinit const ProductTable<double> product_f64 = loops::make_product_table<Arch, double>();

}  // namespace xtape::kernels::baseline
