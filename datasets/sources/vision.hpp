// VisionDataset: labelled images in memory with a transform, what MNIST, FashionMNIST and CIFAR10 have in
// common.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
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

/// Examples are images {C, H, W} with 0-d labels; batches are images {N, C, H, W}, float32 in [0, 1] unless
/// the transform says otherwise, with int64 labels {N}. Copies share the images, but each has a transform of
/// its own. Subsets and loaders hold a copy as it was when they were made: transform(...) comes before them,
/// or a TransformedDataset stands in between.
class VisionDataset : public BatchDataset {
 public:
  std::int64_t size() const override;
  Example get_batch(std::span<const std::int64_t> indices, Generator& generator) const override;

  const Tensor& images() const { return data_->images; }  ///< uint8 {N, C, H, W}, as in the files
  const Tensor& labels() const { return data_->labels; }  ///< int64 {N}
  const std::vector<std::string>& classes() const { return data_->classes; }

  const Transform& transform() const { return transform_; }
  /// Replaces the transform of this copy.
  void transform(Transform transform) { transform_ = std::move(transform); }

 protected:
  VisionDataset(const LabelledImages& images, std::vector<std::string> classes, Transform transform);

 private:
  struct Data : LabelledImages {
    std::vector<std::string> classes;
  };
  std::shared_ptr<const Data> data_;
  Transform transform_;
};

}  // namespace xtape::datasets
