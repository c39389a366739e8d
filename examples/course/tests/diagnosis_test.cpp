// The rules for train and dev error.
#include "../common/diagnosis.hpp"

#include <cmath>

#include "expect_error.hpp"

namespace course {

namespace {

Verdict verdict(double train, double dev, double e = 0.01) {
  return diagnose(train, dev, {.tolerance = e}).verdict;
}

void expect_text(double train, double dev, const std::string& part) {
  const std::string text = diagnose(train, dev).text;
  BOOST_CHECK_MESSAGE(text.find(part) != std::string::npos,
                      "\"" << text << "\" does not hold \"" << part << "\"");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(course_diagnosis)

BOOST_AUTO_TEST_CASE(each_rule_of_the_notes_has_its_verdict) {  // e = 1%
  BOOST_TEST((verdict(0.005, 0.008) == Verdict::neither));
  BOOST_TEST((verdict(0.005, 0.06) == Verdict::high_variance));
  BOOST_TEST((verdict(0.15, 0.16) == Verdict::high_bias));
  BOOST_TEST((verdict(0.15, 0.30) == Verdict::high_bias_and_variance));
  BOOST_TEST((verdict(0.10, 0.40) == Verdict::high_bias_and_variance));
  BOOST_TEST((verdict(0.16, 0.15) == Verdict::high_bias));
  BOOST_TEST((verdict(0.04, 0.05, 0.05) == Verdict::high_variance));
  BOOST_TEST((verdict(0, 0) == Verdict::neither));
}

BOOST_AUTO_TEST_CASE(the_rules_end_where_they_say) {
  BOOST_TEST((verdict(0.0099, 0.0099) == Verdict::neither));
  BOOST_TEST((verdict(0.0099, 0.01) == Verdict::high_variance));
  BOOST_TEST((verdict(0.0099, 0.0999) == Verdict::high_variance));
  BOOST_TEST((verdict(0.0099, 0.11) == Verdict::between_the_rules));
  BOOST_TEST((verdict(0.01, 0.06) == Verdict::between_the_rules));
  BOOST_TEST((verdict(0.3, 0.39) == Verdict::high_bias));
  BOOST_TEST((verdict(0.3, 0.45) == Verdict::between_the_rules));
  BOOST_TEST((verdict(0.09, 0.095) == Verdict::between_the_rules));
  BOOST_TEST((verdict(0.05, 0.1) == Verdict::high_bias_and_variance));
  BOOST_TEST((verdict(0.04, 0.1) == Verdict::between_the_rules));
  BOOST_TEST((verdict(0.25, 0.8) == Verdict::between_the_rules));
}

BOOST_AUTO_TEST_CASE(the_text_gives_verdict_numbers_and_advice) {
  BOOST_TEST(
      diagnose(0.005, 0.06).text ==
      "high variance (train error 0.50%, dev error 6.00%, e = 1.00%): the train error is below e, the dev "
      "error is not; try more data, regularisation (L2, dropout) or early stopping");
  expect_text(0.15, 0.16,
              "high bias (train error 15.00%, dev error 16.00%, e = 1.00%): both errors are above 10 e");
  expect_text(0.15, 0.30, "high bias and high variance (");
  expect_text(0.005, 0.008, "neither high bias nor high variance (");
}

BOOST_AUTO_TEST_CASE(between_the_rules_the_text_says_what_weighs_more) {
  expect_text(0.005, 0.3, "between the rules (");
  expect_text(0.005, 0.3, "variance, beyond what the rule for it covers");
  expect_text(0.04, 0.05, "more bias (3.00% of train error above e, 1.00% of gap to dev)");
  expect_text(0.02, 0.06, "more variance (1.00% of train error above e, 4.00% of gap to dev)");
  expect_text(0.06, 0.02, "the dev error is below the train error");
  expect_text(0.01, 0.01, "both errors are e itself");
}

BOOST_AUTO_TEST_CASE(errors_and_tolerance_are_checked) {
  expect_error([] { diagnose(1.5, 0.1); }, "diagnose: an error is 1.5; expected a share");
  expect_error([] { diagnose(0.1, -0.1); }, "diagnose: an error is -0.1");
  expect_error([] { diagnose(std::nan(""), 0.1); }, "diagnose: an error is nan");
  expect_error([] { diagnose(0.1, 0.1, {.tolerance = 0}); }, "diagnose: the tolerance is 0");
  expect_error([] { diagnose(0.1, 0.1, {.tolerance = 0.2}); }, "diagnose: the tolerance is 0.2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace course
