// The loops of convolutions for the baseline of the architecture.
#include "autograd/kernels/simd/baseline.hpp"
#include "autograd/kernels/simd/conv_loops.hpp"

namespace xtape::kernels::baseline {

extern constinit const ConvTable<float> conv_f32 = loops::make_conv_table<Arch, float>();
extern constinit const ConvTable<double> conv_f64 = loops::make_conv_table<Arch, double>();

}  // namespace xtape::kernels::baseline
