// How layers join to stages, and the order of a step.
#include "benchmarks/floor/image_net.hpp"

#include <cblas.h>

#include <algorithm>

#include "benchmarks/floor/loops.hpp"

namespace hand {

using bench::ImageLayer;
using bench::LayerKind;

ImageNet::ImageNet(const bench::ImageNet& workload, Threads& threads)
    : workload_(workload),
      threads_(threads),
      barrier_(threads.count()),
      labels_(workload.y()),
      losses_(static_cast<std::size_t>(threads.count())) {
  openblas_set_num_threads(1);
  const std::vector<float> x = workload.x();
  std::copy(x.begin(), x.end(), add_value(workload.image, false)->data.begin());
  while (next_ < workload_.layers.size()) add_stage();
  restart();
}

Value* ImageNet::add_value(const bench::Planes& planes, bool wants_grad) {
  const auto size = static_cast<std::size_t>(workload_.batch) * static_cast<std::size_t>(planes.size());
  values_.push_back({planes, Buffer(size), Buffer(wants_grad ? size : 0)});
  return &values_.back();
}

/// Whether the next layer is of that kind; then it is taken.
bool ImageNet::takes(LayerKind kind) {
  const bool is = next_ < workload_.layers.size() && workload_.layers[next_].kind == kind;
  if (is) ++next_;
  return is;
}

void ImageNet::add_stage() {
  const ImageLayer layer = workload_.layers[next_++];
  Value* in = &values_.back();
  if (layer.kind == LayerKind::flatten) return;  // the numbers lie there as they are
  if (layer.kind == LayerKind::keep) {
    kept_ = in;
    in->is_kept = true;
    return;
  }
  Ends ends{in, add_value(bench::ImageNet::output(layer, in->planes))};
  const int threads = threads_.count(), batch = workload_.batch;
  if (layer.kind == LayerKind::batch_norm) {
    const bool adds = takes(LayerKind::add);
    const ImageLayer add = adds ? workload_.layers[next_ - 1] : ImageLayer{LayerKind::add};
    ends.relu = takes(LayerKind::relu);
    stages_.push_back(std::make_unique<Norm>(ends, adds ? kept_ : nullptr, add, threads, batch, barrier_));
  } else if (layer.kind == LayerKind::max_pool) {
    stages_.push_back(std::make_unique<MaxPool>(ends, batch));
  } else if (layer.kind == LayerKind::average) {
    stages_.push_back(std::make_unique<Average>(ends));
  } else if (layer.kind == LayerKind::linear) {
    ends.relu = takes(LayerKind::relu);
    stages_.push_back(std::make_unique<Linear>(ends, layer, weights_++, threads, batch));
  } else if (layer.groups > 1) {
    stages_.push_back(std::make_unique<Depthwise>(ends, layer, weights_++, threads));
  } else {
    ends.relu = takes(LayerKind::relu);
    stages_.push_back(std::make_unique<Conv>(ends, layer, weights_++, threads));
  }
}

void ImageNet::restart() {
  for (const auto& stage : stages_) stage->restart();
}

void ImageNet::step() {
  threads_.each([this](int thread) { forward_and_back(thread); });
  threads_.each([this](int thread) {
    for (const auto& stage : stages_) stage->update(thread, workload_.lr);
  });
  loss_ = 0;
  for (const double loss : losses_) loss_ += loss / workload_.batch;
}

void ImageNet::forward_and_back(int thread) {
  const Range images = part(workload_.batch, thread, threads_.count());
  for (const auto& stage : stages_) stage->forward(thread, images);

  Value& last = values_.back();
  float* g = last.image_grad(images.begin);
  std::copy_n(last.image(images.begin), long(images.size()) * last.planes.size(), g);
  losses_[static_cast<std::size_t>(thread)] =
      cross_entropy(g, labels_.data() + images.begin, images.size(), last.planes.size(),
                    1 / static_cast<float>(workload_.batch));

  for (std::size_t i = stages_.size(); i > 0; --i) stages_[i - 1]->back(thread, images);
}

}  // namespace hand
