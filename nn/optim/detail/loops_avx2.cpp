// The update rules for AVX2 with FMA. Compiled with -mavx2 -mfma; it runs only where the processor can.
#include "nn/optim/detail/loops.hpp"

namespace xtape::optim::update {

namespace avx2 {

struct Isa {
  static constexpr bool has_fma = true;
};

extern constinit const Loops<float> loops_f32 = make_loops<Isa, float>();
extern constinit const Loops<double> loops_f64 = make_loops<Isa, double>();

}  // namespace avx2

}  // namespace xtape::optim::update
