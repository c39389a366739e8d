// The GRU over whole sequences.
#include "autograd/kernels/recurrent.hpp"
#include "autograd/kernels/state_product.hpp"

namespace xtape::kernels {

using namespace detail;

std::array<Tensor, 2> gru(const Steps& steps, const Tensor& weight, const Tensor& bias, const Tensor& h0,
                          const Tensor& a) {
  const std::int64_t size = weight.shape()[1], width = 3 * size;
  const Tensor h_of_all = make_tensor({steps.rows(), size}, a.dtype()), q_of_all = make_tensor_like(h_of_all);
  visit_floating(a.dtype(), "gru", [&](auto zero) {
    using T = decltype(zero);
    const PackedMatrix<T> w = packed_transpose<T>(weight, 0, 2 * size),
                          w_new = packed_transpose<T>(weight, 2 * size, size);
    const States<T> h(h0, h_of_all);
    for_each_part(steps, 2 * width * size, [&](std::int64_t first, std::int64_t last) {
      for_each_step(steps, first, last, [&](std::int64_t t, std::int64_t begin, std::int64_t end) {
        steps.before(t, begin, end, [&](std::int64_t from, std::int64_t to, std::int64_t row) {
          const std::int64_t at = steps.begin(t) + from;
          T *gates = elements<T>(a) + at * width, *q = elements<T>(q_of_all) + at * size;
          const T* before = h.before(from, row);
          w.add_product(to - from, before, size, gates, width);
          w_new.multiply(to - from, before, size, elements<T>(bias), 0, q, size);
          for (std::int64_t i = 0; i < to - from; ++i)
            simd<T>().gru(gates + i * width, q + i * size, before + i * size, h.after(at + i), size);
        });
      });
    });
  });
  return {h_of_all, q_of_all};
}

std::array<Tensor, 3> gru_backward(const Steps& steps, const GruValues& values, const Tensor& g) {
  const std::int64_t size = values.weight.shape()[1], width = 3 * size;
  const Tensor da = make_tensor_like(values.gates), dq = make_tensor_like(values.q),
               dh0 = zero_states(steps.batch(), values.h);
  visit_floating(da.dtype(), "gru_backward", [&](auto zero) {
    using T = decltype(zero);
    const PackedMatrix<T> w = packed_rows<T>(values.weight, 0, 2 * size),
                          w_new = packed_rows<T>(values.weight, 2 * size, size);
    const States<T> h(values.h0, values.h);
    for_each_part(steps, 2 * width * size, [&](std::int64_t first, std::int64_t last) {
      for_each_step_back(steps, first, last, [&](std::int64_t t, std::int64_t begin, std::int64_t end) {
        const std::int64_t top = steps.begin(t) + begin, n = end - begin;
        T* dh = elements<T>(dh0) + begin * size;
        add_gradient(gradient_at<T>(g, top), dh, n * size);
        steps.before(t, begin, end, [&](std::int64_t from, std::int64_t to, std::int64_t row) {
          const T* before = h.before(from, row);
          for (std::int64_t i = from; i < to; ++i) {
            const std::int64_t at = steps.begin(t) + i;
            simd<T>().gru_backward({.gates = elements<T>(values.gates) + at * width,
                                    .q = elements<T>(values.q) + at * size,
                                    .before = before + (i - from) * size,
                                    .dh = dh + (i - begin) * size,
                                    .da = elements<T>(da) + at * width,
                                    .dq = elements<T>(dq) + at * size},
                                   size);
          }
        });
        w.add_product(n, elements<T>(da) + top * width, width, dh, size);
        w_new.add_product(n, elements<T>(dq) + top * size, size, dh, size);
      });
    });
  });
  return {da, dq, dh0};
}

}  // namespace xtape::kernels
