// LRScheduler: what all learning rate schedulers share. Each sets the learning rates of an optimiser's
// groups, when it is made and at each step.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include "nn/optim/optimizer.hpp"

namespace xtape::optim {

/// Follows its optimiser through moves, but does not keep it alive: once the optimiser is gone, a step is an
/// Error. Several schedulers may work on one optimiser. Most go on from the learning rate that they find, so
/// that their factors multiply and what a program sets in between stays; those that start from a base
/// learning rate (LambdaLR, OneCycleLR) overwrite it. Parameter groups that are added later are scheduled
/// where the rule needs no base learning rate.
class LRScheduler {
 public:
  /// The scheduler's numbers; bools and sizes keep their type in a state dict.
  using StateValue =
      std::variant<bool*, std::int64_t*, double*, std::vector<std::int64_t>*, std::vector<double>*>;
  using StateVisitor = std::function<void(std::string_view, StateValue)>;

  virtual ~LRScheduler() = default;
  LRScheduler(const LRScheduler&) = delete;
  LRScheduler& operator=(const LRScheduler&) = delete;

  /// Sets the learning rates of the next epoch (or batch, if that is what a program counts). Belongs after
  /// the optimiser's step, since the making of a scheduler has set those of epoch 0.
  void step();

  Optimizer& optimizer() const;                                        ///< throws if it is gone
  const std::vector<double>& get_last_lr() const { return last_lr_; }  ///< as last set, one per group
  std::int64_t last_epoch() const { return last_epoch_; }
  /// The groups' learning rates when their first scheduler was made.
  const std::vector<double>& base_lrs() const { return base_lrs_; }

  /// All numbers of the scheduler, settings too; functions are not among them. The learning rates themselves
  /// are the optimiser's: save and load both.
  StateDict state_dict() const;
  /// Throws, and changes nothing, where the state is of another scheduler or of other groups.
  void load_state_dict(const StateDict& dict);

 protected:
  explicit LRScheduler(Optimizer& optimizer) : optimizer_(optimizer.address()) {}
  LRScheduler(LRScheduler&&) = default;
  LRScheduler& operator=(LRScheduler&&) = default;

  /// To be called at the end of the constructor of a scheduler: sets the learning rates of epoch
  /// last_epoch + 1. Where last_epoch (at most 1e15) is not -1, the groups must know their initial_lr.
  /// `initial_lrs` takes the place of the groups' own.
  void start(std::int64_t last_epoch, std::vector<double> initial_lrs = {});
  /// As above for a scheduler that waits for its first step: epoch 0 leaves the learning rates as they are.
  void start_unchanged();

  /// "StepLR", for messages.
  virtual const char* name() const = 0;
  /// The learning rate at `epoch` of a group that has `lr` now.
  virtual double lr_at(std::int64_t epoch, std::size_t group, double lr) const = 0;
  /// Called after the learning rates of last_epoch() are set.
  virtual void stepped() {}
  /// Calls f(name, pointer) for each number; overriders call this one too.
  virtual void visit_state(const StateVisitor& f);
  /// Throws where settings cannot be: a step size of 0, a list that is not one value per base_lrs(). Checks
  /// the options and what was loaded, so no number that passes may do harm in a step.
  virtual void check_settings() const = 0;

  bool is_starting() const { return last_lr_.empty(); }  ///< whether this step is the constructor's
  /// Sets the learning rates and counts the epoch.
  void set_lrs(std::vector<double> lrs);

 private:
  void check_fits(const StateDict& dict) const;
  void assign(const StateDict& dict);
  void check_epoch_and_lrs() const;

  std::shared_ptr<Optimizer* const> optimizer_;
  std::int64_t last_epoch_ = -1;
  std::vector<double> base_lrs_;
  std::vector<double> last_lr_;
};

}  // namespace xtape::optim
