// Drawing by xtape::pictures, an optional part of the library.
#include "pictures.hpp"

#include <fmt/format.h>

#include <xtape/pictures.hpp>

namespace course {

using namespace xtape;

void draw_images(const Options& options, const std::string& name, const Tensor& images,
                 const std::vector<std::string>& labels, const ImageGrid& grid) {
  const std::string path = out_file(options, name);
  pictures::save_image_grid(path, images, {.columns = grid.columns, .labels = labels, .scale = grid.scale});
  fmt::print("picture: {}\n", path);
}

void draw_curves(const Options& options, const std::string& name, const std::vector<Curve>& curves,
                 const Axes& axes) {
  std::vector<pictures::Series> all;
  for (const Curve& curve : curves) all.push_back({curve.name, curve.x, curve.y});
  const std::string path = out_file(options, name);
  pictures::save_curves(path, all,
                        {.title = axes.title, .x_label = axes.x, .y_label = axes.y, .log_y = axes.log_y});
  fmt::print("picture: {}\n", path);
}

}  // namespace course
