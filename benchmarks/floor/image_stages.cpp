// The weights' update, pooling and the linear layers.
#include "benchmarks/floor/image_stages.hpp"

#include <cblas.h>

#include <algorithm>

#include "benchmarks/floor/loops.hpp"

namespace hand {

Weights::Weights(std::size_t size, int threads) : values(size) {
  for (int i = 0; i < threads; ++i) grads.emplace_back(size);
}

void Weights::update(Range part, float lr) {
  float* sum = grads[0].data() + part.begin;
  for (std::size_t i = 1; i < grads.size(); ++i) {
    const float* other = grads[i].data() + part.begin;
    for (int k = 0; k < part.size(); ++k) sum[k] += other[k];
  }
  sgd(values.data() + part.begin, sum, part.size(), lr, 0, false);
}

MaxPool::MaxPool(Ends ends, int batch)
    : ends_(ends),
      chosen_(static_cast<std::size_t>(batch) * static_cast<std::size_t>(ends.out->planes.size())) {}

void MaxPool::forward(int /*thread*/, Range images) {
  const int side = ends_.in->planes.side, out = ends_.out->planes.side, size = ends_.out->planes.size();
  for (int n = images.begin; n < images.end; ++n) {
    const float* x = ends_.in->image(n);
    float* y = ends_.out->image(n);
    std::uint8_t* chosen = chosen_.data() + long(n) * size;
    for (int row = 0; row < size / out; ++row, x += 2 * side, y += out, chosen += out) {
      const float *a = x, *b = x + side;
      for (int i = 0; i < out; ++i) {
        const float upper = std::max(a[2 * i], a[2 * i + 1]), lower = std::max(b[2 * i], b[2 * i + 1]);
        y[i] = std::max(upper, lower);
        chosen[i] = upper >= lower ? a[2 * i] < a[2 * i + 1] : 2 + (b[2 * i] < b[2 * i + 1]);
      }
    }
  }
}

void MaxPool::back(int /*thread*/, Range images) {
  const int side = ends_.in->planes.side, out = ends_.out->planes.side, size = ends_.out->planes.size();
  for (int n = images.begin; n < images.end; ++n) {
    float* x_grad = ends_.in->image_grad(n);
    const float* g = ends_.out->image_grad(n);
    const std::uint8_t* chosen = chosen_.data() + long(n) * size;
    for (int row = 0; row < size / out; ++row, x_grad += 2 * side, g += out, chosen += out) {
      float *a = x_grad, *b = x_grad + side;
      for (int i = 0; i < out; ++i) {
        a[2 * i] = chosen[i] == 0 ? g[i] : 0;
        a[2 * i + 1] = chosen[i] == 1 ? g[i] : 0;
        b[2 * i] = chosen[i] == 2 ? g[i] : 0;
        b[2 * i + 1] = chosen[i] == 3 ? g[i] : 0;
      }
    }
  }
}

void Average::forward(int /*thread*/, Range images) {
  const bench::Planes planes = ends_.in->planes;
  for (int n = images.begin; n < images.end; ++n) {
    const float* x = ends_.in->image(n);
    for (int c = 0; c < planes.channels; ++c, x += planes.pixels()) {
      float sum = 0;
      for (int i = 0; i < planes.pixels(); ++i) sum += x[i];
      ends_.out->image(n)[c] = sum / static_cast<float>(planes.pixels());
    }
  }
}

void Average::back(int /*thread*/, Range images) {
  const bench::Planes planes = ends_.in->planes;
  for (int n = images.begin; n < images.end; ++n) {
    float* x_grad = ends_.in->image_grad(n);
    for (int c = 0; c < planes.channels; ++c, x_grad += planes.pixels())
      std::fill_n(x_grad, planes.pixels(), ends_.out->image_grad(n)[c] / static_cast<float>(planes.pixels()));
  }
}

Linear::Linear(Ends ends, const bench::ImageLayer& layer, int index, int threads, int batch)
    : ends_(ends), layer_(layer), index_(index), threads_(threads), batch_(batch) {
  const auto out = static_cast<std::size_t>(layer.out), count = out * static_cast<std::size_t>(layer.in);
  for (Buffer* buffer : {&weight_, &weight_grad_}) *buffer = Buffer(count);
  for (Buffer* buffer : {&bias_, &bias_grad_}) *buffer = Buffer(out);
}

void Linear::restart() {
  const std::vector<float> weight = bench::ImageNet::weight(layer_, index_);
  std::copy(weight.begin(), weight.end(), weight_.begin());
  std::fill(bias_.begin(), bias_.end(), 0.0f);
}

void Linear::forward(int /*thread*/, Range images) {
  float* y = ends_.out->image(images.begin);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, images.size(), layer_.out, layer_.in, 1,
              ends_.in->image(images.begin), layer_.in, weight_.data(), layer_.in, 0, y, layer_.out);
  add_bias(y, bias_.data(), images.size(), layer_.out, ends_.relu ? Activation::relu : Activation::none);
}

void Linear::back(int /*thread*/, Range images) {
  float* g = ends_.out->image_grad(images.begin);
  if (ends_.relu) gate(g, ends_.out->image(images.begin), long(images.size()) * layer_.out, 1);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, images.size(), layer_.in, layer_.out, 1, g,
              layer_.out, weight_.data(), layer_.in, 0, ends_.in->image_grad(images.begin), layer_.in);
}

void Linear::update(int thread, float lr) {
  const Range columns = part(layer_.in, thread, threads_, 16), outputs = part(layer_.out, thread, threads_);
  const float* g = ends_.out->image_grad(0);
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, layer_.out, columns.size(), batch_, 1, g, layer_.out,
              ends_.in->image(0) + columns.begin, layer_.in, 0, weight_grad_.data() + columns.begin,
              layer_.in);
  for (int row = 0; row < layer_.out; ++row) {
    const long at = long(row) * layer_.in + columns.begin;
    sgd(weight_.data() + at, weight_grad_.data() + at, columns.size(), lr, 0, false);
  }
  sum_columns(g, batch_, layer_.out, outputs, bias_grad_.data());
  sgd(bias_.data() + outputs.begin, bias_grad_.data() + outputs.begin, outputs.size(), lr, 0, false);
}

}  // namespace hand
