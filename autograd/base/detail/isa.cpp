// The choice of the instruction set.
#include "autograd/base/detail/isa.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "autograd/base/error.hpp"

namespace xtape {

namespace {

Isa best() {
#ifdef XTAPE_HAS_AVX2
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return Isa::baseline;
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  return wide ? Isa::avx512 : Isa::avx2;
#else
  return Isa::baseline;
#endif
}

Isa choose() {
  const char* forced = std::getenv("XTAPE_ISA");
  const std::string_view wanted = forced ? forced : "";
  if (wanted.empty()) return best();
  constexpr std::array<std::string_view, 3> names{"baseline", "avx2", "avx512"};
  const auto found = std::find(names.begin(), names.end(), wanted);
  check(found != names.end(), "XTAPE_ISA={}: expected baseline, avx2 or avx512", wanted);
  const auto isa = static_cast<Isa>(found - names.begin());
  check(isa <= best(), "XTAPE_ISA={}: this processor (or this build) has {} at most", wanted,
        names[static_cast<std::size_t>(best())]);
  return isa;
}

}  // namespace

Isa isa() {
  static const Isa chosen = choose();
  return chosen;
}

}  // namespace xtape
