// The loops of convolutions for this processor.
#include "autograd/kernels/simd/conv_table.hpp"

#include "autograd/base/detail/isa.hpp"

namespace xtape::kernels {

#ifdef XTAPE_HAS_AVX2
template <>
const ConvTable<float>& conv_simd<float>() {
  switch (isa()) {
    case Isa::avx512: return avx512::conv_f32;
    case Isa::avx2: return avx2::conv_f32;
    default: return baseline::conv_f32;
  }
}
template <>
const ConvTable<double>& conv_simd<double>() {
  switch (isa()) {
    case Isa::avx512: return avx512::conv_f64;
    case Isa::avx2: return avx2::conv_f64;
    default: return baseline::conv_f64;
  }
}
#else
template <>
const ConvTable<float>& conv_simd<float>() {
  return baseline::conv_f32;
}
template <>
const ConvTable<double>& conv_simd<double>() {
  return baseline::conv_f64;
}
#endif

}  // namespace xtape::kernels
