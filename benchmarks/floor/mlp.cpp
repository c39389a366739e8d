// The products and the order of the passes.
#include "benchmarks/floor/mlp.hpp"

#include <cblas.h>

#include <algorithm>
#include <cmath>

namespace hand {

Mlp::Mlp(const bench::Mlp& workload, Threads& threads)
    : workload_(workload),
      threads_(threads),
      x_(workload.x()),
      labels_(workload.y()),
      target_(workload.target()) {
  openblas_set_num_threads(1);
  sums_.resize(static_cast<std::size_t>(threads.count()));
  const auto batch = static_cast<std::size_t>(workload.batch);
  for (int i = 0; i < workload.layers(); ++i) {
    Layer layer;
    layer.in = workload.sizes[static_cast<std::size_t>(i)];
    layer.out = workload.sizes[static_cast<std::size_t>(i) + 1];
    const auto out = static_cast<std::size_t>(layer.out);
    const std::size_t weights = static_cast<std::size_t>(layer.in) * out;
    for (Buffer* buffer : {&layer.weight, &layer.weight_grad}) *buffer = Buffer(weights);
    for (Buffer* buffer : {&layer.bias, &layer.bias_grad}) *buffer = Buffer(out);
    for (Buffer* buffer : {&layer.output, &layer.output_grad}) *buffer = Buffer(batch * out);
    if (workload.adam) {
      for (Buffer* buffer : {&layer.weight_m, &layer.weight_v}) *buffer = Buffer(weights);
      for (Buffer* buffer : {&layer.bias_m, &layer.bias_v}) *buffer = Buffer(out);
    }
    layers_.push_back(std::move(layer));
  }
  restart();
}

void Mlp::restart() {
  for (int i = 0; i < workload_.layers(); ++i) {
    Layer& layer = layers_[static_cast<std::size_t>(i)];
    const std::vector<float> weight = workload_.weight(i);
    std::copy(weight.begin(), weight.end(), layer.weight.begin());
    std::fill(layer.bias.begin(), layer.bias.end(), 0.0f);
  }
}

const float* Mlp::input(std::size_t layer) const {
  return layer == 0 ? x_.data() : layers_[layer - 1].output.data();
}

const float* Mlp::output_grad(std::size_t layer) const {
  return is_last(layer) ? layers_[layer].output.data() : layers_[layer].output_grad.data();
}

Activation Mlp::activation(std::size_t layer) const {
  if (is_last(layer)) return workload_.sigmoid ? Activation::sigmoid : Activation::none;
  return workload_.regression ? Activation::tanh : Activation::relu;
}

void Mlp::step() {
  ++t_;
  threads_.each([this](int thread) { forward_and_back(thread); });
  threads_.each([this](int thread) { update(thread); });
  loss_ = 0;
  const double terms = double(workload_.batch) * (workload_.regression ? workload_.sizes.back() : 1);
  for (const Sums& sums : sums_) loss_ += sums.loss / terms + 0.5 * workload_.reg * sums.squares;
}

void Mlp::product(std::size_t index, Range rows) {
  Layer& layer = layers_[index];
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows.size(), layer.out, layer.in, 1,
              input(index) + long(rows.begin) * layer.in, layer.in, layer.weight.data(), layer.in, 0,
              layer.output.data() + long(rows.begin) * layer.out, layer.out);
}

void Mlp::forward_and_back(int thread) {
  const Range rows = part(workload_.batch, thread, threads_.count());
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    product(i, rows);
    Layer& layer = layers_[i];
    float* y = layer.output.data() + long(rows.begin) * layer.out;
    add_bias(y, layer.bias.data(), rows.size(), layer.out, activation(i));
    if (!is_last(i) && workload_.dropout > 0) {
      const auto seed = static_cast<std::uint32_t>(t_ * 64 + static_cast<long>(i) * 8 + thread);
      dropout(y, long(rows.size()) * layer.out, workload_.dropout, seed);
    }
    if (is_last(i)) sums_[static_cast<std::size_t>(thread)].loss = loss_and_gradient(y, rows);
  }
  back(rows);
}

/// The loss of some rows of the last outputs y, which become their gradient.
double Mlp::loss_and_gradient(float* y, Range rows) {
  const int columns = workload_.sizes.back();
  const float scale = 1 / static_cast<float>(workload_.batch);
  if (!workload_.regression)
    return cross_entropy(y, labels_.data() + rows.begin, rows.size(), columns, scale);
  return squared_error(y, target_.data() + long(rows.begin) * columns, long(rows.size()) * columns,
                       scale / static_cast<float>(columns), workload_.sigmoid);
}

void Mlp::back(Range rows) {
  const float scale = 1 / (1 - workload_.dropout);
  for (std::size_t i = layers_.size() - 1; i > 0; --i) {
    const Layer& layer = layers_[i];
    const long at = long(rows.begin) * layer.in;
    float* g = layers_[i - 1].output_grad.data() + at;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows.size(), layer.in, layer.out, 1,
                output_grad(i) + long(rows.begin) * layer.out, layer.out, layer.weight.data(), layer.in, 0, g,
                layer.in);
    if (workload_.regression)
      tanh_back(g, input(i) + at, long(rows.size()) * layer.in);
    else
      gate(g, input(i) + at, long(rows.size()) * layer.in, scale);
  }
}

/// The gradients of a part of each weight's columns, and their step.
void Mlp::update(int thread) {
  double squares = 0;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    Layer& layer = layers_[i];
    const Range columns = part(layer.in, thread, threads_.count(), 16);
    const Range outputs = part(layer.out, thread, threads_.count());
    if (columns.size() > 0) {
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, layer.out, columns.size(), workload_.batch, 1,
                  output_grad(i), layer.out, input(i) + columns.begin, layer.in, 0,
                  layer.weight_grad.data() + columns.begin, layer.in);
      squares += update_weight(layer, columns);
    }
    sum_columns(output_grad(i), workload_.batch, layer.out, outputs, layer.bias_grad.data());
    float* bias = layer.bias.data() + outputs.begin;
    const float* grad = layer.bias_grad.data() + outputs.begin;
    if (workload_.adam)
      adam(bias, grad, layer.bias_m.data() + outputs.begin, layer.bias_v.data() + outputs.begin,
           outputs.size(), adam_step(workload_.lr, t_));
    else
      sgd(bias, grad, outputs.size(), workload_.lr, 0, false);
  }
  sums_[static_cast<std::size_t>(thread)].squares = squares;
}

double Mlp::update_weight(Layer& layer, Range columns) {
  const bool in_loss = workload_.reg > 0 && !workload_.decay;
  const AdamStep step = workload_.adam ? adam_step(workload_.lr, t_) : AdamStep{};
  double squares = 0;
  for (int row = 0; row < layer.out; ++row) {
    const long at = long(row) * layer.in + columns.begin;
    float* weight = layer.weight.data() + at;
    const float* grad = layer.weight_grad.data() + at;
    if (workload_.adam)
      adam(weight, grad, layer.weight_m.data() + at, layer.weight_v.data() + at, columns.size(), step);
    else
      squares += sgd(weight, grad, columns.size(), workload_.lr, workload_.reg, in_loss);
  }
  return squares;
}

void Mlp::infer() {
  if (workload_.batch == 1) return infer_one_row();
  threads_.each([this](int thread) {
    const Range rows = part(workload_.batch, thread, threads_.count());
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      product(i, rows);
      Layer& layer = layers_[i];
      add_bias(layer.output.data() + long(rows.begin) * layer.out, layer.bias.data(), rows.size(), layer.out,
               activation(i));
    }
  });
}

/// A matrix times a vector: each thread takes a part of the weight's rows.
void Mlp::infer_one_row() {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    threads_.each([this, i](int thread) {
      Layer& layer = layers_[i];
      const Range outputs = part(layer.out, thread, threads_.count(), 8);
      const float* x = input(i);
      for (int row = outputs.begin; row < outputs.end; ++row) {
        const float* weight = layer.weight.data() + long(row) * layer.in;
        float y = 0;
        for (int k = 0; k < layer.in; ++k) y += weight[k] * x[k];
        y += layer.bias.data()[row];
        layer.output.data()[row] = !is_last(i) && y < 0 ? 0 : y;
      }
    });
  }
}

double Mlp::output_size() const {
  const Buffer& output = layers_.back().output;
  double total = 0;
  for (std::size_t i = 0; i < output.size(); ++i) total += std::abs(output.data()[i]);
  return total;
}

}  // namespace hand
