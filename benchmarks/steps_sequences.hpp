// The steps on sequences, for steps.cpp.
#pragma once

#include <string>

#include "benchmarks/harness/measure.hpp"

/// Those that are wanted: GPTs that learn and write, an embedding that learns, a normalisation of rows.
void run_sequences(const bench::Measurement& measurement, const std::string& peer);
