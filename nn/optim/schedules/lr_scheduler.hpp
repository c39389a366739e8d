// The schedules, also under the name of PyTorch's module: optim::lr_scheduler::StepLR is optim::StepLR.
#pragma once

#include "nn/optim/schedules/one_cycle.hpp"
#include "nn/optim/schedules/reduce_on_plateau.hpp"
#include "nn/optim/schedules/schedules.hpp"

namespace xtape::optim::lr_scheduler {

using namespace optim;

}  // namespace xtape::optim::lr_scheduler
