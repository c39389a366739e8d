// TrainingState: all that a training needs to go on where it stood, as one state dict.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/random.hpp"
#include "datasets/dataloader.hpp"
#include "nn/module/module_base.hpp"
#include "nn/optim/optimizer.hpp"
#include "nn/optim/schedules/scheduler.hpp"
#include "nn/train/history.hpp"

namespace xtape::nn {

struct TrainingStateOptions {
  optim::LRScheduler* scheduler = nullptr;
  /// Those that the training draws from besides the default one: a data loader's, a dropout layer's.
  std::vector<Generator*> generators = {};
  /// Other modules that change while the model learns, under names of their own: {{"average", &average}}.
  std::vector<std::pair<std::string, ModuleBase*>> modules = {};
};

/// What a training remembers of its best epoch, which is the history's best_index.
struct BestSoFar {
  StateDict weights = {};           ///< empty where they are not to be restored
  std::optional<double> mark = {};  ///< what early stopping measures progress against
  std::int64_t waited = 0;          ///< epochs since the last progress
};

/// What there is of an epoch that is under way.
struct UnfinishedEpoch {
  datasets::EpochPlace place = {};
  double loss_sum = 0;        ///< over its examples so far
  std::int64_t examples = 0;  ///< so far
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
/// ran through; one that is stopped after any step, where it keeps `unfinished` up to date and begins its
/// epochs with loader.begin_at(state.unfinished.place). All that it refers to must outlive it.
///
/// nn::Checkpoint keeps it in a folder.
class TrainingState {
 public:
  TrainingState(ModuleBase& model, optim::Optimizer& optimizer, const TrainingStateOptions& options = {});

  std::int64_t epoch = 0;  ///< the last one that is done
  History history = {};    ///< its ending is not saved
  BestSoFar best = {};
  UnfinishedEpoch unfinished = {};

  /// A copy of everything: "model.fc.weight", "optimizer.state.0.step", "scheduler.last_epoch", "epoch",
  /// "generator" (the default one), "generators.0", "history.losses", "best.model.fc.weight",
  /// "unfinished.batch", "modules.average.n_averaged", ...
  StateDict state_dict() const;
  /// Sets everything. Throws, and changes nothing, where a part does not fit; one Error lists all that is
  /// wrong.
  void load_state_dict(const StateDict& dict);
  const ModuleBase& model() const { return model_; }
  const optim::Optimizer& optimizer() const { return optimizer_; }
  /// Begins anew: no epoch is done. Model, optimiser, scheduler and generators stay as they are.
  void forget_progress();

 private:
  template <class F>
  void for_each_part(const F& f) const;
  void assign(const StateDict& dict);
  void assign_progress(const StateDict& dict);

  ModuleBase& model_;
  optim::Optimizer& optimizer_;
  TrainingStateOptions options_;
};

}  // namespace xtape::nn
