// Quoting of cells, and the atomic file.
#include "io/csv.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "io/files.hpp"

namespace xtape::io {

namespace {

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string text = "\"";
  for (const char c : cell) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

}  // namespace

std::string csv_number(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

void write_csv(const std::filesystem::path& path, const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    std::string_view separator;
    for (const std::string& cell : row) {
      text += separator;
      text += quoted(cell);
      separator = ",";
    }
    text += '\n';
  }
  write_bytes(path, text);
}

}  // namespace xtape::io
