// Pictures into the folder of --out: pictures.cpp draws them, without_pictures.cpp takes its place in a build
// without libpng and says that none is drawn.
#pragma once

#include <string>
#include <vector>

#include <xtape/xtape.hpp>

#include "options.hpp"

namespace course {

struct Curve {
  std::string name = {};
  std::vector<double> y = {};
  std::vector<double> x = {};  ///< 1, 2, ... where empty
};
struct Axes {
  std::string title = {}, x = {}, y = {};
  bool log_y = false;
};

struct ImageGrid {
  std::int64_t columns = 10;
  std::int64_t scale = 2;  ///< pixels a side for each pixel of an image
};

/// Images {N, C, H, W} in rows, the label below each, as the PNG file <out>/<name>.
void draw_images(const Options& options, const std::string& name, const xtape::Tensor& images,
                 const std::vector<std::string>& labels, const ImageGrid& grid = {});
/// As the SVG file <out>/<name>.
void draw_curves(const Options& options, const std::string& name, const std::vector<Curve>& curves,
                 const Axes& axes);

}  // namespace course
