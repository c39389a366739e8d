// The recurrent layer of one product and one function, and the gradient of the weight of all recurrent
// layers.
#include "autograd/kernels/recurrent.hpp"

#include <vector>

#include "autograd/kernels/gemm.hpp"
#include "autograd/kernels/state_product.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// Rows of d, and rows of the states before them, each in one piece.
struct Run {
  std::int64_t d, count, state;
  bool is_initial;
};

/// As few as there may be: two where all sequences are of one length.
std::vector<Run> runs_of(const Steps& steps) {
  std::vector<Run> runs;
  for (std::int64_t t = 0; t < steps.count(); ++t) {
    steps.before(t, 0, steps.size(t), [&](std::int64_t begin, std::int64_t end, std::int64_t row) {
      const bool is_initial = row == Steps::kInitial;
      const Run run{steps.begin(t) + begin, end - begin, is_initial ? begin : row, is_initial};
      if (!runs.empty()) {
        Run& last = runs.back();
        if (last.is_initial == run.is_initial && last.d + last.count == run.d &&
            last.state + last.count == run.state) {
          last.count += run.count;
          return;
        }
      }
      runs.push_back(run);
    });
  }
  return runs;
}

}  // namespace

Tensor zero_states(std::int64_t batch, const Tensor& like) {
  const Tensor zeros = make_tensor({batch, like.shape()[1]}, like.dtype());
  visit_floating(like.dtype(), "zero_states",
                 [&](auto zero) { std::fill_n(elements<decltype(zero)>(zeros), zeros.numel(), zero); });
  return zeros;
}

Tensor weight_gradient(const Steps& steps, const std::vector<GateGradients>& parts, const Tensor& h0,
                       const Tensor& h) {
  const std::int64_t size = h0.shape()[1];
  std::int64_t columns = 0;
  for (const GateGradients& part : parts) columns += part.columns;
  const Tensor result = make_tensor({columns, size}, h0.dtype());
  const std::vector<Run> runs = runs_of(steps);
  visit_floating(h0.dtype(), "weight_gradient", [&](auto zero) {
    using T = decltype(zero);
    T* sum = elements<T>(result);
    if (runs.empty()) std::fill_n(sum, result.numel(), T(0));
    for (const GateGradients& part : parts) {
      const std::int64_t width = part.d.shape()[1];
      for (const Run& run : runs) {
        const T* states = elements<T>(run.is_initial ? h0 : h) + run.state * size;
        gemm<T>(part.columns, size, run.count, {elements<T>(part.d) + run.d * width, width, true},
                {states, size}, &run != runs.data(), sum);
      }
      sum += part.columns * size;
    }
  });
  return result;
}

void rnn(const Steps& steps, bool relu, const Tensor& weight, const Tensor& h0, const Tensor& a) {
  const std::int64_t size = weight.shape()[1];
  visit_floating(a.dtype(), "rnn", [&](auto zero) {
    using T = decltype(zero);
    const PackedMatrix<T> w = packed_transpose<T>(weight, 0, size);
    const States<T> h(h0, a);
    const auto function = simd<T>().unary[static_cast<std::size_t>(relu ? Unary::relu : Unary::tanh)];
    for_each_part(steps, 2 * size * size, [&](std::int64_t first, std::int64_t last) {
      for_each_step(steps, first, last, [&](std::int64_t t, std::int64_t begin, std::int64_t end) {
        steps.before(t, begin, end, [&](std::int64_t from, std::int64_t to, std::int64_t row) {
          w.add_product(to - from, h.before(from, row), size, h.after(steps.begin(t) + from), size);
        });
        T* state = h.after(steps.begin(t) + begin);
        function(state, state, (end - begin) * size, T(0), T(0));
      });
    });
  });
}

std::array<Tensor, 2> rnn_backward(const Steps& steps, bool relu, const Tensor& weight, const Tensor& h,
                                   const Tensor& g) {
  const std::int64_t size = weight.shape()[1];
  const Tensor da = make_tensor_like(h), dh0 = zero_states(steps.batch(), h);
  visit_floating(h.dtype(), "rnn_backward", [&](auto zero) {
    using T = decltype(zero);
    const PackedMatrix<T> w = packed_rows<T>(weight, 0, size);
    const auto backward =
        simd<T>().binary[static_cast<std::size_t>(relu ? Binary::gate : Binary::tanh_backward)];
    for_each_part(steps, 2 * size * size, [&](std::int64_t first, std::int64_t last) {
      for_each_step_back(steps, first, last, [&](std::int64_t t, std::int64_t begin, std::int64_t end) {
        const std::int64_t row = steps.begin(t) + begin, n = (end - begin) * size;
        T *dh = elements<T>(dh0) + begin * size, *d = elements<T>(da) + row * size;
        add_gradient(gradient_at<T>(g, row), dh, n);
        backward(dh, elements<T>(h) + row * size, d, n);
        w.multiply(end - begin, d, size, nullptr, 0, dh, size);
      });
    });
  });
  return {da, dh0};
}

}  // namespace xtape::kernels
