// Brings the optimisers together.
#pragma once

#include "nn/optim/adam.hpp"
#include "nn/optim/optimizer.hpp"
#include "nn/optim/sgd.hpp"
