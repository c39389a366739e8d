// ReduceLROnPlateau: a learning rate that goes down when a metric no longer gets better.
#pragma once

#include "nn/optim/per_group.hpp"
#include "nn/optim/scheduler.hpp"

namespace xtape::optim {

struct ReduceLROnPlateauOptions {
  std::string_view mode = "min";            ///< whether less of the metric is better; or "max"
  double factor = 0.1;                      ///< of the learning rate, below 1
  std::int64_t patience = 10;               ///< this many epochs without improvement are borne
  double threshold = 1e-4;                  ///< what an improvement must exceed
  std::string_view threshold_mode = "rel";  ///< threshold times the best value; or "abs"
  std::int64_t cooldown = 0;                ///< epochs after a reduction that do not count as bad
  PerGroup<double> min_lr = 0;
  double eps = 1e-8;  ///< a reduction by no more than this is left out
};

/// lr = max(factor lr, min_lr) after more than `patience` epochs in which the metric was not better than its
/// best so far. NaN is not better.
class ReduceLROnPlateau : public LRScheduler {
 public:
  explicit ReduceLROnPlateau(Optimizer& optimizer, const ReduceLROnPlateauOptions& options = {});
  template <std::convertible_to<std::string_view> S>
  ReduceLROnPlateau(Optimizer& optimizer, const S& mode, double factor = 0.1, std::int64_t patience = 10,
                    double threshold = 1e-4, std::string_view threshold_mode = "rel",
                    std::int64_t cooldown = 0, const PerGroup<double>& min_lr = 0, double eps = 1e-8)
      : ReduceLROnPlateau(optimizer, ReduceLROnPlateauOptions{mode, factor, patience, threshold,
                                                              threshold_mode, cooldown, min_lr, eps}) {}

  void step(double metric);
  void step(const Tensor& metric) { step(metric.item<double>()); }  ///< of one element

 protected:
  const char* name() const override { return "ReduceLROnPlateau"; }
  double lr_at(std::int64_t epoch, std::size_t group, double lr) const override;
  void visit_state(const StateVisitor& f) override;
  void check_settings() const override;

 private:
  bool is_better(double metric) const;
  std::vector<double> next_lrs(bool reduces) const;

  bool maximal_, absolute_;
  double factor_, threshold_, eps_;
  std::int64_t patience_, cooldown_;
  std::vector<double> min_lrs_;
  double best_;
  std::int64_t num_bad_epochs_ = 0, cooldown_counter_ = 0;
};

}  // namespace xtape::optim
