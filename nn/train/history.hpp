// History: what a training leaves behind. A loss for each iteration, a record for each epoch, and how it
// ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xtape::nn {

/// After each batch.
struct BatchRecord {
  std::int64_t epoch = 0;      ///< 1, 2, ...
  std::int64_t iteration = 0;  ///< 1, 2, ... through all epochs
  double loss = 0;             ///< of this batch, penalty included
  double lr = 0;               ///< of the optimiser's first group
};

/// After each epoch. What was not measured is NaN. Losses are without the penalty.
struct EpochRecord {
  static constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

  std::int64_t epoch = 0;
  double lr = 0;                     ///< during the epoch
  double train_loss = kNotMeasured;  ///< the mean over the epoch's examples, each as the weights then were
  double train_accuracy = kNotMeasured;  ///< after the epoch
  double validation_loss = kNotMeasured;
  double validation_accuracy = kNotMeasured;
  double seconds = 0;  ///< of the epoch, measuring included
};

enum class Ending {
  completed,       ///< all epochs
  stopped,         ///< by a callback or stop()
  early_stopping,  ///< validation stopped getting better
  interrupted,     ///< Ctrl-C
  diverged,        ///< a loss was not finite; where it was a batch's, it is the last in `losses`
};
/// "completed", ...
std::string_view to_string(Ending ending);

struct History {
  std::vector<double> losses = {};  ///< of each iteration, penalty included
  std::vector<EpochRecord> epochs = {};
  std::optional<std::size_t> best_index = {};  ///< in `epochs`; none where nothing was validated
  Ending ending = Ending::completed;
  double seconds = 0;

  bool interrupted() const { return ending == Ending::interrupted; }
  bool diverged() const { return ending == Ending::diverged; }
  /// The epoch of the best validation; an Error where there is none.
  const EpochRecord& best() const;
  /// One number of every epoch, for a curve: history.values(&EpochRecord::validation_accuracy).
  std::vector<double> values(double EpochRecord::*field) const;
};

/// A line per epoch: epoch,lr,train_loss,train_accuracy,validation_loss,validation_accuracy,seconds. What was
/// not measured is empty.
void save_csv(const History& history, const std::string& path);

}  // namespace xtape::nn
