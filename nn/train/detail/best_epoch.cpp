// Comparing epochs, and copying weights from and to the model.
#include "nn/train/detail/best_epoch.hpp"

namespace xtape::nn {

bool by_accuracy(const TrainerOptions& options) {
  return options.monitor == Monitor::accuracy && static_cast<bool>(options.accuracy);
}

void BestEpoch::add(const EpochRecord& record, std::size_t index, const ModuleBase& model) {
  if (is_progress(record)) {
    mark_ = by_accuracy(options_) ? record.validation_accuracy : record.validation_loss;
    waited_ = 0;
  } else {
    ++waited_;
  }
  if (!is_better(record)) return;
  best_ = record;
  index_ = index;
  if (!options_.restore_best) return;
  weights_ = StateDict();
  for (const auto& [name, value] : model.state_dict()) weights_.insert(name, value.clone());
}

bool BestEpoch::is_better(const EpochRecord& record) const {
  if (!index_) return true;
  const bool lower_loss = record.validation_loss < best_.validation_loss;
  if (!by_accuracy(options_) || record.validation_accuracy == best_.validation_accuracy) return lower_loss;
  return record.validation_accuracy > best_.validation_accuracy;
}

bool BestEpoch::is_progress(const EpochRecord& record) const {
  if (!mark_) return true;
  const double delta = options_.early_stopping.min_delta;
  return by_accuracy(options_) ? record.validation_accuracy > *mark_ + delta
                               : record.validation_loss < *mark_ - delta;
}

bool BestEpoch::is_over() const {
  const std::int64_t patience = options_.early_stopping.patience;
  return patience > 0 && waited_ >= patience;
}

void BestEpoch::restore(ModuleBase& model) const {
  if (index_ && options_.restore_best) model.load_state_dict(weights_);
}

}  // namespace xtape::nn
