// PolynomialLR, a schedule of a program's own, made of the public headers alone. docs/adding_a_schedule.md
// quotes it.
#pragma once

#include <cmath>
#include <xtape/optim.hpp>

namespace xtape::testing {

struct PolynomialLROptions {
  std::int64_t total_iters = 5;
  double power = 1;
  std::int64_t last_epoch = -1;

  static constexpr auto fields() {
    using O = PolynomialLROptions;
    return list_fields(optim::field("total_iters", &O::total_iters), optim::field("power", &O::power),
                       optim::field("last_epoch", &O::last_epoch).unsaved());
  }
};

/// base (1 - t / total_iters)^power, and 0 from total_iters on.
class PolynomialLR : public optim::ScheduleOf<PolynomialLROptions> {
 public:
  explicit PolynomialLR(optim::Optimizer& optimizer, const PolynomialLROptions& options = {})
      : ScheduleOf(optimizer, options) {
    start();
  }

 protected:
  const char* name() const override { return "PolynomialLR"; }
  double lr_at(std::int64_t epoch, std::size_t, double lr) const override {
    if (epoch == 0 || epoch > settings().total_iters) return lr;
    const auto left = static_cast<double>(settings().total_iters - epoch);
    return lr * std::pow(left / (left + 1), settings().power);
  }
  void check_settings() const override {
    check(settings().total_iters >= 0, "PolynomialLR: total_iters is {}; expected 0 or more",
          settings().total_iters);
  }
};

}  // namespace xtape::testing
