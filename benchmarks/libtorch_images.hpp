// The convolutional nets' steps with libtorch, for libtorch_steps.cpp.
#pragma once

#include <string>

#include "benchmarks/harness/measure.hpp"

/// Those that are wanted: training, and inference. Where LIBTORCH_CHANNELS_LAST is set, images and weights
/// lie pixel by pixel, as PyTorch's tutorial on channels-last has it.
void run_image_nets(const bench::Measurement& measurement, const std::string& peer);
