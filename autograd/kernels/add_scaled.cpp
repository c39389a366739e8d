// y += a x.
#include "autograd/kernels/add_scaled.hpp"

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

using namespace detail;

void add_scaled(const Tensor& y, const Tensor& x, double a) {
  visit_floating(y.dtype(), "add_scaled", [&](auto zero) {
    using T = decltype(zero);
    const T* from = x.data<T>();
    T* to = y.data<T>();
    parallel_for(y.numel(), 1 << 16, [&](std::int64_t begin, std::int64_t end) {
      simd<T>().add_scaled(from + begin, to + begin, end - begin, static_cast<T>(a));
    });
  });
}

}  // namespace xtape::kernels
