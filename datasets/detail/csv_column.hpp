// A column of a CSV file: what is learnt of it from the training part, and how cells become numbers by that.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/detail/csv_table.hpp"

namespace xtape::datasets::detail {

class CsvColumn {
 public:
  /// Learns from `rows` of `table`.
  CsvColumn(const CsvTable& table, std::size_t index, std::span<const std::int64_t> rows);

  const std::string& name() const { return name_; }
  bool is_number() const { return is_number_; }
  const std::vector<std::string>& categories() const { return categories_; }  ///< sorted; none of a number's
  std::int64_t width() const { return is_number_ ? 1 : std::ssize(categories_); }  ///< in features

  /// Writes what rows of a table, this one or another, hold here into x {rows.size(), F}, whose zeros begin
  /// to be this column's at feature `first`.
  void write_features(const CsvTable& table, std::span<const std::int64_t> rows, const Tensor& x,
                      std::int64_t first) const;
  /// The column as a target: float32 or int64 {rows.size()}.
  Tensor target(const CsvTable& table, std::span<const std::int64_t> rows) const;

 private:
  using Cell = std::optional<std::string_view>;

  std::optional<double> number(const CsvTable& table, std::size_t index, std::int64_t row) const;
  std::optional<std::int64_t> category(const Cell& cell) const;
  double feature(const CsvTable& table, std::size_t index, std::int64_t row) const;

  std::string name_;
  bool is_number_ = false;
  std::vector<std::string> categories_;
  double mean_ = 0, deviation_ = 1;  // of the training part's numbers
};

}  // namespace xtape::datasets::detail
