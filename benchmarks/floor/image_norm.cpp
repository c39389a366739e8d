// Batch norm: threads meet where the sums of all images are needed.
#include <algorithm>
#include <cmath>

#include "benchmarks/floor/image_stages.hpp"

namespace hand {

namespace {

/// y = a x + b, with the shortcut and relu where there are any.
void write_row(float* y, const float* x, float a, float b, const float* shortcut, int stride, int n,
               bool relu) {
  if (shortcut == nullptr)
    for (int i = 0; i < n; ++i) y[i] = a * x[i] + b;
  else if (stride == 1)
    for (int i = 0; i < n; ++i) y[i] = a * x[i] + b + shortcut[i];
  else
    for (int i = 0; i < n; ++i) y[i] = a * x[i] + b + shortcut[i * stride];
  if (relu)
    for (int i = 0; i < n; ++i) y[i] = std::max(0.0f, y[i]);
}

}  // namespace

Norm::Norm(Ends ends, Value* kept, const bench::ImageLayer& add, int threads, int batch,
           std::barrier<>& barrier)
    : ends_(ends),
      kept_(kept),
      add_(add),
      threads_(threads),
      count_(double(batch) * ends.in->planes.pixels()),
      barrier_(barrier),
      weight_(static_cast<std::size_t>(channels()), 1),
      bias_(static_cast<std::size_t>(channels()), 1) {
  const auto n = static_cast<std::size_t>(threads), c = static_cast<std::size_t>(channels());
  statistics_.assign(n, std::vector<Channel>(c));
  sums_.assign(n, std::vector<Sums>(c));
  grad_sums_ = sums_;
}

void Norm::restart() {
  std::fill(weight_.values.begin(), weight_.values.end(), 1.0f);
  std::fill(bias_.values.begin(), bias_.values.end(), 0.0f);
}

Norm::Sums Norm::total(const PerThread& sums, int channel) const {
  Sums total;
  for (const std::vector<Sums>& of_thread : sums) {
    total.first += of_thread[static_cast<std::size_t>(channel)].first;
    total.second += of_thread[static_cast<std::size_t>(channel)].second;
  }
  return total;
}

void Norm::forward(int thread, Range images) {
  add_up(thread, images);
  barrier_.arrive_and_wait();
  for (int c = 0; c < channels(); ++c) {
    const Sums sums = total(sums_, c);
    const double mean = sums.first / count_, variance = sums.second / count_ - mean * mean;
    statistics_[static_cast<std::size_t>(thread)][static_cast<std::size_t>(c)] = {
        float(mean), float(1 / std::sqrt(variance + 1e-5))};
  }
  normalize(thread, images);
}

void Norm::add_up(int thread, Range images) {
  std::vector<Sums>& sums = sums_[static_cast<std::size_t>(thread)];
  std::fill(sums.begin(), sums.end(), Sums{});
  const int pixels = ends_.in->planes.pixels();
  for (int n = images.begin; n < images.end; ++n) {
    const float* x = ends_.in->image(n);
    for (Sums& channel : sums) {
      float first = 0, second = 0;
      for (int i = 0; i < pixels; ++i) first += x[i], second += x[i] * x[i];
      channel.first += first;
      channel.second += second;
      x += pixels;
    }
  }
}

/// Null where the channel is one of the zeros that the shortcut adds.
const float* Norm::shortcut(int image, int channel) {
  if (kept_ == nullptr) return nullptr;
  const int source = channel - (add_.out - add_.in) / 2;
  if (source < 0 || source >= add_.in) return nullptr;
  return kept_->image(image) + source * kept_->planes.pixels();
}

void Norm::normalize(int thread, Range images) {
  const bench::Planes planes = ends_.in->planes;
  const std::vector<Channel>& statistics = statistics_[static_cast<std::size_t>(thread)];
  for (int n = images.begin; n < images.end; ++n) {
    for (int c = 0; c < planes.channels; ++c) {
      const Channel& channel = statistics[static_cast<std::size_t>(c)];
      const float a = weight_.values.data()[c] * channel.inverse_deviation;
      const float b = bias_.values.data()[c] - a * channel.mean;
      const long at = long(c) * planes.pixels();
      float* y = ends_.out->image(n) + at;
      const float *x = ends_.in->image(n) + at, *added = shortcut(n, c);
      if (added == nullptr || add_.stride == 1) {
        write_row(y, x, a, b, added, 1, planes.pixels(), ends_.relu);
        continue;
      }
      for (int row = 0; row < planes.side; ++row)
        write_row(y + row * planes.side, x + row * planes.side, a, b,
                  added + row * add_.stride * kept_->planes.side, add_.stride, planes.side, ends_.relu);
    }
  }
}

void Norm::back(int thread, Range images) {
  gate_and_add_up(thread, images);
  barrier_.arrive_and_wait();
  const bench::Planes planes = ends_.in->planes;
  for (int c = 0; c < planes.channels; ++c) {
    const Sums sums = total(grad_sums_, c);
    const Channel& channel = statistics_[static_cast<std::size_t>(thread)][static_cast<std::size_t>(c)];
    const float scale = channel.inverse_deviation, a = weight_.values.data()[c] * scale;
    const float b = -a * scale * scale * float(sums.second / count_);
    const float shift = -a * float(sums.first / count_) - b * channel.mean;
    for (int n = images.begin; n < images.end; ++n) {
      const long at = long(c) * planes.pixels();
      const float *x = ends_.in->image(n) + at, *g = ends_.out->image_grad(n) + at;
      float* x_grad = ends_.in->image_grad(n) + at;
      for (int i = 0; i < planes.pixels(); ++i) x_grad[i] = a * g[i] + b * x[i] + shift;
    }
    if (thread == 0) {
      weight_.grads[0].data()[c] = scale * float(sums.second);
      bias_.grads[0].data()[c] = float(sums.first);
    }
  }
}

/// Gates the gradient by relu, gives it to the shortcut, and sums g and g (x - mean).
void Norm::gate_and_add_up(int thread, Range images) {
  std::vector<Sums>& sums = grad_sums_[static_cast<std::size_t>(thread)];
  std::fill(sums.begin(), sums.end(), Sums{});
  const bench::Planes planes = ends_.in->planes;
  for (int n = images.begin; n < images.end; ++n) {
    if (kept_ != nullptr && add_.stride > 1) std::fill_n(kept_->image_grad(n), kept_->planes.size(), 0.0f);
    for (int c = 0; c < planes.channels; ++c) {
      const long at = long(c) * planes.pixels();
      const float *x = ends_.in->image(n) + at, *y = ends_.out->image(n) + at;
      float* g = ends_.out->image_grad(n) + at;
      const float mean = statistics_[static_cast<std::size_t>(thread)][static_cast<std::size_t>(c)].mean;
      float first = 0, second = 0;
      for (int i = 0; i < planes.pixels(); ++i) {
        const float gated = !ends_.relu || y[i] > 0 ? g[i] : 0;
        g[i] = gated;
        first += gated;
        second += gated * (x[i] - mean);
      }
      sums[static_cast<std::size_t>(c)].first += first;
      sums[static_cast<std::size_t>(c)].second += second;
      if (kept_ != nullptr) back_to_shortcut(n, c, g);
    }
  }
}

void Norm::back_to_shortcut(int image, int channel, const float* g) {
  const int target = channel - (add_.out - add_.in) / 2;
  if (target < 0 || target >= add_.in) return;
  const int side = ends_.in->planes.side, kept_side = kept_->planes.side;
  float* to = kept_->image_grad(image) + target * kept_->planes.pixels();
  if (add_.stride == 1) {
    std::copy_n(g, side * side, to);
    return;
  }
  for (int row = 0; row < side; ++row)
    for (int i = 0; i < side; ++i) to[(row * kept_side + i) * add_.stride] = g[row * side + i];
}

void Norm::update(int thread, float lr) {
  if (thread != 0) return;
  weight_.update({0, weight_.size()}, lr);
  bias_.update({0, bias_.size()}, lr);
}

}  // namespace hand
