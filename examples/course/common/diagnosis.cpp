// The rules for train and dev error, and their wording.
#include "diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <xtape/autograd.hpp>

namespace course {

using xtape::check;

namespace {

constexpr std::string_view kAgainstBias = "a larger net, more epochs or another architecture";
constexpr std::string_view kAgainstVariance = "more data, regularisation (L2, dropout) or early stopping";

Verdict verdict_of(double train, double dev, double e) {
  const bool about_equal = std::min(train, dev) >= 0.75 * std::max(train, dev);
  if (train < e && dev < e) return Verdict::neither;
  if (train < e && dev < 10 * e) return Verdict::high_variance;  // dev >= e > train here
  if (train > 10 * e && dev > 10 * e && about_equal) return Verdict::high_bias;
  if (5 * e <= train && train <= 20 * e && train <= 0.5 * dev) return Verdict::high_bias_and_variance;
  return Verdict::between_the_rules;
}

/// What the two errors say where no rule holds.
std::string leaning(double train, double dev, double e) {
  if (dev < train) {
    return "the dev error is below the train error, as after strong regularisation or on sets that differ; "
           "the train error speaks of bias";
  }
  const double bias = std::max(train - e, 0.0), variance = dev - train;
  if (bias == 0 && variance == 0)
    return "both errors are e itself; a little less, and they are as good as none";
  if (bias == 0) return fmt::format("variance, beyond what the rule for it covers; try {}", kAgainstVariance);
  const bool more_bias = bias >= variance;
  return fmt::format("more {} ({:.2f}% of train error above e, {:.2f}% of gap to dev); try {}",
                     more_bias ? "bias" : "variance", 100 * bias, 100 * variance,
                     more_bias ? kAgainstBias : kAgainstVariance);
}

std::string advice(Verdict verdict, double train, double dev, double e) {
  switch (verdict) {
    case Verdict::neither: return "both errors are below e";
    case Verdict::high_variance:
      return fmt::format("the train error is below e, the dev error is not; try {}", kAgainstVariance);
    case Verdict::high_bias:
      return fmt::format("both errors are above 10 e and about equal; try {}", kAgainstBias);
    case Verdict::high_bias_and_variance:
      return fmt::format("the train error is about 10 e and much less than the dev error; try {}, and {}",
                         kAgainstBias, kAgainstVariance);
    case Verdict::between_the_rules: return leaning(train, dev, e);
  }
  return "";
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::neither: return "neither high bias nor high variance";
    case Verdict::high_variance: return "high variance";
    case Verdict::high_bias: return "high bias";
    case Verdict::high_bias_and_variance: return "high bias and high variance";
    case Verdict::between_the_rules: return "between the rules";
  }
  return "";
}

Diagnosis diagnose(double train_error, double dev_error, const DiagnosisOptions& options) {
  const double e = options.tolerance;
  for (const double error : {train_error, dev_error}) {
    check(0 <= error && error <= 1, "diagnose: an error is {}; expected a share of wrong answers from 0 to 1",
          error);
  }
  check(0 < e && e <= 0.1, "diagnose: the tolerance is {}; expected more than 0 and at most 0.1", e);
  const Verdict verdict = verdict_of(train_error, dev_error, e);
  return {verdict, fmt::format("{} (train error {:.2f}%, dev error {:.2f}%, e = {:.2f}%): {}",
                               to_string(verdict), 100 * train_error, 100 * dev_error, 100 * e,
                               advice(verdict, train_error, dev_error, e))};
}

}  // namespace course
