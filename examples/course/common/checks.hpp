// Checks: the numbers that a program has to reproduce, each printed beside what it should be.
#pragma once

#include <string>

#include <xtape/xtape.hpp>

namespace course {

/// Prints a line for each number. A number that is wrong does not stop the program: finish() does, at the
/// end.
class Checks {
 public:
  /// |got - expected| <= tolerance; NaN is wrong.
  void near(const std::string& what, double got, double expected, double tolerance);
  /// The same of every element; the shapes must agree. Prints the greatest difference.
  void near(const std::string& what, const xtape::Tensor& got, const xtape::Tensor& expected,
            double tolerance);
  void at_least(const std::string& what, double got, double bound);
  void at_most(const std::string& what, double got, double bound);

  /// Throws where a number was wrong, and forgets what was counted.
  void finish();

 private:
  void line(bool ok, const std::string& what, const std::string& numbers);

  int count_ = 0;
  int wrong_ = 0;
};

}  // namespace course
