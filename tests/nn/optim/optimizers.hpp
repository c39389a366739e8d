// The optimisers of the library without their types, so that a test of all of them is compiled once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nn/optim/adam.hpp"
#include "nn/optim/optimizer.hpp"

namespace xtape::testing {

/// An option of any type.
using OptionPointer = std::variant<bool*, std::int64_t*, double*, optim::Betas*>;
/// May write the option of that name; says whether it did.
using OptionWriter = std::function<bool(std::string_view name, OptionPointer value)>;

struct OptimizerKind {
  using Made = std::unique_ptr<optim::Optimizer>;
  struct Group {
    std::vector<Tensor> params;
    OptionWriter overrides;
  };

  std::string name;
  std::vector<std::string> options;
  std::function<Made(const std::vector<Tensor>& params, const OptionWriter& options)> make;
  std::function<Made(const std::vector<Group>& groups, const OptionWriter& options)> make_groups;
  std::function<Made(const std::vector<Tensor>& params, double lr)> make_with_lr;  ///< by position
  std::function<void()> check_positions;  ///< what else may stand by position or in braces
};

/// Each is tested by golden_optim_test.cpp and by what all have to fulfil. The list is in optimizers.cpp.
const std::vector<OptimizerKind>& optimizers();

}  // namespace xtape::testing
