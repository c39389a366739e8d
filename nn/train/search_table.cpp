// The result of a search as a table and as a CSV file.
#include <algorithm>
#include <cmath>
#include <ostream>

#include "io/csv.hpp"
#include "nn/train/search.hpp"

namespace xtape::nn {

namespace {

using Row = std::vector<std::string>;

std::string decimals(double value) { return std::isnan(value) ? "" : fmt::format("{:.4f}", value); }

std::vector<std::string> names_of(const SearchResult& result) {
  std::vector<std::string> names;
  if (result.trials.empty()) return names;
  for (const auto& [name, value] : result.trials.front().params) names.push_back(name);
  return names;
}

Row row_of(const Trial& trial) {
  Row row{std::to_string(trial.number)};
  for (const auto& [name, value] : trial.params) row.push_back(value.to_string());
  if (trial.failed()) {
    row.push_back(trial.failure);
    return row;
  }
  const EpochRecord& best = trial.history.best();
  for (const double value : {best.validation_accuracy, best.validation_loss, best.train_accuracy}) {
    row.push_back(decimals(value));
  }
  row.push_back(std::to_string(best.epoch));
  row.push_back(fmt::format("{:.1f}", trial.history.seconds));
  return row;
}

/// The columns right-aligned and two spaces apart. A failure stands in the last cell of its row and takes as
/// much room as it needs.
std::string laid_out(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    const std::size_t cells = row.size() == widths.size() ? row.size() : row.size() - 1;
    for (std::size_t i = 0; i < cells; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    if (&row != &rows.front()) text += '\n';
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool failure = row.size() < widths.size() && i + 1 == row.size();
      text += fmt::format("{}{:>{}}", i == 0 ? "" : "  ", row[i], failure ? 0 : widths[i]);
    }
  }
  return text;
}

}  // namespace

std::string to_string(const SearchResult& result) {
  Row header{"#"};
  for (const std::string& name : names_of(result)) header.push_back(name);
  for (const char* name : {"val_acc", "val_loss", "train_acc", "epoch", "seconds"}) header.push_back(name);
  std::vector<Row> rows{header};
  for (const Trial& trial : result.trials) rows.push_back(row_of(trial));
  return laid_out(rows);
}

std::ostream& operator<<(std::ostream& out, const SearchResult& result) { return out << to_string(result); }

void save_csv(const SearchResult& result, const std::string& path) {
  Row header{"trial"};
  for (const std::string& name : names_of(result)) header.push_back(name);
  for (const char* name : {"validation_accuracy", "validation_loss", "train_accuracy", "best_epoch", "epochs",
                           "seconds", "ending", "failure"}) {
    header.push_back(name);
  }
  std::vector<Row> rows{header};
  for (const Trial& trial : result.trials) {
    Row row{std::to_string(trial.number)};
    for (const auto& [name, value] : trial.params) row.push_back(value.to_string());
    const EpochRecord best = trial.history.best_index ? trial.history.best() : EpochRecord{};
    for (const double value : {best.validation_accuracy, best.validation_loss, best.train_accuracy}) {
      row.push_back(io::csv_number(value));
    }
    row.push_back(trial.history.best_index ? std::to_string(best.epoch) : "");
    row.push_back(std::to_string(trial.history.epochs.size()));
    row.push_back(io::csv_number(trial.history.seconds));
    row.push_back(trial.failed() && !trial.history.diverged() ? ""
                                                              : std::string(to_string(trial.history.ending)));
    row.push_back(trial.failure);
    rows.push_back(std::move(row));
  }
  io::write_csv(path, rows);
}

}  // namespace xtape::nn
