// The optimisers of the library, each tested by golden_optim_test.cpp and by what all have to fulfil.
#pragma once

#include <tuple>
#include <xtape/optim.hpp>

#include "tests/nn/optim/class_name.hpp"

namespace xtape::testing {

using Optimizers =
    std::tuple<optim::SGD, optim::Adam, optim::AdamW, optim::RMSprop, optim::Adagrad, optim::Adadelta>;

}  // namespace xtape::testing
