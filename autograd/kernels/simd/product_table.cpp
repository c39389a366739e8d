// The loops of products for this processor.
#include "autograd/kernels/simd/product_table.hpp"

#include "autograd/base/detail/isa.hpp"

namespace xtape::kernels {

#ifdef XTAPE_HAS_AVX2
template <>
const ProductTable<float>& product_simd<float>() {
  switch (isa()) {
    case Isa::avx512: return avx512::product_f32;
    case Isa::avx2: return avx2::product_f32;
    default: return baseline::product_f32;
  }
}
template <>
const ProductTable<double>& product_simd<double>() {
  switch (isa()) {
    case Isa::avx512: return avx512::product_f64;
    case Isa::avx2: return avx2::product_f64;
    default: return baseline::product_f64;
  }
}
#else
template <>
const ProductTable<float>& product_simd<float>() {
  return baseline::product_f32;
}
template <>
const ProductTable<double>& product_simd<double>() {
  return baseline::product_f64;
}
#endif

}  // namespace xtape::kernels
