// SVG 1.1 as every browser reads it. Coordinates have two decimals.
#include "pictures/detail/svg.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

namespace xtape::pictures::detail {

namespace {

/// The length of the UTF-8 sequence at the beginning of `text`; 0 where that is none.
std::size_t sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::size_t length = byte(0) < 0x80 ? 1 : byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (length == 1) return 1;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length) return 0;
  std::uint32_t character = byte(0) & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    character = character << 6 | (byte(i) & 0x3fu);
  }
  const bool is_short = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  const bool is_allowed = character <= 0xd7ff || (character >= 0xe000 && character <= 0xfffd) ||
                          (character >= 0x10000 && character <= 0x10ffff);
  return is_short || !is_allowed ? 0 : length;
}

std::string attributes(const Stroke& stroke) {
  std::string text = fmt::format(R"(stroke="{}" stroke-width="{:g}")", stroke.colour, stroke.width);
  if (!stroke.dashes.empty()) text += fmt::format(R"( stroke-dasharray="{}")", stroke.dashes);
  return text;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char character = text[0];
    const std::size_t length = sequence(text);
    if (character == '&') {
      out += "&amp;";
    } else if (character == '<') {
      out += "&lt;";
    } else if (character == '>') {
      out += "&gt;";
    } else if (character == '"') {
      out += "&quot;";
    } else if (length == 0 ||
               (length == 1 && (static_cast<std::uint8_t>(character) < ' ' || character == 0x7f))) {
      out += '?';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

double width_of(std::string_view text, double size) {
  double characters = 0;
  for (char byte : text) characters += (static_cast<std::uint8_t>(byte) & 0xc0) != 0x80;
  return 0.56 * size * characters;
}

Svg::Svg(int width, int height, std::string_view title) {
  out_ = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" )"
      "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" fill=\"#333333\">\n",
      width, height);
  if (!title.empty()) out_ += fmt::format("<title>{}</title>\n", escape(title));
  out_ += fmt::format("<rect width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\n", width, height);
}

void Svg::line(double x1, double y1, double x2, double y2, const Stroke& stroke) {
  out_ += fmt::format("<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\" {}/>\n", x1, y1, x2, y2,
                      attributes(stroke));
}

void Svg::polyline(const std::vector<std::pair<double, double>>& points, const Stroke& stroke,
                   std::string_view name) {
  out_ +=
      fmt::format("<polyline fill=\"none\" {} stroke-linejoin=\"round\" stroke-linecap=\"round\" points=\"",
                  attributes(stroke));
  const char* separator = "";
  for (const auto& [x, y] : points) {
    fmt::format_to(std::back_inserter(out_), "{}{:.2f},{:.2f}", separator, x, y);
    separator = " ";
  }
  out_ += name.empty() ? "\"/>\n" : fmt::format("\"><title>{}</title></polyline>\n", escape(name));
}

void Svg::rectangle(double x, double y, double width, double height, std::string_view colour,
                    std::string_view name) {
  out_ += fmt::format(
      "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" "
      "fill=\"{}\"><title>{}</title></rect>\n",
      x, y, width, height, colour, escape(name));
}

void Svg::circle(double x, double y, double radius, std::string_view colour) {
  out_ += fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:g}\" fill=\"{}\"/>\n", x, y, radius, colour);
}

void Svg::text(double x, double y, std::string_view text, const TextOptions& options) {
  const char* anchors[] = {"start", "middle", "end"};
  out_ += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" font-size=\"{:g}\" text-anchor=\"{}\"", x, y,
                      options.size, anchors[static_cast<int>(options.anchor)]);
  if (options.is_bold) out_ += " font-weight=\"bold\"";
  if (!options.colour.empty()) out_ += fmt::format(" fill=\"{}\"", options.colour);
  if (options.is_upwards) out_ += fmt::format(" transform=\"rotate(-90 {:.2f} {:.2f})\"", x, y);
  out_ += fmt::format(">{}</text>\n", escape(text));
}

std::string Svg::finish() && { return std::move(out_) + "</svg>\n"; }

}  // namespace xtape::pictures::detail
