// Confusion matrices: where cells and names stand, and how dark a cell is.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "io/files.hpp"
#include "pictures/detail/file.hpp"
#include "pictures/detail/svg.hpp"
#include "pictures/pictures.hpp"

namespace xtape::pictures {

namespace {

using detail::Anchor;
using detail::Svg;

constexpr std::int64_t kMostClasses = 200;
constexpr double kCell = 44, kMargin = 16, kTitle = 30, kAxisName = 24;

/// White for 0, the blue of Okabe and Ito for 1. Small shares show too: they are what one looks for.
std::string shade(double share) {
  const double part = std::sqrt(share);
  const auto mix = [part](double to) { return static_cast<int>(std::lround(255 + part * (to - 255))); };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(0), mix(114), mix(178));
}

/// The numbers as doubles, row by row.
std::vector<double> counts_of(const std::string& path, const Tensor& matrix) {
  const bool is_square =
      matrix.defined() && matrix.dim() == 2 && matrix.size(0) == matrix.size(1) && matrix.size(0) > 0;
  check(is_square, "{}: a confusion matrix of shape {}; expected {{C, C}}", path,
        matrix.defined() ? matrix.shape() : Shape());
  check(matrix.size(0) <= kMostClasses, "{}: a confusion matrix of {} classes; expected at most {}", path,
        matrix.size(0), kMostClasses);
  const std::vector<double> counts = matrix.detach().to(kFloat64).flatten().to_vector<double>();
  for (const double count : counts)
    check(count >= 0 && std::isfinite(count), "{}: a confusion matrix with {}; expected numbers of examples",
          path, count);
  return counts;
}

std::vector<std::string> names_of(const std::string& path, std::size_t classes,
                                  const ConfusionOptions& options) {
  check(options.classes.empty() || options.classes.size() == classes, "{}: {} names for {} classes", path,
        options.classes.size(), classes);
  std::vector<std::string> names = options.classes;
  for (std::size_t i = names.size(); i < classes; ++i) names.push_back(fmt::format("{}", i));
  return names;
}

void draw_cell(Svg& svg, double x, double y, double count, double share, const std::string& name) {
  svg.rectangle(x, y, kCell - 1, kCell - 1, shade(share), name);
  if (count == 0) return;
  svg.text(x + kCell / 2, y + kCell / 2 + 4, fmt::format("{:g}", count),
           {.anchor = Anchor::middle, .colour = share > 0.3 ? "#ffffff" : ""});
}

}  // namespace

void save_confusion_matrix(const std::string& path, const Tensor& matrix, const ConfusionOptions& options) {
  detail::check_ending(path, ".svg");
  const std::vector<double> counts = counts_of(path, matrix);
  const auto classes = static_cast<std::size_t>(matrix.size(0));
  const std::vector<std::string> names = names_of(path, classes, options);

  double widest = 0;
  for (const std::string& name : names) widest = std::max(widest, detail::width_of(name, 12));
  const double left = kMargin + kAxisName + widest + 8,
               top = kMargin + (options.title.empty() ? 0 : kTitle) + kAxisName + widest + 8,
               side = kCell * static_cast<double>(classes), right = left + side, bottom = top + side;
  Svg svg(static_cast<int>(right + kMargin), static_cast<int>(bottom + kMargin), options.title);
  if (!options.title.empty())
    svg.text((left + right) / 2, 28, options.title, {.size = 16, .anchor = Anchor::middle, .is_bold = true});
  svg.text((left + right) / 2, top - widest - 16, "predicted class", {.size = 13, .anchor = Anchor::middle});
  svg.text(kMargin + 13, (top + bottom) / 2, "true class",
           {.size = 13, .anchor = Anchor::middle, .is_upwards = true});

  for (std::size_t i = 0; i < classes; ++i) {
    const double y = top + kCell * static_cast<double>(i), along = left + kCell * static_cast<double>(i);
    svg.text(left - 8, y + kCell / 2 + 4, names[i], {.anchor = Anchor::end});
    svg.text(along + kCell / 2 + 4, top - 8, names[i], {.is_upwards = true});
    double total = 0;
    for (std::size_t j = 0; j < classes; ++j) total += counts[i * classes + j];
    for (std::size_t j = 0; j < classes; ++j) {
      const double count = counts[i * classes + j], share = total > 0 ? count / total : 0;
      draw_cell(svg, left + kCell * static_cast<double>(j), y, count, share,
                fmt::format("{} taken for {}: {:g} of {:g}", names[i], names[j], count, total));
    }
  }
  io::write_bytes(path, std::move(svg).finish());
}

}  // namespace xtape::pictures
