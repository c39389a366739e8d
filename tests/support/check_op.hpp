// How the cases of one op are checked: values against its scalar reference, gradients of order 1 and 2
// against central differences, dtypes, strides, special values, error texts. Free of any test framework, so
// that the mutation run can use it too.
#pragma once

#include <string>
#include <vector>

#include "autograd/check/op_catalog.hpp"

namespace xtape::test {

/// The float64 (and index) inputs of a case, the same in every run.
std::vector<Tensor> inputs_of(const op::CatalogEntry& entry, const op::Case& c);

/// What does not hold for this case; empty where all does.
std::vector<std::string> failures_of(const op::CatalogEntry& entry, const op::OpCase& c);

/// The gradients of order 1 and 2 of a case as numbers, to see whether a mutant changes any.
std::vector<double> gradients_of(const op::CatalogEntry& entry, const op::OpCase& c);

}  // namespace xtape::test
