// Tables as CSV files (RFC 4180).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace xtape::io {

/// The shortest text that reads back as `value`; "" for NaN.
std::string csv_number(double value);

/// Writes one line per row. Cells with commas, quotes or line ends are quoted. The file appears whole or not
/// at all.
void write_csv(const std::filesystem::path& path, const std::vector<std::vector<std::string>>& rows);

}  // namespace xtape::io
