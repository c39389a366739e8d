// ReduceLROnPlateau: a learning rate that goes down when a metric no longer gets better.
#pragma once

#include <array>

#include "nn/optim/schedules/schedule.hpp"

namespace xtape::optim {

enum class PlateauMode { min, max };
constexpr std::array<std::string_view, 2> words(PlateauMode) { return {"min", "max"}; }
enum class ThresholdMode { rel, abs };
constexpr std::array<std::string_view, 2> words(ThresholdMode) { return {"rel", "abs"}; }

struct ReduceLROnPlateauOptions {
  Choice<PlateauMode> mode = PlateauMode::min;  ///< whether less of the metric is better
  double factor = 0.1;                          ///< of the learning rate, below 1
  std::int64_t patience = 10;                   ///< this many epochs without improvement are borne
  double threshold = 1e-4;                      ///< what an improvement must exceed
  Choice<ThresholdMode> threshold_mode = ThresholdMode::rel;  ///< rel: threshold times the best value
  std::int64_t cooldown = 0;  ///< epochs after a reduction that do not count as bad
  OneOrMore<double> min_lr = 0;
  double eps = 1e-8;  ///< a reduction by no more than this is left out

  static constexpr auto fields() {
    using O = ReduceLROnPlateauOptions;
    return list_fields(field("mode", &O::mode).saved_as("mode_max"), field("factor", &O::factor),
                       field("patience", &O::patience), field("threshold", &O::threshold),
                       field("threshold_mode", &O::threshold_mode).saved_as("threshold_abs"),
                       field("cooldown", &O::cooldown), field("min_lr", &O::min_lr).saved_as("min_lrs"),
                       field("eps", &O::eps));
  }
};

/// lr = max(factor lr, min_lr) after more than `patience` epochs in which the metric was not better than its
/// best so far. NaN is not better.
class ReduceLROnPlateau : public ScheduleOf<ReduceLROnPlateauOptions> {
 public:
  explicit ReduceLROnPlateau(Optimizer& optimizer, const ReduceLROnPlateauOptions& options = {});
  template <std::convertible_to<Choice<PlateauMode>> S>
  ReduceLROnPlateau(Optimizer& optimizer, const S& mode, double factor = 0.1, std::int64_t patience = 10,
                    double threshold = 1e-4, const Choice<ThresholdMode>& threshold_mode = ThresholdMode::rel,
                    std::int64_t cooldown = 0, const OneOrMore<double>& min_lr = 0, double eps = 1e-8)
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

  double best_;
  std::int64_t num_bad_epochs_ = 0, cooldown_counter_ = 0;
};

}  // namespace xtape::optim
