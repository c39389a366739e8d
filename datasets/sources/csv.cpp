// A table's rows as tensors, by what the training part taught of its columns.
#include "datasets/sources/csv.hpp"

#include "autograd/ops/create.hpp"
#include "datasets/detail/csv_column.hpp"
#include "datasets/detail/csv_table.hpp"
#include "io/utf8.hpp"

namespace xtape::datasets {

namespace detail {

constexpr std::size_t kMostCategories = 1000;  // of a feature: a name or a date is none, and fills the memory

struct CsvEncoding {
  std::vector<CsvColumn> features;
  std::optional<CsvColumn> target;

  /// Learns from `rows`.
  CsvEncoding(const CsvTable& table, std::span<const std::int64_t> rows) {
    for (const std::size_t index : table.features()) {
      const CsvColumn& column = features.emplace_back(table, index, rows);
      check(column.categories().size() <= kMostCategories,
            "{}: column \"{}\" has {} categories; expected {} at most, and .ignore leaves a column out",
            table.file, io::printable(column.name()), column.categories().size(), kMostCategories);
    }
    const std::string& name = table.options.target;
    if (!name.empty()) target.emplace(table, table.column(name), rows);
  }

  Example encoded(const CsvTable& table, std::span<const std::int64_t> rows) const {
    std::int64_t width = 0;
    for (const CsvColumn& column : features) width += column.width();
    Tensor x = zeros({std::ssize(rows), width});
    std::int64_t first = 0;
    for (const CsvColumn& column : features) {
      column.write_features(table, rows, x, first);
      first += column.width();
    }
    return {x, target ? target->target(table, rows) : Tensor()};
  }
};

}  // namespace detail

using detail::CsvEncoding;
using detail::CsvTable;

CSV::CSV(const io::Source& source, const CSVOptions& options)
    : CSV(std::make_shared<CsvTable>(source, options), nullptr) {}

CSV::CSV(const io::Source& source, const CSV& training)
    : CSV(std::make_shared<CsvTable>(source, training.table_->options), &training) {}

CSV::CSV(std::shared_ptr<const CsvTable> table, const CSV* training)
    : table_(std::move(table)), rows_(table_->usable_rows()) {
  encode(training);
}

CSV::CSV(const CSV& whole, const std::vector<std::int64_t>& rows, const CSV* training)
    : table_(whole.table_) {
  for (const std::int64_t row : rows) rows_.push_back(whole.rows_[static_cast<std::size_t>(row)]);
  encode(training);
}

void CSV::encode(const CSV* training) {
  encoding_ = training ? training->encoding_ : std::make_shared<CsvEncoding>(*table_, rows_);
  tensors_ = encoding_->encoded(*table_, rows_);
}

Example CSV::get_batch(std::span<const std::int64_t> indices, Generator&) const {
  return tensors_.map([&](const Tensor& x) { return gather_rows(x, indices); });
}

std::vector<std::string> CSV::feature_names() const {
  std::vector<std::string> names;
  for (const detail::CsvColumn& column : encoding_->features) {
    if (column.is_number()) names.push_back(column.name());
    for (const std::string& category : column.categories()) names.push_back(column.name() + "=" + category);
  }
  return names;
}

const std::vector<std::string>& CSV::classes() const {
  check(encoding_->target && !encoding_->target->is_number(), "CSV: the target has no classes");
  return encoding_->target->categories();
}

}  // namespace xtape::datasets
