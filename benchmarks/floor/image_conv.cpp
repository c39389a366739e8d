// Convolutions: as products over patches, and of a channel alone.
#include <cblas.h>

#include <algorithm>

#include "benchmarks/floor/image_stages.hpp"
#include "benchmarks/floor/loops.hpp"

namespace hand {

namespace {

std::vector<Buffer> buffers(int count, int size) {
  std::vector<Buffer> result;
  for (int i = 0; i < count; ++i) result.emplace_back(static_cast<std::size_t>(size));
  return result;
}

std::size_t weight_count(const bench::ImageLayer& layer) {
  return static_cast<std::size_t>(layer.out) * static_cast<std::size_t>(layer.terms());
}

void set(Weights& weights, const std::vector<float>& values) {
  std::copy(values.begin(), values.end(), weights.values.begin());
}

/// y = relu(y + bias) or less of it, on the planes of an image.
void add_bias_by_planes(float* y, const Buffer& bias, const bench::Planes& planes, bool relu) {
  for (int c = 0; c < planes.channels; ++c, y += planes.pixels()) {
    const float b = bias.size() > 0 ? bias.data()[c] : 0;
    if (relu)
      for (int i = 0; i < planes.pixels(); ++i) y[i] = std::max(0.0f, y[i] + b);
    else if (b != 0)
      for (int i = 0; i < planes.pixels(); ++i) y[i] += b;
  }
}

void add_planes(const float* g, const bench::Planes& planes, float* sums) {
  for (int c = 0; c < planes.channels; ++c, g += planes.pixels()) {
    float sum = 0;
    for (int i = 0; i < planes.pixels(); ++i) sum += g[i];
    sums[c] += sum;
  }
}

}  // namespace

Conv::Conv(Ends ends, const bench::ImageLayer& layer, int index, int threads)
    : ends_(ends),
      layer_(layer),
      index_(index),
      threads_(threads),
      windows_{ends.in->planes, ends.out->planes, layer.kernel, layer.stride, layer.padding},
      weight_(weight_count(layer), threads),
      bias_(layer.bias ? static_cast<std::size_t>(layer.out) : 0, threads) {
  const int size = windows_.is_image() ? 0 : windows_.rows() * windows_.out.pixels();
  columns_ = buffers(threads, size);
  if (ends_.in->wants_grad()) columns_grad_ = buffers(threads, size);
}

void Conv::restart() {
  set(weight_, bench::ImageNet::weight(layer_, index_));
  std::fill(bias_.values.begin(), bias_.values.end(), 0.0f);
}

const float* Conv::columns(int thread, int image) {
  const float* x = ends_.in->image(image);
  if (windows_.is_image()) return x;
  float* columns = columns_[static_cast<std::size_t>(thread)].data();
  gather_patches(windows_, x, columns);
  return columns;
}

void Conv::forward(int thread, Range images) {
  const int places = windows_.out.pixels(), rows = windows_.rows();
  for (int n = images.begin; n < images.end; ++n) {
    float* y = ends_.out->image(n);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, layer_.out, places, rows, 1, weight_.values.data(),
                rows, columns(thread, n), places, 0, y, places);
    add_bias_by_planes(y, bias_.values, windows_.out, ends_.relu);
  }
}

void Conv::back(int thread, Range images) {
  const auto at = static_cast<std::size_t>(thread);
  const int places = windows_.out.pixels(), rows = windows_.rows();
  std::fill(bias_.grads[at].begin(), bias_.grads[at].end(), 0.0f);
  for (int n = images.begin; n < images.end; ++n) {
    float* g = ends_.out->image_grad(n);
    if (ends_.relu) gate(g, ends_.out->image(n), windows_.out.size(), 1);
    if (layer_.bias) add_planes(g, windows_.out, bias_.grads[at].data());
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, layer_.out, rows, places, 1, g, places,
                columns(thread, n), places, n == images.begin ? 0 : 1, weight_.grads[at].data(), rows);
    if (!ends_.in->wants_grad()) continue;
    float* x_grad = ends_.in->image_grad(n);
    const bool adds = ends_.in->is_kept;
    float* columns_grad = windows_.is_image() ? x_grad : columns_grad_[at].data();
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, rows, places, layer_.out, 1, weight_.values.data(),
                rows, g, places, windows_.is_image() && adds ? 1 : 0, columns_grad, places);
    if (windows_.is_image()) continue;
    if (!adds) std::fill_n(x_grad, windows_.in.size(), 0.0f);
    scatter_patches(windows_, columns_grad, x_grad);
  }
}

void Conv::update(int thread, float lr) {
  weight_.update(part(weight_.size(), thread, threads_, 16), lr);
  bias_.update(part(bias_.size(), thread, threads_, 16), lr);
}

Depthwise::Depthwise(Ends ends, const bench::ImageLayer& layer, int index, int threads)
    : ends_(ends),
      layer_(layer),
      index_(index),
      threads_(threads),
      padded_side_(ends.in->planes.side + 2),
      weight_(weight_count(layer), threads),
      padded_(buffers(threads, padded_side_ * padded_side_)),
      padded_grad_(buffers(threads, padded_side_ * padded_side_)) {}

void Depthwise::restart() { set(weight_, bench::ImageNet::weight(layer_, index_)); }

void Depthwise::spread(const float* plane, float* padded) const {
  const int side = ends_.in->planes.side;
  for (int y = 0; y < side; ++y) std::copy_n(plane + y * side, side, padded + (y + 1) * padded_side_ + 1);
}

namespace {

constexpr int kTaps = 9;

/// A row of places of a plane: `row` is where the first tap of the first one lies.
template <int stride>
void filter_row(const float* row, int pitch, const float* w, float* y, int places) {
  const float *a = row, *b = row + pitch, *c = b + pitch;
  for (int i = 0; i < places; ++i) {
    const int x = i * stride;
    y[i] = w[0] * a[x] + w[1] * a[x + 1] + w[2] * a[x + 2] + w[3] * b[x] + w[4] * b[x + 1] + w[5] * b[x + 2] +
           w[6] * c[x] + w[7] * c[x + 1] + w[8] * c[x + 2];
  }
}

/// Adds the row's part to the gradients of its taps and of the filter.
template <int stride>
void filter_row_back(const float* row, int pitch, const float* w, const float* g, int places, float* row_grad,
                     float* w_grad) {
  for (int t = 0; t < kTaps; ++t) {
    const int at = t / 3 * pitch + t % 3;
    float sum = 0;
    for (int i = 0; i < places; ++i) sum += g[i] * row[at + i * stride];
    w_grad[t] += sum;
    for (int i = 0; i < places; ++i) row_grad[at + i * stride] += w[t] * g[i];
  }
}

}  // namespace

void Depthwise::forward(int thread, Range images) {
  const bench::Planes in = ends_.in->planes, out = ends_.out->planes;
  float* padded = padded_[static_cast<std::size_t>(thread)].data();
  const auto filter = layer_.stride == 1 ? filter_row<1> : filter_row<2>;
  for (int n = images.begin; n < images.end; ++n) {
    for (int c = 0; c < in.channels; ++c) {
      spread(ends_.in->image(n) + c * in.pixels(), padded);
      float* y = ends_.out->image(n) + c * out.pixels();
      for (int row = 0; row < out.side; ++row)
        filter(padded + row * layer_.stride * padded_side_, padded_side_, weight_.values.data() + c * kTaps,
               y + row * out.side, out.side);
    }
  }
}

void Depthwise::back(int thread, Range images) {
  const auto at = static_cast<std::size_t>(thread);
  const bench::Planes in = ends_.in->planes, out = ends_.out->planes;
  float* padded = padded_[at].data();
  Buffer& padded_grad = padded_grad_[at];
  Buffer& w_grad = weight_.grads[at];
  const auto filter_back = layer_.stride == 1 ? filter_row_back<1> : filter_row_back<2>;
  std::fill(w_grad.begin(), w_grad.end(), 0.0f);
  for (int n = images.begin; n < images.end; ++n) {
    for (int c = 0; c < in.channels; ++c) {
      spread(ends_.in->image(n) + c * in.pixels(), padded);
      std::fill(padded_grad.begin(), padded_grad.end(), 0.0f);
      const float* g = ends_.out->image_grad(n) + c * out.pixels();
      for (int row = 0; row < out.side; ++row) {
        const int first = row * layer_.stride * padded_side_;
        filter_back(padded + first, padded_side_, weight_.values.data() + c * kTaps, g + row * out.side,
                    out.side, padded_grad.data() + first, w_grad.data() + c * kTaps);
      }
      float* x_grad = ends_.in->image_grad(n) + c * in.pixels();
      for (int row = 0; row < in.side; ++row)
        std::copy_n(padded_grad.data() + (row + 1) * padded_side_ + 1, in.side, x_grad + row * in.side);
    }
  }
}

void Depthwise::update(int thread, float lr) {
  weight_.update(part(weight_.size(), thread, threads_, 16), lr);
}

}  // namespace hand
