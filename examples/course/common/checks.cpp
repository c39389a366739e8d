// Printing and counting.
#include "checks.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <utility>

namespace course {

using namespace xtape;

void Checks::line(bool ok, const std::string& what, const std::string& numbers) {
  ++count_;
  if (!ok) ++wrong_;
  fmt::print("{} {:<44} {}\n", ok ? "  ok   " : "  WRONG", what, numbers);
  std::fflush(stdout);
}

void Checks::near(const std::string& what, double got, double expected, double tolerance) {
  line(std::abs(got - expected) <= tolerance, what,
       fmt::format("{:.12g}, expected {:.12g} +- {:.0e}", got, expected, tolerance));
}

void Checks::near(const std::string& what, const Tensor& got, const Tensor& expected, double tolerance) {
  check(got.shape() == expected.shape(), "{}: got shape {}, expected {}", what, got.shape(),
        expected.shape());
  const double difference = max(abs(got.detach() - expected.detach())).item();
  line(difference <= tolerance, what,
       fmt::format("{} numbers, off by {:.1e}, expected at most {:.0e}", got.numel(), difference, tolerance));
}

void Checks::at_least(const std::string& what, double got, double bound) {
  line(got >= bound, what, fmt::format("{:.6g}, expected at least {:.6g}", got, bound));
}

void Checks::at_most(const std::string& what, double got, double bound) {
  line(got <= bound, what, fmt::format("{:.6g}, expected at most {:.6g}", got, bound));
}

void Checks::finish() {
  const int count = std::exchange(count_, 0), wrong = std::exchange(wrong_, 0);
  check(wrong == 0, "{} of {} numbers are not what they should be", wrong, count);
}

}  // namespace course
