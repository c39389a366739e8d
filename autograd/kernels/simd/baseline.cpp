// The hot loops for the baseline of the architecture.
#include "autograd/kernels/simd/baseline.hpp"
#include "autograd/kernels/simd/loops.hpp"

namespace xtape::kernels::baseline {

extern constinit const SimdTable<float> table_f32 = loops::make_table<Arch, float>();
extern constinit const SimdTable<double> table_f64 = loops::make_table<Arch, double>();

}  // namespace xtape::kernels::baseline
