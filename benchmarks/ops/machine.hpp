// What the machine gives at most: the rates that an op's own rates stand beside.
#pragma once

#include <cstddef>

namespace bench {

/// Bytes read and written per second by copying so many bytes within memory, on all threads of the pool.
double copy_rate(std::size_t bytes);

/// Floating-point operations per second of float32 products of 1024 x 1024 matrices, one for each thread.
double sgemm_rate();

}  // namespace bench
