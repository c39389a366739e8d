// PNG files as tensors: one of them, or a folder of labelled ones as a dataset.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "autograd/tensor/tensor.hpp"
#include "datasets/sources/vision.hpp"
#include "io/files.hpp"

namespace xtape::pictures {

struct PngOptions {
  std::int64_t channels = 0;            ///< 1: grey, 3: red, green, blue; 0: as in the file
  std::vector<std::int64_t> size = {};  ///< {height, width} to which it is resized; {}: as in the file
};

/// The image of a PNG file, uint8 {C, H, W}: pixels of 16 bits become 8, and transparency is left out. Where
/// it is resized to fewer pixels, each is the mean of those that it covers (adaptive_avg_pool2d), else it is
/// found between its neighbours ("bilinear"). Throws an Error that names the file where it is damaged, is not
/// a PNG file or has more than 2^26 pixels.
Tensor load_png(const io::Source& source, const PngOptions& options = {});

struct ImageFolderOptions {
  std::int64_t channels = 3;            ///< 1: grey, 3: red, green, blue
  std::vector<std::int64_t> size = {};  ///< {height, width} to which all are resized; {}: all have one size
  datasets::Transform transform = datasets::ToFloat();  ///< applied to every batch
};

/// Images of a class each, as torchvision's ImageFolder: `root/cat/1.png`, `root/dog/2.png`. The folders
/// below `root` are the classes, by their names in order; the images are all .png files in them and in their
/// own folders, in the order of their paths. They are decoded here and stay in memory. Throws an Error that
/// names the folder or file where there is no class, a class has no image, an image cannot be read, or sizes
/// differ and none is asked for.
class ImageFolder : public datasets::VisionDataset {
 public:
  explicit ImageFolder(const std::filesystem::path& root, const ImageFolderOptions& options = {});

 private:
  struct Contents;
  ImageFolder(const Contents& contents, datasets::Transform transform);
};

}  // namespace xtape::pictures
