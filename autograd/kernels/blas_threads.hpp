// OpenBLAS runs on one thread: the pool splits large products, since two pools of threads would fight for the
// processors.
#pragma once

extern "C" void openblas_set_num_threads(int threads);
extern "C" char* openblas_get_corename();

namespace xtape::kernels {

/// Before every call of BLAS or LAPACK.
inline void use_one_blas_thread() {
  static const bool once = (openblas_set_num_threads(1), true);
  static_cast<void>(once);
}

}  // namespace xtape::kernels
