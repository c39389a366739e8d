// The LSTM over whole sequences.
#include "autograd/kernels/recurrent.hpp"
#include "autograd/kernels/state_product.hpp"

namespace xtape::kernels {

using namespace detail;

std::array<Tensor, 2> lstm(const Steps& steps, const Tensor& weight, const Tensor& h0, const Tensor& c0,
                           const Tensor& a) {
  const std::int64_t size = weight.shape()[1], width = 4 * size;
  const Tensor h_of_all = make_tensor({steps.rows(), size}, a.dtype()), c_of_all = make_tensor_like(h_of_all);
  visit_floating(a.dtype(), "lstm", [&](auto zero) {
    using T = decltype(zero);
    const PackedMatrix<T> w = packed_transpose<T>(weight, 0, width);
    const States<T> h(h0, h_of_all), c(c0, c_of_all);
    for_each_part(steps, 2 * width * size, [&](std::int64_t first, std::int64_t last) {
      for_each_step(steps, first, last, [&](std::int64_t t, std::int64_t begin, std::int64_t end) {
        steps.before(t, begin, end, [&](std::int64_t from, std::int64_t to, std::int64_t row) {
          const std::int64_t at = steps.begin(t) + from;
          T* gates = elements<T>(a) + at * width;
          w.add_product(to - from, h.before(from, row), size, gates, width);
          const T* before = c.before(from, row);
          for (std::int64_t i = 0; i < to - from; ++i)
            simd<T>().lstm(gates + i * width, before + i * size, c.after(at + i), h.after(at + i), size);
        });
      });
    });
  });
  return {h_of_all, c_of_all};
}

std::array<Tensor, 3> lstm_backward(const Steps& steps, const LstmValues& values, const Tensor& gh,
                                    const Tensor& gc) {
  const std::int64_t size = values.weight.shape()[1], width = 4 * size;
  const Tensor da = make_tensor_like(values.gates), dh0 = zero_states(steps.batch(), values.c),
               dc0 = zero_states(steps.batch(), values.c);
  visit_floating(da.dtype(), "lstm_backward", [&](auto zero) {
    using T = decltype(zero);
    const PackedMatrix<T> w = packed_rows<T>(values.weight, 0, width);
    const States<T> c(values.c0, values.c);
    for_each_part(steps, 2 * width * size, [&](std::int64_t first, std::int64_t last) {
      for_each_step_back(steps, first, last, [&](std::int64_t t, std::int64_t begin, std::int64_t end) {
        const std::int64_t top = steps.begin(t) + begin, n = end - begin;
        T *dh = elements<T>(dh0) + begin * size, *dc = elements<T>(dc0) + begin * size;
        add_gradient(gradient_at<T>(gh, top), dh, n * size);
        add_gradient(gradient_at<T>(gc, top), dc, n * size);
        steps.before(t, begin, end, [&](std::int64_t from, std::int64_t to, std::int64_t row) {
          const T* before = c.before(from, row);
          for (std::int64_t i = from; i < to; ++i) {
            const std::int64_t at = steps.begin(t) + i, of_batch = (i - begin) * size;
            simd<T>().lstm_backward({.gates = elements<T>(values.gates) + at * width,
                                     .before = before + (i - from) * size,
                                     .c = c.after(at),
                                     .dh = dh + of_batch,
                                     .dc = dc + of_batch,
                                     .da = elements<T>(da) + at * width},
                                    size);
          }
        });
        w.multiply(n, elements<T>(da) + top * width, width, nullptr, 0, dh, size);
      });
    });
  });
  return {da, dh0, dc0};
}

}  // namespace xtape::kernels
