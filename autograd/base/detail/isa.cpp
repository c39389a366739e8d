// The choice of the instruction set.
#include "autograd/base/detail/isa.hpp"

#include <cstdlib>
#include <string_view>

#include "autograd/base/error.hpp"

namespace xtape {

namespace {

bool choose_avx2() {
  const char* forced = std::getenv("XTAPE_ISA");
  const std::string_view isa = forced ? forced : "";
  check(isa.empty() || isa == "baseline" || isa == "avx2", "XTAPE_ISA={}: expected baseline or avx2", isa);
#ifdef XTAPE_HAS_AVX2
  const bool able = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  const bool able = false;
#endif
  check(isa != "avx2" || able, "XTAPE_ISA=avx2: this processor (or this build) has no AVX2 with FMA");
  return able && isa != "baseline";
}

}  // namespace

bool use_avx2() {
  static const bool chosen = choose_avx2();
  return chosen;
}

}  // namespace xtape
