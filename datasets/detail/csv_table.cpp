// Reading, and looking up columns by name.
#include "datasets/detail/csv_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "io/guard.hpp"
#include "io/utf8.hpp"

namespace xtape::datasets::detail {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

}  // namespace

CsvTable::CsvTable(const io::Source& source, const CSVOptions& o) : file(source.name()), options(o) {
  o.missing.check_word("CSV", "missing");
  rows = io::guarded(file, [&] {
    return io::read_csv(io::read_bytes(source), file, {.separator = o.separator, .quote = o.quote});
  });
  check(!rows.empty(), "{}: the file holds no rows", file);
  const io::CsvRow first = rows[0];
  for (std::size_t i = 0; i < first.cells.size(); ++i) {
    names.push_back(o.header ? std::string(trimmed(first.cells[i])) : fmt::format("{}", i));
  }
  for (const std::string& name : names) {
    check(std::ranges::count(names, name) == 1, "{}:{}: two columns are called \"{}\"", file, first.line,
          io::printable(name));
  }
  for (const io::CsvRow& row : rows) {
    check(row.cells.size() == names.size(), "{}:{}: {} cells; expected {}, as in the first row", file,
          row.line, row.cells.size(), names.size());
  }
  if (o.header) rows.erase(rows.begin());
  check(!rows.empty(), "{}: the file holds a header alone", file);
}

std::size_t CsvTable::column(std::string_view name) const {
  const auto found = std::ranges::find(names, name);
  check(found != names.end(), "{}: there is no column \"{}\"; there are {}", file, io::printable(name),
        io::printable_list(names));
  return static_cast<std::size_t>(found - names.begin());
}

std::optional<std::string_view> CsvTable::cell(std::int64_t row, std::size_t column) const {
  const std::string_view text = trimmed(rows[static_cast<std::size_t>(row)].cells[column]);
  if (contains(options.na_values, text)) return {};
  return text;
}

void CsvTable::fail(std::int64_t row, std::size_t column, std::string_view what) const {
  throw Error(fmt::format("{}:{}: column \"{}\": {}", file, rows[static_cast<std::size_t>(row)].line,
                          io::printable(names[column]), what));
}

std::vector<std::size_t> CsvTable::features() const {
  for (const auto* list : {&options.ignore, &options.categories}) {
    for (const std::string& name : *list) static_cast<void>(column(name));
  }
  std::vector<std::size_t> chosen;
  for (const std::string& name : options.columns.empty() ? names : options.columns) {
    if (name != options.target && !contains(options.ignore, name)) chosen.push_back(column(name));
  }
  check(!chosen.empty(), "{}: no columns are left as features", file);
  return chosen;
}

std::vector<std::int64_t> CsvTable::usable_rows() const {
  std::vector<std::int64_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0);
  if (options.missing.value() != Missing::drop) return all;
  std::vector<std::size_t> columns = features();
  if (!options.target.empty()) columns.push_back(column(options.target));
  std::erase_if(all, [&](std::int64_t row) {
    return std::ranges::any_of(columns, [&](std::size_t column) { return !cell(row, column); });
  });
  check(!all.empty(), "{}: something is missing in every row", file);
  return all;
}

}  // namespace xtape::datasets::detail
