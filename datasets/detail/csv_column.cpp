// Kinds, categories and means; and cells by them.
#include "datasets/detail/csv_column.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <set>

#include "autograd/ops/create.hpp"
#include "io/utf8.hpp"

namespace xtape::datasets::detail {

namespace {

/// The number that a cell holds, whatever the locale; nothing where it is none.
std::optional<double> number_of(std::string_view cell) {
  if (cell.starts_with('+') && !cell.starts_with("+-")) cell.remove_prefix(1);
  double value = 0;
  const char* const end = cell.data() + cell.size();
  const auto [stop, error] = std::from_chars(cell.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return {};
  return value;
}

}  // namespace

CsvColumn::CsvColumn(const CsvTable& table, std::size_t index, std::span<const std::int64_t> rows)
    : name_(table.names[index]) {
  std::vector<double> numbers;
  std::set<std::string, std::less<>> texts;
  std::size_t there = 0;
  for (const std::int64_t row : rows) {
    const Cell cell = table.cell(row, index);
    if (!cell) continue;
    ++there;
    if (const auto number = number_of(*cell)) numbers.push_back(*number);
    texts.emplace(*cell);
  }
  const bool is_category = std::ranges::count(table.options.categories, name_) > 0;
  is_number_ = !is_category && 2 * numbers.size() >= there;
  if (!is_number_) {
    categories_.assign(texts.begin(), texts.end());
    return;
  }
  const auto count = static_cast<double>(numbers.size());
  double variance = 0;
  for (const double x : numbers) mean_ += x / count;
  for (const double x : numbers) variance += (x - mean_) * (x - mean_) / count;
  if (variance > 0) deviation_ = std::sqrt(variance);
}

std::optional<double> CsvColumn::number(const CsvTable& table, std::size_t index, std::int64_t row) const {
  const Cell cell = table.cell(row, index);
  if (!cell) return {};
  const std::optional<double> value = number_of(*cell);
  if (!value) {
    table.fail(row, index,
               fmt::format("\"{}\" is not a number, as most of the column are; .categories = "
                           "{{\"{}\"}} would take it",
                           io::printable(*cell), io::printable(name_)));
  }
  return value;
}

std::optional<std::int64_t> CsvColumn::category(const Cell& cell) const {
  if (!cell) return {};
  const auto found = std::ranges::lower_bound(categories_, *cell);
  if (found == categories_.end() || *found != *cell) return {};
  return found - categories_.begin();
}

double CsvColumn::feature(const CsvTable& table, std::size_t index, std::int64_t row) const {
  const std::optional<double> value = number(table, index, row);
  if (!value && table.options.missing.value() != Missing::mean) {
    table.fail(row, index, "a number is missing; .missing = \"mean\" or \"drop\" would go on");
  }
  const double number = value.value_or(mean_);
  return table.options.standardize ? (number - mean_) / deviation_ : number;
}

void CsvColumn::write_features(const CsvTable& table, std::span<const std::int64_t> rows, const Tensor& x,
                               std::int64_t first) const {
  const std::size_t index = table.column(name_);
  float* out = x.data<float>() + first;
  for (const std::int64_t row : rows) {
    if (is_number_) {
      *out = static_cast<float>(feature(table, index, row));
    } else if (const auto one = category(table.cell(row, index))) {
      out[*one] = 1;
    }
    out += x.size(1);
  }
}

Tensor CsvColumn::target(const CsvTable& table, std::span<const std::int64_t> rows) const {
  const std::size_t index = table.column(name_);
  Tensor y = empty({rows.size()}, {.dtype = is_number_ ? kFloat32 : kInt64});
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const Cell cell = table.cell(rows[n], index);
    if (!cell) table.fail(rows[n], index, "the target is missing");
    if (is_number_) {
      y.data<float>()[n] = static_cast<float>(*number(table, index, rows[n]));
      continue;
    }
    const auto label = category(cell);
    if (!label) {
      table.fail(rows[n], index, fmt::format("the training part has no class \"{}\"", io::printable(*cell)));
    }
    y.data<std::int64_t>()[n] = *label;
  }
  return y;
}

}  // namespace xtape::datasets::detail
