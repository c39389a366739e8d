// Brings modules, losses, initialisers and metrics together.
#pragma once

#include "nn/activation.hpp"
#include "nn/dropout.hpp"
#include "nn/flatten.hpp"
#include "nn/functional.hpp"
#include "nn/gradcheck.hpp"
#include "nn/init.hpp"
#include "nn/linear.hpp"
#include "nn/loss.hpp"
#include "nn/loss_modules.hpp"
#include "nn/metrics.hpp"
#include "nn/mlp.hpp"
#include "nn/module.hpp"
#include "nn/sequential.hpp"
#include "nn/state_dict.hpp"
#include "nn/summary.hpp"
#include "nn/utils/clip_grad.hpp"
