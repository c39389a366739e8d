// The two bits of x86's control register for floating point: results that are flushed, operands that are.
#include "autograd/base/denormals.hpp"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace xtape {

bool set_flush_denormal([[maybe_unused]] bool flush) {
#if defined(__x86_64__)
  constexpr unsigned results = 1U << 15, operands = 1U << 6;
  _mm_setcsr(flush ? _mm_getcsr() | results | operands : _mm_getcsr() & ~(results | operands));
  return true;
#else
  return false;
#endif
}

}  // namespace xtape
