// A CSV file as it was read: named columns of texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/sources/csv.hpp"
#include "io/csv.hpp"

namespace xtape::datasets::detail {

struct CsvTable {
  std::string file;
  CSVOptions options;
  std::vector<std::string> names;  ///< of the columns
  std::vector<io::CsvRow> rows;    ///< without the header

  /// Throws where a row has another number of cells than the first, where two columns have one name, or where
  /// there is no row.
  CsvTable(const io::Source& source, const CSVOptions& options);

  /// The number of a column. Throws where there is none of that name.
  std::size_t column(std::string_view name) const;
  /// A trimmed cell; nothing where it is missing.
  std::optional<std::string_view> cell(std::int64_t row, std::size_t column) const;
  /// Throws, naming file, line and column.
  [[noreturn]] void fail(std::int64_t row, std::size_t column, std::string_view what) const;

  /// The columns that are features by the options.
  std::vector<std::size_t> features() const;
  /// All rows, or by the options those in which nothing is missing.
  std::vector<std::int64_t> usable_rows() const;
};

}  // namespace xtape::datasets::detail
