// The hot loops for AVX2 with FMA. Only this file is compiled with -mavx2 -mfma; it runs only where the
// processor can.
#include "autograd/kernels/simd/loops.hpp"

namespace xtape::kernels::avx2 {

using Arch = xsimd::fma3<xsimd::avx2>;

extern constinit const SimdTable<float> table_f32 = loops::make_table<Arch, float>();
extern constinit const SimdTable<double> table_f64 = loops::make_table<Arch, double>();

}  // namespace xtape::kernels::avx2
