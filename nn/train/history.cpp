// Look-up in a History, and its CSV file.
#include "nn/train/history.hpp"

#include <string>

#include "autograd/base/error.hpp"
#include "io/csv.hpp"

namespace xtape::nn {

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::completed: return "completed";
    case Ending::stopped: return "stopped";
    case Ending::early_stopping: return "early stopping";
    case Ending::interrupted: return "interrupted";
    case Ending::diverged: return "diverged";
  }
  return "";
}

const EpochRecord& History::best() const {
  check(best_index.has_value(), "History: there is no best epoch; {} epoch(s) ended, none with a validation",
        epochs.size());
  check(*best_index < epochs.size(), "History: the best epoch is number {} of {}", *best_index,
        epochs.size());
  return epochs[*best_index];
}

std::vector<double> History::values(double EpochRecord::*field) const {
  std::vector<double> result;
  for (const EpochRecord& record : epochs) result.push_back(record.*field);
  return result;
}

void save_csv(const History& history, const std::string& path) {
  std::vector<std::vector<std::string>> rows{
      {"epoch", "lr", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "seconds"}};
  for (const EpochRecord& record : history.epochs) {
    std::vector<std::string> row{std::to_string(record.epoch)};
    for (const double value : {record.lr, record.train_loss, record.train_accuracy, record.validation_loss,
                               record.validation_accuracy, record.seconds}) {
      row.push_back(io::csv_number(value));
    }
    rows.push_back(std::move(row));
  }
  io::write_csv(path, rows);
}

}  // namespace xtape::nn
