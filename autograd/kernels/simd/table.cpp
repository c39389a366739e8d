// The loops for this processor.
#include "autograd/kernels/simd/table.hpp"

#include "autograd/base/detail/isa.hpp"

namespace xtape::kernels {

#ifdef XTAPE_HAS_AVX2
template <>
const SimdTable<float>& simd<float>() {
  static const SimdTable<float>& table = isa() >= Isa::avx2 ? avx2::table_f32 : baseline::table_f32;
  return table;
}
template <>
const SimdTable<double>& simd<double>() {
  static const SimdTable<double>& table = isa() >= Isa::avx2 ? avx2::table_f64 : baseline::table_f64;
  return table;
}
#else
template <>
const SimdTable<float>& simd<float>() {
  return baseline::table_f32;
}
template <>
const SimdTable<double>& simd<double>() {
  return baseline::table_f64;
}
#endif

}  // namespace xtape::kernels
