// Curves: where title, legend, axes and lines stand.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "io/files.hpp"
#include "pictures/detail/axis.hpp"
#include "pictures/detail/file.hpp"
#include "pictures/detail/svg.hpp"
#include "pictures/pictures.hpp"

namespace xtape::pictures {

namespace {

using detail::Anchor;
using detail::Axis;
using detail::Stroke;
using detail::Svg;

// Okabe and Ito's colours, which eyes of every kind tell apart, without the yellow, which is lost on white.
constexpr std::array kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444"};
constexpr std::array kDashes = {"", "7 3", "2 3", "9 3 2 3"};  // once the colours are used up
const Stroke kGrid = {.colour = "#e4e4e4"}, kAxis = {.colour = "#888888"};
constexpr double kLargest = 1e300;  // beyond it a range could overflow
constexpr std::size_t kFew = 40;    // points of a series that are worth a dot each
constexpr std::size_t kMany = 500;  // points that a thick line would blot

Stroke stroke_of(std::size_t series, std::size_t points) {
  return {.colour = kColours[series % kColours.size()],
          .width = points > kMany ? 1 : 1.75,
          .dashes = kDashes[series / kColours.size() % kDashes.size()]};
}

struct Point {
  double x, y;
};

/// The points of a series, and nothing where it is interrupted.
std::vector<std::optional<Point>> points_of(const Series& series, bool log_y) {
  std::vector<std::optional<Point>> points;
  for (std::size_t i = 0; i < series.y.size(); ++i) {
    const Point p{series.x.empty() ? static_cast<double>(i + 1) : series.x[i], series.y[i]};
    const bool is_drawn =
        std::abs(p.x) <= kLargest && std::abs(p.y) <= kLargest && (!log_y || p.y > 1 / kLargest);
    points.push_back(is_drawn ? std::optional(p) : std::nullopt);
  }
  return points;
}

using Curves = std::vector<std::vector<std::optional<Point>>>;

struct Range {
  double low = 0, high = 0;
  bool is_empty = true, is_whole = true;

  void add(double value) {
    low = is_empty ? value : std::min(low, value);
    high = is_empty ? value : std::max(high, value);
    is_empty = false;
    is_whole = is_whole && value == std::floor(value);
  }
};

std::pair<Axis, Axis> axes_of(const Curves& curves, const CurveOptions& options) {
  Range x, y;
  for (const auto& curve : curves) {
    for (const auto& point : curve) {
      if (!point) continue;
      x.add(point->x);
      y.add(point->y);
    }
  }
  if (x.is_empty) x.high = y.high = 1, y.low = options.log_y ? 0.1 : 0;
  const Axis across = detail::linear_axis(x.low, x.high, {.ticks = options.width / 80, .whole = x.is_whole});
  if (options.log_y) return {across, detail::log_axis(y.low, y.high)};
  return {across, detail::linear_axis(y.low, y.high, {.ticks = options.height / 60, .round_ends = true})};
}

/// The area of the curves, in pixels.
struct Plot {
  double left, top, right, bottom;
  Axis x, y;

  std::pair<double, double> at(const Point& p) const {
    return {left + (right - left) * x.place(p.x), bottom - (bottom - top) * y.place(p.y)};
  }
};

/// Writes the names of the series in lines below the title, as far as there is room; gives the height they
/// take.
double draw_legend(Svg& svg, const std::vector<Series>& series, double left, double right, double top,
                   double room) {
  constexpr double kLine = 20, kSample = 24, kGap = 18;
  double x = left, y = top + 14;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (series[i].name.empty()) continue;
    const double width = kSample + 6 + detail::width_of(series[i].name, 12) + kGap;
    if (x > left && x + width - kGap > right) x = left, y += kLine;
    if (y - top + kLine > room) {
      svg.text(right, y - kLine, "...", {.anchor = Anchor::end});
      return y - kLine - top + 12;
    }
    svg.line(x, y - 4, x + kSample, y - 4, stroke_of(i, series[i].y.size()));
    svg.text(x + kSample + 6, y, series[i].name, {});
    x += width;
  }
  return x == left && y == top + 14 ? 0 : y - top + 12;
}

void draw_axes(Svg& svg, const Plot& plot, const CurveOptions& options) {
  for (const detail::Tick& tick : plot.y.ticks) {
    const double y = plot.at({plot.x.low, tick.at}).second;
    svg.line(plot.left, y, plot.right, y, kGrid);
    svg.text(plot.left - 8, y + 4, tick.label, {.anchor = Anchor::end});
  }
  for (const detail::Tick& tick : plot.x.ticks) {
    const double x = plot.at({tick.at, plot.y.low}).first;
    svg.line(x, plot.bottom, x, plot.bottom + 5, kAxis);
    svg.text(x, plot.bottom + 19, tick.label, {.anchor = Anchor::middle});
  }
  svg.line(plot.left, plot.bottom, plot.right, plot.bottom, kAxis);
  svg.line(plot.left, plot.top, plot.left, plot.bottom, kAxis);
  const double middle = (plot.left + plot.right) / 2;
  if (!options.x_label.empty()) {
    svg.text(middle, options.height - 10, options.x_label, {.size = 13, .anchor = Anchor::middle});
  }
  if (!options.y_label.empty()) {
    svg.text(18, (plot.top + plot.bottom) / 2, options.y_label,
             {.size = 13, .anchor = Anchor::middle, .is_upwards = true});
  }
}

/// One line for each run of points; dots where these are few, or where a run is a single one.
void draw_curve(Svg& svg, const Plot& plot, const std::vector<std::optional<Point>>& curve,
                std::string_view name, const Stroke& stroke) {
  const bool has_dots = curve.size() <= kFew;
  std::vector<std::pair<double, double>> run;
  const auto end_run = [&] {
    if (run.size() > 1) svg.polyline(run, stroke, name);
    if (has_dots || run.size() == 1) {
      for (const auto& [x, y] : run) svg.circle(x, y, 2.6, stroke.colour);
    }
    run.clear();
  };
  for (const auto& point : curve) {
    if (point) {
      run.push_back(plot.at(*point));
    } else {
      end_run();
    }
  }
  end_run();
}

void check_curves(const std::string& path, const std::vector<Series>& series, const CurveOptions& options) {
  detail::check_ending(path, ".svg");
  check(options.width >= 200 && options.height >= 150 && options.width <= 10'000 && options.height <= 10'000,
        "{}: a picture of {} x {}; expected 200 x 150 to 10000 x 10000", path, options.width, options.height);
  for (const Series& one : series) {
    check(one.x.empty() || one.x.size() == one.y.size(),
          "{}: series '{}' has {} x and {} y; expected as many, or no x", path, one.name, one.x.size(),
          one.y.size());
  }
}

}  // namespace

void save_curves(const std::string& path, const std::vector<Series>& series, const CurveOptions& options) {
  check_curves(path, series, options);
  Curves curves;
  for (const Series& one : series) curves.push_back(points_of(one, options.log_y));
  const auto [x, y] = axes_of(curves, options);

  double widest = 0;
  for (const detail::Tick& tick : y.ticks) widest = std::max(widest, detail::width_of(tick.label, 12));
  Plot plot{widest + (options.y_label.empty() ? 18 : 42),
            14,
            options.width - 24.0,
            options.height - (options.x_label.empty() ? 30.0 : 52.0),
            x,
            y};

  Svg svg(options.width, options.height, options.title);
  if (!options.title.empty()) {
    svg.text((plot.left + plot.right) / 2, 26, options.title,
             {.size = 16, .anchor = Anchor::middle, .is_bold = true});
    plot.top = 40;
  }
  plot.top += draw_legend(svg, series, plot.left, plot.right, plot.top, (plot.bottom - plot.top) / 2);
  draw_axes(svg, plot, options);
  for (std::size_t i = 0; i < series.size(); ++i)
    draw_curve(svg, plot, curves[i], series[i].name, stroke_of(i, series[i].y.size()));
  io::write_bytes(path, std::move(svg).finish());
}

}  // namespace xtape::pictures
