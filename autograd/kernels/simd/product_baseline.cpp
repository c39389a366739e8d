// The loops of products for the baseline of the architecture.
#include "autograd/kernels/simd/baseline.hpp"
#include "autograd/kernels/simd/gemm_loops.hpp"

namespace xtape::kernels::baseline {

extern constinit const ProductTable<float> product_f32 = loops::make_product_table<Arch, float>();
extern constinit const ProductTable<double> product_f64 = loops::make_product_table<Arch, double>();

}  // namespace xtape::kernels::baseline
