// Comparing epochs, and copying weights from and to the model.
#include "nn/train/detail/best_epoch.hpp"

namespace xtape::nn {

bool by_accuracy(const TrainerOptions& options) {
  return options.monitor == Monitor::accuracy && static_cast<bool>(options.accuracy);
}

void BestEpoch::add_newest(const ModuleBase& model) {
  const EpochRecord& record = state_.history.epochs.back();
  BestSoFar& best = state_.best;
  if (is_progress(record)) {
    best.mark = by_accuracy(options_) ? record.validation_accuracy : record.validation_loss;
    best.waited = 0;
  } else {
    ++best.waited;
  }
  if (!is_better(record)) return;
  state_.history.best_index = state_.history.epochs.size() - 1;
  if (!options_.restore_best) return;
  best.weights = StateDict();
  for (const auto& [name, value] : model.state_dict()) best.weights.insert(name, value.clone());
}

bool BestEpoch::is_better(const EpochRecord& record) const {
  if (!state_.history.best_index) return true;
  const EpochRecord& best = state_.history.best();
  const bool lower_loss = record.validation_loss < best.validation_loss;
  if (!by_accuracy(options_) || record.validation_accuracy == best.validation_accuracy) return lower_loss;
  return record.validation_accuracy > best.validation_accuracy;
}

bool BestEpoch::is_progress(const EpochRecord& record) const {
  const std::optional<double>& mark = state_.best.mark;  // min_delta lets it lag behind the best
  if (!mark) return true;
  const double delta = options_.early_stopping.min_delta;
  return by_accuracy(options_) ? record.validation_accuracy > *mark + delta
                               : record.validation_loss < *mark - delta;
}

bool BestEpoch::is_over() const {
  const std::int64_t patience = options_.early_stopping.patience;
  return patience > 0 && state_.best.waited >= patience;
}

void BestEpoch::restore(ModuleBase& model) const {
  if (!state_.best.weights.empty() && options_.restore_best) model.load_state_dict(state_.best.weights);
}

}  // namespace xtape::nn
