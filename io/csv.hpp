// Tables as CSV files (RFC 4180).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xtape::io {

struct CsvFormat {
  char separator = ',';
  char quote = '"';
};

struct CsvRow {
  std::int64_t line;  ///< where it begins, from 1
  std::vector<std::string> cells;
};

/// The rows of a text. A quoted cell may hold separators, line ends, and quotes written twice; lines end with
/// \n or \r\n, and empty ones are left out, as is a byte order mark. Throws, with `name` and the line, where
/// a quote is not closed or is followed by more text.
std::vector<CsvRow> read_csv(std::string_view text, std::string_view name, const CsvFormat& format = {});

/// The shortest text that reads back as `value`; "" for NaN.
std::string csv_number(double value);

/// Writes one line per row. Cells with commas, quotes or line ends are quoted. The file appears whole or not
/// at all.
void write_csv(const std::string& path, const std::vector<std::vector<std::string>>& rows);

}  // namespace xtape::io
