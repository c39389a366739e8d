// Rows of 16 as two vectors of 8.
#include "benchmarks/floor/tiny_mlp.hpp"

#include <algorithm>
#include <iterator>

#include "benchmarks/floor/loops.hpp"

namespace hand {

TinyMlp::TinyMlp(const bench::Mlp& workload) : workload_(workload), labels_(workload.y()) {
  const std::vector<float> x = workload.x();
  std::copy(x.begin(), x.end(), &x_[0][0]);
  restart();
}

void TinyMlp::restart() {
  const std::vector<float> w0 = workload_.weight(0), w1 = workload_.weight(1), w2 = workload_.weight(2);
  const auto at = [](const std::vector<float>& w, int row, int column, int columns) {
    return w[static_cast<std::size_t>(row * columns + column)];
  };
  for (int o = 0; o < kHidden; ++o) {
    for (int i = 0; i < kIn; ++i) weight0_[i][o] = at(w0, o, i, kIn);
    for (int i = 0; i < kHidden; ++i) weight1_[i][o] = at(w1, o, i, kHidden);
    for (int i = 0; i < kOut; ++i) weight2_[i][o] = at(w2, i, o, kHidden);
  }
  bias0_ = bias1_ = {};
  std::fill(std::begin(bias2_), std::end(bias2_), 0.0f);
}

float TinyMlp::Row::sum() const {
  const Half t = low + high;
  return ((t[0] + t[1]) + (t[2] + t[3])) + ((t[4] + t[5]) + (t[6] + t[7]));
}

void TinyMlp::step() {
  forward();
  loss_ = cross_entropy(&scores_[0][0], labels_.data(), kBatch, kOut, 1.0f / kBatch) / kBatch;
  back();
}

void TinyMlp::forward() {
  for (int r = 0; r < kBatch; ++r) {
    const Row a = bias0_ + x_[r][0] * weight0_[0] + x_[r][1] * weight0_[1];
    hidden0_[r] = a.gate(a);
    Row b = bias1_;
    for (int k = 0; k < kHidden; ++k) b += hidden0_[r][k] * weight1_[k];
    hidden1_[r] = b.gate(b);
    for (int o = 0; o < kOut; ++o) scores_[r][o] = bias2_[o] + (hidden1_[r] * weight2_[o]).sum();
  }
}

void TinyMlp::back() {
  Row weight1_t[kHidden], grad0[kIn] = {}, grad2[kOut] = {}, bias0_grad, bias1_grad;
  float bias2_grad[kOut] = {};
  for (int k = 0; k < kHidden; ++k)
    for (int j = 0; j < kHidden; ++j) weight1_t[j][k] = weight1_[k][j];
  for (int r = 0; r < kBatch; ++r) {
    const float* g = scores_[r];
    const Row g1 = hidden1_[r].gate(g[0] * weight2_[0] + g[1] * weight2_[1]);
    hidden1_grad_[r] = g1;
    Row g0;
    for (int j = 0; j < kHidden; ++j) g0 += hidden1_grad_[r][j] * weight1_t[j];
    g0 = hidden0_[r].gate(g0);
    for (int o = 0; o < kOut; ++o) grad2[o] += g[o] * hidden1_[r], bias2_grad[o] += g[o];
    for (int i = 0; i < kIn; ++i) grad0[i] += x_[r][i] * g0;
    bias0_grad += g0;
    bias1_grad += g1;
  }
  update_hidden();
  const float lr = workload_.lr;
  for (int i = 0; i < kIn; ++i) weight0_[i] -= lr * grad0[i];
  for (int o = 0; o < kOut; ++o) weight2_[o] -= lr * grad2[o], bias2_[o] -= lr * bias2_grad[o];
  bias0_ -= lr * bias0_grad;
  bias1_ -= lr * bias1_grad;
}

void TinyMlp::update_hidden() {
  constexpr int together = 4;  // sums at once, since one alone waits for each of its additions
  for (int k = 0; k < kHidden; k += together) {
    Row grads[together] = {};
    for (int r = 0; r < kBatch; ++r)
      for (int i = 0; i < together; ++i) grads[i] += hidden0_[r][k + i] * hidden1_grad_[r];
    for (int i = 0; i < together; ++i) weight1_[k + i] -= workload_.lr * grads[i];
  }
}

}  // namespace hand
