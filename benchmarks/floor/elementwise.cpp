// Rows are shared out among the threads; a pass reads and writes each number once where it can.
#include "benchmarks/floor/elementwise.hpp"

#include <cmath>

#include "benchmarks/harness/workloads.hpp"

namespace hand {

namespace {

using namespace bench;

double sum_abs(const Buffer& values) {
  double total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) total += std::abs(values.data()[i]);
  return total;
}

Buffer matrix(std::uint32_t seed, int columns, float scale) {
  return Buffer(uniform(seed, std::size_t(kRows) * std::size_t(columns), scale));
}

/// Keeps the compiler from joining the ops on both sides: each is to read and write memory, as an op does.
void next_op() { asm volatile("" ::: "memory"); }

}  // namespace

Chain::Chain()
    : x_(uniform(kSeedX, kChainWidth, 1)),
      values_(std::size_t(3) * kChainSteps * kChainWidth),
      grad_(kChainWidth) {}

void Chain::step() {
  constexpr auto factor = float(kChainFactor), offset = float(kChainOffset);
  const float* in = x_.data();
  float* out = values_.data();
  const auto advance = [&] {
    next_op();
    in = out;
    out += kChainWidth;
  };
  for (int i = 0; i < kChainSteps; ++i) {
    for (int k = 0; k < kChainWidth; ++k) out[k] = in[k] * factor;
    advance();
    for (int k = 0; k < kChainWidth; ++k) out[k] = in[k] + offset;
    advance();
    for (int k = 0; k < kChainWidth; ++k) out[k] = in[k] > 0 ? in[k] : 0;
    advance();
  }
  float sum = 0;
  for (int k = 0; k < kChainWidth; ++k) sum += in[k];
  [[maybe_unused]] volatile float keep = sum;

  float* g = grad_.data();
  for (int k = 0; k < kChainWidth; ++k) g[k] = 1;
  for (int i = kChainSteps; i > 0; --i) {
    const float* y = values_.data() + (3 * i - 1) * kChainWidth;
    for (int k = 0; k < kChainWidth; ++k) g[k] = y[k] > 0 ? g[k] : 0;
    next_op();
    for (int k = 0; k < kChainWidth; ++k) g[k] *= 1.0f;
    next_op();
    for (int k = 0; k < kChainWidth; ++k) g[k] *= factor;
    next_op();
  }
}

double Chain::gradient_sum() const {
  double total = 0;
  for (int k = 0; k < kChainWidth; ++k) total += grad_.data()[k];
  return total;
}

LogSoftmax::LogSoftmax(Threads& threads)
    : threads_(threads),
      x_(matrix(kSeedX, kLsmColumns, 4)),
      gradient_(matrix(kSeedY, kLsmColumns, 1)),
      y_(x_.size()),
      x_grad_(x_.size()) {}

void LogSoftmax::step() {
  threads_.each([this](int thread) { forward(part(kRows, thread, threads_.count())); });
  threads_.each([this](int thread) { back(part(kRows, thread, threads_.count())); });
}

void LogSoftmax::forward(Range rows) {
  for (int row = rows.begin; row < rows.end; ++row) {
    const float* x = x_.data() + long(row) * kLsmColumns;
    float* y = y_.data() + long(row) * kLsmColumns;
    float greatest = x[0], total = 0;
    for (int j = 0; j < kLsmColumns; ++j) greatest = x[j] > greatest ? x[j] : greatest;
    for (int j = 0; j < kLsmColumns; ++j) total += std::exp(x[j] - greatest);
    const float log_sum = greatest + std::log(total);
    for (int j = 0; j < kLsmColumns; ++j) y[j] = x[j] - log_sum;
  }
}

void LogSoftmax::back(Range rows) {
  for (int row = rows.begin; row < rows.end; ++row) {
    const long at = long(row) * kLsmColumns;
    const float *y = y_.data() + at, *g = gradient_.data() + at;
    float* dx = x_grad_.data() + at;
    float total = 0;
    for (int j = 0; j < kLsmColumns; ++j) total += g[j];
    for (int j = 0; j < kLsmColumns; ++j) dx[j] = g[j] - std::exp(y[j]) * total;
  }
}

double LogSoftmax::gradient_size() const { return sum_abs(x_grad_); }

BiasRelu::BiasRelu(Threads& threads)
    : threads_(threads),
      x_(matrix(kSeedX, kReluColumns, 1)),
      bias_(uniform(kSeedWeight, kReluColumns, 1)),
      gradient_(matrix(kSeedY, kReluColumns, 1)),
      y_(x_.size()),
      x_grad_(x_.size()),
      bias_grad_(kReluColumns),
      bias_grad_parts_(std::size_t(threads.count()) * kReluColumns) {}

void BiasRelu::step() {
  threads_.each([this](int thread) { forward(part(kRows, thread, threads_.count())); });
  threads_.each([this](int thread) { back(thread); });
  for (int j = 0; j < kReluColumns; ++j) {
    float total = 0;
    for (int t = 0; t < threads_.count(); ++t) total += bias_grad_parts_.data()[t * kReluColumns + j];
    bias_grad_.data()[j] = total;
  }
}

void BiasRelu::forward(Range rows) {
  for (int row = rows.begin; row < rows.end; ++row) {
    const float *x = x_.data() + long(row) * kReluColumns, *bias = bias_.data();
    float* y = y_.data() + long(row) * kReluColumns;
    for (int j = 0; j < kReluColumns; ++j) y[j] = x[j] + bias[j] > 0 ? x[j] + bias[j] : 0;
  }
}

void BiasRelu::back(int thread) {
  const Range rows = part(kRows, thread, threads_.count());
  float* sums = bias_grad_parts_.data() + thread * kReluColumns;
  for (int j = 0; j < kReluColumns; ++j) sums[j] = 0;
  for (int row = rows.begin; row < rows.end; ++row) {
    const long at = long(row) * kReluColumns;
    const float *y = y_.data() + at, *g = gradient_.data() + at;
    float* dx = x_grad_.data() + at;
    for (int j = 0; j < kReluColumns; ++j) sums[j] += dx[j] = y[j] > 0 ? g[j] : 0;
  }
}

double BiasRelu::gradient_size() const { return sum_abs(x_grad_); }

}  // namespace hand
