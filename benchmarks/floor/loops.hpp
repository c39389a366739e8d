// The loops between the products: one pass each, over as much as can be done in one.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "benchmarks/floor/threads.hpp"

namespace hand {

enum class Activation { none, relu, tanh, sigmoid };

/// y = f(y + bias) on rows of `columns`.
void add_bias(float* y, const float* bias, int rows, int columns, Activation f);
/// Drops with probability p, by a counter, and scales the rest by 1 / (1 - p).
void dropout(float* y, long n, float p, std::uint32_t seed);
/// Gives the sum of the rows' losses; y becomes scale (softmax(y) - one_hot(label)). Inline, for callers
/// whose number of columns is a constant.
inline double cross_entropy(float* y, const std::int64_t* labels, int rows, int columns, float scale) {
  double loss = 0;
  for (int row = 0; row < rows; ++row, y += columns) {
    float greatest = y[0], total = 0;
    for (int j = 1; j < columns; ++j) greatest = std::max(greatest, y[j]);
    const float at_label = y[labels[row]] - greatest;
    for (int j = 0; j < columns; ++j) total += y[j] = std::exp(y[j] - greatest);
    loss += std::log(total) - at_label;
    for (int j = 0; j < columns; ++j) y[j] *= scale / total;
    y[labels[row]] -= scale;
  }
  return loss;
}
/// g = scale g where y > 0, else 0
void gate(float* g, const float* y, long n, float scale);
/// g = g (1 - y^2)
void tanh_back(float* g, const float* y, long n);
/// Gives the sum of (y - target)^2; y becomes 2 scale (y - target), times y (1 - y) of a sigmoid.
double squared_error(float* y, const float* target, long n, float scale, bool sigmoid);
/// The columns' sums of g {rows, stride}.
void sum_columns(const float* g, int rows, int stride, Range columns, float* sums);

/// w -= lr (g + decay w); gives sum(w^2) of the old w where wanted, else 0.
double sgd(float* w, const float* g, long n, float lr, float decay, bool want_squares);

struct AdamStep {
  float step;   ///< lr / (1 - b1^t)
  float scale;  ///< 1 / sqrt(1 - b2^t)
};
/// At step t, with b1 = 0.9, b2 = 0.999 and eps = 1e-8.
AdamStep adam_step(float lr, long t);
void adam(float* w, const float* g, float* m, float* v, long n, const AdamStep& step);

}  // namespace hand
