// The convolutional nets' steps, for steps.cpp.
#pragma once

#include <string>

#include "benchmarks/harness/measure.hpp"

/// Those that are wanted: training, and inference.
void run_image_nets(const bench::Measurement& measurement, const std::string& peer);
