// Plain loops, for the compiler to vectorise: this folder alone is compiled with -ffast-math for the
// processor at hand, since a floor may take what a library may not.
#include "benchmarks/floor/loops.hpp"

#include <cmath>

#include "benchmarks/harness/workloads.hpp"

namespace hand {

void add_bias(float* y, const float* bias, int rows, int columns, Activation f) {
  for (int row = 0; row < rows; ++row, y += columns) {
    if (f == Activation::relu) {
      for (int j = 0; j < columns; ++j) y[j] = y[j] + bias[j] > 0 ? y[j] + bias[j] : 0;
    } else if (f == Activation::tanh) {
      for (int j = 0; j < columns; ++j) y[j] = std::tanh(y[j] + bias[j]);
    } else if (f == Activation::sigmoid) {
      for (int j = 0; j < columns; ++j) y[j] = 1 / (1 + std::exp(-(y[j] + bias[j])));
    } else {
      for (int j = 0; j < columns; ++j) y[j] += bias[j];
    }
  }
}

void dropout(float* y, long n, float p, std::uint32_t seed) {
  const auto cut = static_cast<std::uint32_t>(p * 16777216.0f);
  const float scale = 1 / (1 - p);
  for (long i = 0; i < n; ++i) {
    const bool kept = bench::mix(seed, static_cast<std::uint32_t>(i)) >> 8 >= cut;
    y[i] = kept ? y[i] * scale : 0;
  }
}

void gate(float* g, const float* y, long n, float scale) {
  for (long i = 0; i < n; ++i) g[i] = y[i] > 0 ? g[i] * scale : 0;
}

void tanh_back(float* g, const float* y, long n) {
  for (long i = 0; i < n; ++i) g[i] *= 1 - y[i] * y[i];
}

double squared_error(float* y, const float* target, long n, float scale, bool sigmoid) {
  float total = 0;
  for (long i = 0; i < n; ++i) {
    const float difference = y[i] - target[i], slope = sigmoid ? y[i] * (1 - y[i]) : 1;
    total += difference * difference;
    y[i] = 2 * scale * difference * slope;
  }
  return total;
}

void sum_columns(const float* g, int rows, int stride, Range columns, float* sums) {
  for (int j = columns.begin; j < columns.end; ++j) sums[j] = 0;
  for (int row = 0; row < rows; ++row, g += stride)
    for (int j = columns.begin; j < columns.end; ++j) sums[j] += g[j];
}

double sgd(float* w, const float* g, long n, float lr, float decay, bool want_squares) {
  float squares = 0;
  if (want_squares)
    for (long i = 0; i < n; ++i) squares += w[i] * w[i], w[i] -= lr * (g[i] + decay * w[i]);
  else
    for (long i = 0; i < n; ++i) w[i] -= lr * (g[i] + decay * w[i]);
  return squares;
}

AdamStep adam_step(float lr, long t) {
  const auto power = static_cast<float>(t);
  return {lr / (1 - std::pow(0.9f, power)), 1 / std::sqrt(1 - std::pow(0.999f, power))};
}

void adam(float* w, const float* g, float* m, float* v, long n, const AdamStep& step) {
  for (long i = 0; i < n; ++i) {
    m[i] = 0.9f * m[i] + 0.1f * g[i];
    v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
    w[i] -= step.step * m[i] / (std::sqrt(v[i]) * step.scale + 1e-8f);
  }
}

}  // namespace hand
