// Brings the learning rate schedulers together, also under the name of PyTorch's module:
// optim::lr_scheduler::StepLR is optim::StepLR.
#pragma once

#include "nn/optim/one_cycle.hpp"
#include "nn/optim/reduce_on_plateau.hpp"
#include "nn/optim/schedules.hpp"

namespace xtape::optim::lr_scheduler {

using optim::CosineAnnealingLR;
using optim::ExponentialLR;
using optim::LambdaLR;
using optim::LinearLR;
using optim::LRScheduler;
using optim::MultiStepLR;
using optim::OneCycleLR;
using optim::ReduceLROnPlateau;
using optim::StepLR;

using optim::CosineAnnealingLROptions;
using optim::ExponentialLROptions;
using optim::LambdaLROptions;
using optim::LinearLROptions;
using optim::MultiStepLROptions;
using optim::OneCycleLROptions;
using optim::ReduceLROnPlateauOptions;
using optim::StepLROptions;

}  // namespace xtape::optim::lr_scheduler
