// The loops and the BLAS calls. Threads meet twice in a step: between the rows of the batch and the weights'
// gradients.
#include "mlp_by_hand.hpp"

#include <cblas.h>

#include <algorithm>
#include <cmath>

#include <xtape/autograd/parallel.hpp>

namespace by_hand {

namespace {

/// Calls f(part) for each part, at once if there is a thread for each.
template <class F>
void share(int parts, const F& f) {
  if (parts == 1) return f(0);
  xtape::parallel_for(parts, 1, [&](std::int64_t begin, std::int64_t) { f(static_cast<int>(begin)); });
}

}  // namespace

Mlp::Mlp(std::vector<int> sizes, int batch, float lr, int threads)
    : batch_(batch), lr_(lr), threads_(threads) {
  openblas_set_num_threads(1);
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    const auto in = static_cast<std::size_t>(sizes[i]), out = static_cast<std::size_t>(sizes[i + 1]);
    const std::vector<float> weight(in * out), bias(out), output(static_cast<std::size_t>(batch) * out);
    layers_.push_back({sizes[i], sizes[i + 1], weight, bias, weight, bias, output, output});
  }
}

const float* Mlp::input_of(std::size_t layer, const float* x) const {
  return layer == 0 ? x : layers_[layer - 1].output.data();
}

double Mlp::step(const float* x, const std::int64_t* labels) {
  std::vector<double> losses(static_cast<std::size_t>(threads_));
  share(threads_, [&](int part) {
    const int begin = batch_ * part / threads_, end = batch_ * (part + 1) / threads_;
    losses[static_cast<std::size_t>(part)] = forward_and_back(x, labels, begin, end);
  });
  share(threads_, [&](int part) { update(x, part); });
  double loss = 0;
  for (double part : losses) loss += part;
  return loss / batch_;
}

double Mlp::forward_and_back(const float* x, const std::int64_t* labels, int begin, int end) {
  forward(x, begin, end);
  const double sum = loss(labels, begin, end);
  back(begin, end);
  return sum;
}

void Mlp::forward(const float* x, int begin, int end) {
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    Layer& layer = layers_[l];
    const float* in = input_of(l, x) + static_cast<std::ptrdiff_t>(begin) * layer.in;
    float* out = layer.output.data() + static_cast<std::ptrdiff_t>(begin) * layer.out;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, end - begin, layer.out, layer.in, 1, in, layer.in,
                layer.weight.data(), layer.in, 0, out, layer.out);
    const bool last = l + 1 == layers_.size();
    const float* __restrict bias = layer.bias.data();
    for (int row = begin; row < end; ++row, out += layer.out) {
      float* __restrict y = out;
      if (last) {
        for (int j = 0; j < layer.out; ++j) y[j] += bias[j];
      } else {
        for (int j = 0; j < layer.out; ++j) y[j] = y[j] + bias[j] > 0 ? y[j] + bias[j] : 0;
      }
    }
  }
}

/// Gives the rows' losses added up; the gradient of their mean over the batch is left in the last layer.
double Mlp::loss(const std::int64_t* labels, int begin, int end) {
  Layer& layer = layers_.back();
  double sum = 0;
  for (int row = begin; row < end; ++row) {
    const float* z = layer.output.data() + static_cast<std::ptrdiff_t>(row) * layer.out;
    float* g = layer.output_grad.data() + static_cast<std::ptrdiff_t>(row) * layer.out;
    const float greatest = *std::max_element(z, z + layer.out);
    float total = 0;
    for (int j = 0; j < layer.out; ++j) total += g[j] = std::exp(z[j] - greatest);
    const float scale = 1 / (total * static_cast<float>(batch_));
    for (int j = 0; j < layer.out; ++j) g[j] *= scale;
    g[labels[row]] -= 1 / static_cast<float>(batch_);
    sum += std::log(total) - (z[labels[row]] - greatest);
  }
  return sum;
}

void Mlp::back(int begin, int end) {
  for (std::size_t l = layers_.size() - 1; l > 0; --l) {
    const Layer& layer = layers_[l];
    Layer& below = layers_[l - 1];
    const auto first = static_cast<std::ptrdiff_t>(begin);
    float* __restrict g = below.output_grad.data() + first * below.out;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, end - begin, layer.in, layer.out, 1,
                layer.output_grad.data() + first * layer.out, layer.out, layer.weight.data(), layer.in, 0, g,
                layer.in);
    const float* __restrict y = below.output.data() + first * below.out;
    for (int i = 0; i < (end - begin) * below.out; ++i) g[i] = y[i] > 0 ? g[i] : 0;
  }
}

/// The gradients of a part of each weight's rows, and the descent.
void Mlp::update(const float* x, int part) {
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    Layer& layer = layers_[l];
    const int begin = layer.out * part / threads_, end = layer.out * (part + 1) / threads_;
    const auto offset = static_cast<std::ptrdiff_t>(begin) * layer.in;
    float* __restrict grad = layer.weight_grad.data() + offset;
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, end - begin, layer.in, batch_, 1,
                layer.output_grad.data() + begin, layer.out, input_of(l, x), layer.in, 0, grad, layer.in);
    float* __restrict weight = layer.weight.data() + offset;
    for (int i = 0; i < (end - begin) * layer.in; ++i) weight[i] -= lr_ * grad[i];

    float* __restrict bias_grad = layer.bias_grad.data();
    std::fill(bias_grad + begin, bias_grad + end, 0.0f);
    for (int row = 0; row < batch_; ++row) {
      const float* __restrict g = layer.output_grad.data() + static_cast<std::ptrdiff_t>(row) * layer.out;
      for (int j = begin; j < end; ++j) bias_grad[j] += g[j];
    }
    for (int j = begin; j < end; ++j) layer.bias[static_cast<std::size_t>(j)] -= lr_ * bias_grad[j];
  }
}

}  // namespace by_hand
