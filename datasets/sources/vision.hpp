// VisionDataset: labelled images in memory with a transform, what MNIST, FashionMNIST and CIFAR10 have in
// common.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "datasets/transforms/transforms.hpp"

namespace xtape::datasets {

struct VisionOptions {
  bool train = true;                ///< the training images, or the test images
  Transform transform = ToFloat();  ///< applied to every batch
  /// The most that a gzip file may unpack to; by default 256 MiB, or 64 times the file if that is more.
  std::optional<std::uint64_t> max_bytes = {};
};

struct LabelledImages {
  Tensor images;  ///< uint8 {N, C, H, W}
  Tensor labels;  ///< int64 {N}
};

/// Copies share the images and the transform: transform(...) on one is seen by all, and by their subsets and
/// loaders.
class VisionDataset : public Dataset {
 public:
  std::int64_t size() const override;
  /// Transformed: {C, H, W}, and a 0-d label.
  Example get(std::int64_t index) const override;
  /// Transformed: {N, C, H, W}, float32 in [0, 1] unless the transform says otherwise, and int64 labels {N}.
  Example get_batch(std::span<const std::int64_t> indices, Generator& generator) const override;

  const Tensor& images() const { return state_->data.images; }  ///< uint8 {N, C, H, W}, as in the files
  const Tensor& labels() const { return state_->data.labels; }  ///< int64 {N}
  const std::vector<std::string>& classes() const { return state_->classes; }

  Transform transform() const;
  void transform(Transform transform);

 protected:
  VisionDataset(const LabelledImages& data, std::vector<std::string> classes, Transform transform);

 private:
  struct State {
    LabelledImages data;
    std::vector<std::string> classes;
    std::mutex mutex;  // of `transform`, which a loader's thread reads
    Transform transform;
  };
  std::shared_ptr<State> state_;
};

}  // namespace xtape::datasets
