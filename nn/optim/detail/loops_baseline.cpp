// The update rules for the baseline of the architecture, and the choice between the two.
#include "autograd/base/detail/isa.hpp"
#include "nn/optim/detail/loops.hpp"

namespace xtape::optim::update {

namespace baseline {

struct Isa {
  static constexpr bool has_fma = false;
};

extern constinit const Loops<float> loops_f32 = make_loops<Isa, float>();
extern constinit const Loops<double> loops_f64 = make_loops<Isa, double>();

}  // namespace baseline

#ifdef XTAPE_HAS_AVX2
template <>
const Loops<float>& loops<float>() {
  return isa() >= Isa::avx2 ? avx2::loops_f32 : baseline::loops_f32;
}
template <>
const Loops<double>& loops<double>() {
  return isa() >= Isa::avx2 ? avx2::loops_f64 : baseline::loops_f64;
}
#else
template <>
const Loops<float>& loops<float>() {
  return baseline::loops_f32;
}
template <>
const Loops<double>& loops<double>() {
  return baseline::loops_f64;
}
#endif

}  // namespace xtape::optim::update
