// What the tests of modules, losses and optimisers share: comparing values, and reading the text of an Error.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "autograd/base/random.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::testing {

/// |actual - expected| <= tolerance (1 + |expected|) in row-major order, and as many elements.
inline void expect_values(const Tensor& actual, const std::vector<double>& expected,
                          double tolerance = 1e-6) {
  const std::vector<double> values = actual.to_vector<double>();
  BOOST_REQUIRE_EQUAL(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool fits = std::isnan(expected[i])
                          ? std::isnan(values[i])
                          : values[i] == expected[i] ||
                                std::abs(values[i] - expected[i]) <= tolerance * (1 + std::abs(expected[i]));
    BOOST_CHECK_MESSAGE(fits, "element " << i << " is " << values[i] << ", expected " << expected[i]);
  }
}

/// The message of the Error that f throws; a failure and "" if it throws none.
template <class F>
std::string error_of(const F& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  BOOST_ERROR("expected an Error");
  return "";
}

/// error_of(f) holds `part`.
template <class F>
void expect_error(const F& f, const std::string& part) {
  const std::string text = error_of(f);
  BOOST_CHECK_MESSAGE(text.find(part) != std::string::npos,
                      "\"" << text << "\" does not hold \"" << part << "\"");
}

}  // namespace xtape::testing
