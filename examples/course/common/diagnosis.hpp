// diagnose(train_error, dev_error): what keeps a model from being better, by the two errors.
#pragma once

#include <string>
#include <string_view>

namespace course {

enum class Verdict { neither, high_variance, high_bias, high_bias_and_variance, between_the_rules };
/// "high variance", ...
std::string_view to_string(Verdict verdict);

struct DiagnosisOptions {
  double tolerance = 0.01;  ///< e: an error that is as good as none
};

struct Diagnosis {
  Verdict verdict = Verdict::between_the_rules;
  std::string text = {};  ///< the verdict, the numbers behind it, and what helps
};

/// Errors are shares of wrong answers, 1 - accuracy. With the tolerance e, the first rule that holds:
///
///   neither                 both < e
///   high variance           train < e and train < dev < 10 e
///   high bias               both > 10 e and about equal: the lower is at least 3/4 of the higher
///   high bias and variance  train about 10 e, from 5 e to 20 e, and much less than dev: at most half of it
///
/// Else the verdict is between_the_rules, and the text says which part of the dev error weighs more: the
/// train error's (bias), or the gap to it (variance). Throws for errors outside [0, 1] and a tolerance
/// outside (0, 0.1].
Diagnosis diagnose(double train_error, double dev_error, const DiagnosisOptions& options = {});

}  // namespace course
