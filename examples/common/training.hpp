// What the example programs do: train a classifier of images, epoch by epoch, and show how good it is.
#pragma once

#include <xtape/xtape.hpp>

#include "options.hpp"
#include "team.hpp"

namespace examples {

/// ToFloat, the random changes that the options want, then `normalize`; images of `size` x `size`.
xtape::datasets::Transform training_transform(std::int64_t size, const xtape::datasets::Normalize& normalize,
                                              const TrainingOptions& options);

/// Trains on `train`, and measures on `test` after each epoch. Prints a line per epoch, a table of the
/// classes, and last "test accuracy NN.NN%". Throws where the loss is no longer finite or an output cannot be
/// written. Each process of the team takes its batches of every step; one of them measures, prints and
/// writes.
void train_and_report(xtape::nn::Sequential& model, const xtape::datasets::VisionDataset& train,
                      const xtape::datasets::VisionDataset& test, const TrainingOptions& options, Team& team);

}  // namespace examples
