// GridSample: images read at any places, by sums of elements looked up with gather.
#include <array>

#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

enum class Padding { zeros, border, reflection };

/// One coordinate: places in pixels of an axis of `size`.
struct Line {
  std::int64_t size;
  bool has_aligned_corners;
  Padding padding;

  Tensor pixels(const Tensor& grid) const {
    const double length = static_cast<double>(size);
    return has_aligned_corners ? (grid + 1) * ((length - 1) / 2) : ((grid + 1) * length - 1) / 2;
  }
  /// Mirrored at the middles of the first and the last pixel, or at their outer edges.
  Tensor reflected(const Tensor& place) const {
    const double low = has_aligned_corners ? 0 : -0.5;
    const double span = has_aligned_corners ? static_cast<double>(size - 1) : static_cast<double>(size);
    if (span == 0) return zeros_like(place);
    const Tensor way = abs(place - low) % (2 * span);
    return minimum(way, 2 * span - way) + low;
  }
  Tensor inside(const Tensor& place) const {
    if (padding == Padding::zeros) return place;
    const Tensor mirrored = padding == Padding::reflection ? reflected(place) : place;
    return clamp(mirrored, 0, static_cast<double>(size - 1));
  }
};

/// x {N, C, H, W} at whole places {N, OH, OW}: {N, C, OH, OW}, 0 outside.
Tensor taken(const Tensor& x, const Tensor& row, const Tensor& column) {
  const std::int64_t n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3),
                     count = numel_between(row.shape(), 1, 3);
  const Tensor is_inside = logical_and(logical_and(row >= 0, row < h), logical_and(column >= 0, column < w));
  const Tensor places = where(is_inside, row * w + column, 0).to(kInt64);
  const Tensor index = reshape(places, {n, 1, count}).expand({n, c, count});
  const Tensor found = reshape(gather(reshape(x, {n, c, numel_between(x.shape(), 2, 4)}), 2, index),
                               {n, c, row.size(1), row.size(2)});
  return where(unsqueeze(is_inside, 1), found, 0);
}

using Weights = std::vector<Tensor>;

Weights linear_weights(const Tensor& t) { return {1 - t, t}; }
Weights cubic_weights(const Tensor& t) {
  constexpr double a = -0.75;
  const auto far = [](const Tensor& d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
  const auto near = [](const Tensor& d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
  return {far(t + 1), near(t), near(1 - t), far(2 - t)};
}

/// The sum of the elements around each place, `before` of which stand before the one to the left.
Tensor interpolated(const Tensor& x, const std::array<Line, 2>& lines, const std::array<Tensor, 2>& places,
                    int before, Weights (*weights_at)(const Tensor&), bool pads_taps) {
  const Tensor top = floor(places[0]).detach(), left = floor(places[1]).detach();
  const Weights by_row = weights_at(places[0] - top), by_column = weights_at(places[1] - left);
  Tensor sum;
  for (std::size_t i = 0; i < by_row.size(); ++i) {
    for (std::size_t j = 0; j < by_column.size(); ++j) {
      Tensor row = top + (static_cast<std::int64_t>(i) - before),
             column = left + (static_cast<std::int64_t>(j) - before);
      if (pads_taps) {
        row = lines[0].inside(row);
        column = lines[1].inside(column);
      }
      const Tensor part = taken(x, row, column) * unsqueeze(by_row[i] * by_column[j], 1);
      sum = sum.defined() ? sum + part : part;
    }
  }
  return sum;
}

Results grid_sample(const Call& call) {
  const Tensor &x = call[0], &grid = call[1];
  check(x.dim() == 4 && grid.dim() == 4 && grid.size(3) == 2 && grid.size(0) == x.size(0) && x.size(2) > 0 &&
            x.size(3) > 0,
        "x is of shape {} and the grid of {}; expected {{N, C, H, W}} and {{N, OH, OW, 2}}", x.shape(),
        grid.shape());
  const std::string padding = call.text("padding_mode", "zeros"), mode = call.text("mode", "bilinear");
  check(padding == "zeros" || padding == "border" || padding == "reflection",
        "the padding mode \"{}\" is not known", padding);
  const Padding how = padding == "zeros"    ? Padding::zeros
                      : padding == "border" ? Padding::border
                                            : Padding::reflection;
  const bool is_aligned = call.integer("align_corners", 0) != 0;
  const std::array<Line, 2> lines{Line{x.size(2), is_aligned, how}, Line{x.size(3), is_aligned, how}};
  std::array<Tensor, 2> places{lines[0].pixels(select(grid, 3, 1)), lines[1].pixels(select(grid, 3, 0))};
  if (mode == "bicubic") return interpolated(x, lines, places, 1, cubic_weights, true);
  for (std::size_t i = 0; i < 2; ++i) places[i] = lines[i].inside(places[i]);
  if (mode == "nearest") return taken(x, round(places[0]).detach(), round(places[1]).detach());
  check(mode == "bilinear", "the mode is \"{}\"; expected bilinear, nearest or bicubic", mode);
  return interpolated(x, lines, places, 0, linear_weights, false);
}

}  // namespace

Operators sampling_operators() { return {{"GridSample", 16, grid_sample, "of images, {N, C, H, W}"}}; }

}  // namespace xtape::onnx::detail
