// What the kernels of the recurrent layers share: states before a step, products of a few rows with one
// weight over and over, and rows of the batch for threads.
#pragma once

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/elements.hpp"
#include "autograd/kernels/recurrent.hpp"
#include "autograd/kernels/simd/product_table.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

/// A matrix {k, n}, copied into panels as wide as the tiles of the loops of small products. BLAS would pack
/// it anew for each step, for few rows.
template <class T>
class PackedMatrix {
 public:
  PackedMatrix(std::int64_t k, std::int64_t n, const StridedMatrix<T>& b)
      : k_(k), n_(n), width_(product_simd<T>().tile_columns) {
    const std::int64_t panels = (n + width_ - 1) / width_;
    buffer_ = detail::make_tensor({panels, k, width_}, dtype_of<T>());
    for_each(panels, grain_of(k * width_), [&](std::int64_t panel) {
      T* to = elements<T>(buffer_) + panel * k * width_;
      const T* from = b.data + panel * width_ * b.column;
      const std::int64_t columns = std::min(width_, n - panel * width_);
      for (std::int64_t l = 0; l < k; ++l) {
        for (std::int64_t j = 0; j < width_; ++j)
          to[l * width_ + j] = j < columns ? from[l * b.row + j * b.column] : T(0);
      }
    });
  }

  /// c = a b + start for m rows, which lie so far apart; a null start is none.
  void multiply(std::int64_t m, const T* a, std::int64_t a_row, const T* start, std::int64_t start_row, T* c,
                std::int64_t c_row) const {
    for (std::int64_t begin = 0; begin < n_; begin += width_) {
      product_simd<T>().gemm({.m = m,
                              .n = std::min(width_, n_ - begin),
                              .k = k_,
                              .a = {a, a_row, 1},
                              .b = {elements<T>(buffer_) + begin * k_, width_, 1},
                              .start = start == nullptr ? nullptr : start + begin,
                              .start_row = start_row,
                              .c = c + begin,
                              .c_row = c_row});
    }
  }
  /// c += a b
  void add_product(std::int64_t m, const T* a, std::int64_t a_row, T* c, std::int64_t c_row) const {
    multiply(m, a, a_row, c, c_row, c, c_row);
  }

 private:
  std::int64_t k_, n_, width_;
  Tensor buffer_;
};

/// w^T of the rows [first, first + n) of a weight {.., k}.
template <class T>
PackedMatrix<T> packed_transpose(const Tensor& weight, std::int64_t first, std::int64_t n) {
  const std::int64_t k = weight.shape()[1];
  return {k, n, StridedMatrix<T>{elements<T>(weight) + first * k, 1, k}};
}
/// The rows [first, first + k) of a weight {.., n}.
template <class T>
PackedMatrix<T> packed_rows(const Tensor& weight, std::int64_t first, std::int64_t k) {
  const std::int64_t n = weight.shape()[1];
  return {k, n, StridedMatrix<T>{elements<T>(weight) + first * n, n, 1}};
}

/// A state of all steps, and the one before the first.
template <class T>
struct States {
  States(const Tensor& initial_state, const Tensor& of_all_steps)
      : initial(elements<T>(initial_state)), all(elements<T>(of_all_steps)), size(initial_state.shape()[1]) {}

  /// Where Steps::before found the state of row `begin` of the batch.
  const T* before(std::int64_t begin, std::int64_t row) const {
    return row == Steps::kInitial ? initial + begin * size : all + row * size;
  }
  T* after(std::int64_t row) const { return all + row * size; }

  T* initial;
  T* all;
  std::int64_t size;
};

/// Calls f(begin, end) for parts of the batch, which threads share: rows do not see each other, so each
/// thread runs through all steps of its own. 16 rows use the loops of products well, and some 50 us are worth
/// waking a thread.
template <class F>
void for_each_part(const Steps& steps, std::int64_t operations_of_a_step, const F& f) {
  constexpr std::int64_t least = 16, worth = 4'000'000;
  const double of_least = static_cast<double>(least) * static_cast<double>(steps.count()) *
                          static_cast<double>(operations_of_a_step);
  const auto wanted = static_cast<std::int64_t>(static_cast<double>(worth) / std::max(of_least, 1.0)) + 1;
  parallel_for(steps.batch(), least * wanted, f);
}

/// Calls f(t, begin, end) for each step that has rows of the part [begin, end) of the batch, in the order
/// they run.
template <class F>
void for_each_step(const Steps& steps, std::int64_t begin, std::int64_t end, const F& f) {
  for (std::int64_t i = 0; i < steps.count(); ++i) {
    const std::int64_t t = steps.step(i), last = std::min(end, steps.size(t));
    if (begin < last) f(t, begin, last);
  }
}
/// The same from the last one back.
template <class F>
void for_each_step_back(const Steps& steps, std::int64_t begin, std::int64_t end, const F& f) {
  for (std::int64_t i = steps.count() - 1; i >= 0; --i) {
    const std::int64_t t = steps.step(i), last = std::min(end, steps.size(t));
    if (begin < last) f(t, begin, last);
  }
}

/// sum += g, of n numbers; an undefined g is null.
template <class T>
void add_gradient(const T* g, T* sum, std::int64_t n) {
  if (g != nullptr) simd<T>().binary[static_cast<std::size_t>(Binary::add)](sum, g, sum, n);
}
/// Where row `row` of a gradient begins, or null where it is undefined.
template <class T>
const T* gradient_at(const Tensor& g, std::int64_t row) {
  return g.defined() ? elements<T>(g) + row * g.shape()[1] : nullptr;
}

/// Zeros where the gradients of initial states are collected.
Tensor zero_states(std::int64_t batch, const Tensor& like);

}  // namespace xtape::kernels
