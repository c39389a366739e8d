// Cells with and without quotes, both ways, and the atomic file.
#include "io/csv.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <utility>

#include "autograd/base/error.hpp"
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

/// Goes through the text once, from cell to cell.
class CsvReader {
 public:
  CsvReader(std::string_view text, std::string_view name, const CsvFormat& format)
      : left_(text), name_(name), format_(format) {
    if (left_.starts_with("\xef\xbb\xbf")) left_.remove_prefix(3);
  }

  std::vector<CsvRow> rows() {
    std::vector<CsvRow> rows;
    while (!left_.empty()) {
      CsvRow row = next_row();
      if (row.cells.size() > 1 || !row.cells[0].empty()) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  CsvRow next_row() {
    CsvRow row{line_, {}};
    do {
      row.cells.push_back(left_.starts_with(format_.quote) ? quoted_cell() : plain_cell());
    } while (take(format_.separator));
    take('\r');
    take('\n');
    ++line_;
    return row;
  }

  bool take(char c) {
    if (!left_.starts_with(c)) return false;
    left_.remove_prefix(1);
    return true;
  }
  bool ends_cell() const {
    return left_.empty() || left_[0] == format_.separator || left_[0] == '\n' || left_.starts_with("\r\n");
  }

  std::string plain_cell() {
    const std::string_view begin = left_;
    while (!ends_cell()) left_.remove_prefix(1);
    return std::string(begin.substr(0, begin.size() - left_.size()));
  }

  std::string quoted_cell() {
    const std::int64_t first = line_;
    std::string cell;
    left_.remove_prefix(1);
    while (!left_.empty()) {
      const char c = left_[0];
      left_.remove_prefix(1);
      if (c == format_.quote && !take(format_.quote)) {
        check(ends_cell(), "{}:{}: text behind a closing quote", name_, line_);
        return cell;
      }
      line_ += c == '\n';
      cell += c;
    }
    throw Error(fmt::format("{}:{}: a quote is not closed", name_, first));
  }

  std::string_view left_, name_;
  CsvFormat format_;
  std::int64_t line_ = 1;
};

}  // namespace

std::vector<CsvRow> read_csv(std::string_view text, std::string_view name, const CsvFormat& format) {
  return CsvReader(text, name, format).rows();
}

std::string csv_number(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

void write_csv(const std::string& path, const std::vector<std::vector<std::string>>& rows) {
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
