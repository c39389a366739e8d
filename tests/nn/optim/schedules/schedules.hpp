// The schedules of the library, each tested by golden_lr_scheduler_test.cpp and by what all have to fulfil.
#pragma once

#include <tuple>
#include <xtape/optim.hpp>

#include "tests/nn/optim/class_name.hpp"

namespace xtape::testing {

using Schedules =
    std::tuple<optim::StepLR, optim::MultiStepLR, optim::ExponentialLR, optim::LinearLR,
               optim::CosineAnnealingLR, optim::LambdaLR, optim::OneCycleLR, optim::ReduceLROnPlateau>;

}  // namespace xtape::testing
