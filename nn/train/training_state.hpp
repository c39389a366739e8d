// TrainingState: all that a training needs to go on where it stood, as one state dict.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "autograd/base/random.hpp"
#include "nn/module/module_base.hpp"
#include "nn/optim/optimizer.hpp"
#include "nn/optim/schedules/scheduler.hpp"
#include "nn/train/history.hpp"

namespace xtape::nn {

struct TrainingStateOptions {
  optim::LRScheduler* scheduler = nullptr;
  /// Those that the training draws from besides the default one: a data loader's, a dropout layer's.
  std::vector<Generator*> generators = {};
};

/// What a training remembers of its best epoch, which is the history's best_index.
struct BestSoFar {
  StateDict weights = {};           ///< empty where they are not to be restored
  std::optional<double> mark = {};  ///< what early stopping measures progress against
  std::int64_t waited = 0;          ///< epochs since the last progress
};

/// A model, its optimiser and what else changes while it learns. The Trainer keeps one; a loop of one's own:
///
///   nn::TrainingState state(model, optimizer, {.scheduler = &scheduler});
///   if (std::filesystem::exists(file)) state.load_state_dict(load(file));
///   while (state.epoch < 10) {
///     train_one_epoch();
///     ++state.epoch;
///     save(state.state_dict(), file);
///   }
///
/// A training that is stopped after an epoch and goes on from the dict ends with the same bits as one that
/// ran through. All that it refers to must outlive it.
class TrainingState {
 public:
  TrainingState(ModuleBase& model, optim::Optimizer& optimizer, const TrainingStateOptions& options = {});

  std::int64_t epoch = 0;  ///< the last one that is done
  History history = {};    ///< its ending is not saved
  BestSoFar best = {};

  /// A copy of everything: "model.fc.weight", "optimizer.state.0.step", "scheduler.last_epoch", "epoch",
  /// "generator" (the default one), "generators.0", "history.losses", "best.model.fc.weight", ...
  StateDict state_dict() const;
  /// Sets everything. Throws, and changes nothing, where a part does not fit; one Error lists all that is
  /// wrong.
  void load_state_dict(const StateDict& dict);
  /// Begins anew: no epoch is done. Model, optimiser, scheduler and generators stay as they are.
  void forget_progress();

 private:
  void assign(const StateDict& dict);
  void assign_progress(const StateDict& dict);

  ModuleBase& model_;
  optim::Optimizer& optimizer_;
  TrainingStateOptions options_;
};

}  // namespace xtape::nn
