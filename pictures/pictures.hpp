// Pictures of what a program learns from and what it learns: images and grids of them as PNG files, curves
// and confusion matrices as SVG.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::pictures {

/// Writes one image {H, W}, {1, H, W} or {3, H, W} (red, green, blue): uint8, or floats of 0 ... 1; what lies
/// beyond is clamped, and NaN is black. Throws an Error that names `path`, which must end in .png, where the
/// image does not fit or the file cannot be written; a file of that name stays as it was then.
void save_png(const std::string& path, const Tensor& image);

struct GridOptions {
  std::int64_t columns = 10;
  std::vector<std::string> labels = {};  ///< a text (ASCII) below each image, cut to its width; {}: none
  std::int64_t scale = 2;                ///< pixels a side for each pixel of an image
  std::int64_t padding = 2;              ///< pixels between images
  std::vector<bool> marks = {};  ///< a frame around each image: green for true, red for false; {}: none
};

/// Writes images {N, C, H, W}, with values as in save_png, row by row into one picture. Throws as save_png
/// does, and where there are labels or marks for another number of images.
void save_image_grid(const std::string& path, const Tensor& images, const GridOptions& options = {});

/// A curve: y over x, or over 1, 2, 3, ... where x is empty. A NaN or an infinity interrupts it.
struct Series {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;
};

struct CurveOptions {
  std::string title = "";
  std::string x_label = "";
  std::string y_label = "";
  int width = 720;  ///< pixels, in a browser of usual settings
  int height = 420;
  bool log_y = false;  ///< decades at equal distances; what is not positive interrupts a curve
};

/// Writes curves with axes, ticks and a legend. Texts are UTF-8. Throws an Error that names `path`, which
/// must end in .svg, where x and y of a series differ in length, the size is not within 200 x 150 and 10,000
/// x 10,000, or the file cannot be written.
void save_curves(const std::string& path, const std::vector<Series>& series,
                 const CurveOptions& options = {});

struct ConfusionOptions {
  std::string title = "";
  std::vector<std::string> classes = {};  ///< their names; {}: 0, 1, 2, ...
};

/// Writes a confusion matrix {C, C} of numbers of examples, such as nn::confusion_matrix gives: a row for
/// each true class, a column for each predicted one, each cell as dark as its share of the row. Throws an
/// Error that names `path`, which must end in .svg, where the matrix is not square, has more than 200 classes
/// or a number that is negative or not finite, there are names for another number of classes, or the file
/// cannot be written.
void save_confusion_matrix(const std::string& path, const Tensor& matrix,
                           const ConfusionOptions& options = {});

}  // namespace xtape::pictures
