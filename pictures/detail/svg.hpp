// Svg: the text of a picture, element by element.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xtape::pictures::detail {

/// A text as XML can hold it: markup is escaped, and what is not UTF-8, or not a character of XML, becomes
/// '?'.
std::string escape(std::string_view text);

/// About how wide a text is, in a sans-serif font of `size` pixels.
double width_of(std::string_view text, double size);

enum class Anchor { start, middle, end };

struct TextOptions {
  double size = 12;
  Anchor anchor = Anchor::start;
  bool is_bold = false;
  bool is_upwards = false;  ///< reads from bottom to top
  std::string colour = "";  ///< "": dark grey
};

struct Stroke {
  std::string colour = "#000000";
  double width = 1;
  std::string dashes = "";  ///< as SVG writes them; "": a line without gaps
};

class Svg {
 public:
  Svg(int width, int height, std::string_view title);

  void line(double x1, double y1, double x2, double y2, const Stroke& stroke);
  /// `name` is what a browser shows when the pointer rests on the line.
  void polyline(const std::vector<std::pair<double, double>>& points, const Stroke& stroke,
                std::string_view name);
  /// `name` as of a polyline.
  void rectangle(double x, double y, double width, double height, std::string_view colour,
                 std::string_view name);
  void circle(double x, double y, double radius, std::string_view colour);
  void text(double x, double y, std::string_view text, const TextOptions& options);

  /// The whole file.
  std::string finish() &&;

 private:
  std::string out_;
};

}  // namespace xtape::pictures::detail
