// Optimisers against PyTorch's trajectories of 20 steps in tests/golden/optim, and clip_grad_norm_.
// A trajectory feeds the stored gradients, so that it compares the update rule alone.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cctype>
#include <nlohmann/json.hpp>

#include "nn/optim/lbfgs.hpp"
#include "nn/utils/clip_grad.hpp"
#include "tests/nn/optim/optimizers.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

using nlohmann::json;

// The absolute part is of the largest parameter: one that passes near 0 keeps the rounding of its former
// size.
constexpr Tolerances kTolerances{.float32 = {1e-6, 5e-7}, .float64 = {1e-12, 5e-13}};

/// {"options", "groups": [{"params", "options"}], "params", "grads"[step], "values"[step]}, params as leaves.
struct Trajectory {
  explicit Trajectory(const json& value) : options(value.at("options")), steps(value) {
    for (const json& group : value.at("groups")) groups.emplace_back(group.at("options"));
    for (const json& param : value.at("params")) params.push_back(read_tensor(param));
  }

  Tensor read(const std::string& what, std::size_t step, std::size_t param) const {
    const json& data = steps.at(what).at(step).at(param);
    if (data.is_null()) return Tensor();
    const Tensor& like = params[param];
    return read_tensor(
        {{"dtype", name_of(like.dtype())}, {"shape", like.shape().to_vector()}, {"data", data}});
  }

  Args options;
  std::vector<Args> groups;  ///< one with all parameters, or one per parameter with what it overrides
  Tensors params;
  json steps;
};

void follow(const Trajectory& trajectory, optim::Optimizer& optimizer) {
  for (std::size_t step = 0; step < trajectory.steps.at("grads").size(); ++step) {
    for (std::size_t i = 0; i < trajectory.params.size(); ++i) {
      trajectory.params[i].set_grad(trajectory.read("grads", step, i));
    }
    optimizer.step();
    for (std::size_t i = 0; i < trajectory.params.size(); ++i) {
      const Tensor actual = trajectory.params[i].detach();
      const std::string fault = difference(actual, trajectory.read("values", step, i), kTolerances);
      BOOST_REQUIRE_MESSAGE(fault.empty(), "step " << step << ", parameter " << i << ": " << fault);
    }
  }
}

void read(const Args& args, const std::string& name, double& value) { value = args.real(name, value); }
void read(const Args& args, const std::string& name, bool& value) { value = args.flag(name, value); }
void read(const Args& args, const std::string& name, std::int64_t& value) {
  value = args.integer(name, value);
}
void read(const Args& args, const std::string& name, optim::Betas& value) {
  if (!args.has(name)) return;
  const std::vector<double> betas = args.reals(name);
  value = {betas.at(0), betas.at(1)};
}

/// Writes the options that stand in `args`.
testing::OptionWriter reading(const Args& args) {
  return [args](std::string_view option, const testing::OptionPointer& value) {
    const std::string name(option);
    std::visit([&](auto* x) { read(args, name, *x); }, value);
    return args.has(name);
  };
}

/// An optimiser with the options of a trajectory, one group or one per parameter.
void run(const testing::OptimizerKind& kind, const Trajectory& trajectory) {
  const testing::OptionWriter options = reading(trajectory.options);
  if (trajectory.groups.size() == 1) return follow(trajectory, *kind.make(trajectory.params, options));
  std::vector<testing::OptimizerKind::Group> groups;
  for (std::size_t i = 0; i < trajectory.groups.size(); ++i)
    groups.push_back({{trajectory.params[i]}, reading(trajectory.groups[i])});
  follow(trajectory, *kind.make_groups(groups, options));
}

FileTest each_case(const std::function<void(const json& value)>& check) {
  return [check](const std::string& file) {
    const json cases = read_json(file).at("cases");
    BOOST_REQUIRE_MESSAGE(!cases.empty(), file << " holds no cases");
    for (const json& value : cases) {
      BOOST_TEST_CONTEXT("trajectory " << value.at("name")) { check(value); }
    }
  };
}

void expect_near(const Tensor& actual, const Tensor& expected, std::size_t step) {
  // an iteration doubles the roundings of the one before
  const std::string fault = difference(actual, expected, {.float32 = {}, .float64 = {1e-8, 1e-8}});
  BOOST_REQUIRE_MESSAGE(fault.empty(), "step " << step << ": " << fault);
}

/// Steps on the function of the generator's Descents.
void descend(const json& value) {
  const Args args(value.at("options"));
  Tensors params;
  for (const json& param : value.at("params")) params.push_back(read_tensor(param).requires_grad_());
  optim::LBFGSOptions options{.lr = args.real("lr", 1), .max_iter = args.integer("max_iter", 20)};
  if (args.has("max_eval")) options.max_eval = args.integer("max_eval");
  options.history_size = args.integer("history_size", 100);
  if (args.has("line_search_fn")) options.line_search_fn = args.text("line_search_fn", "");
  optim::LBFGS optimizer(params, options);
  const auto closure = [&] {
    optimizer.zero_grad();
    const Tensor x = cat({params[0].reshape({-1}), params[1].reshape({-1})}, 0);
    const Tensor here = x.narrow(0, 0, 3), next = x.narrow(0, 1, 3);
    const Tensor loss = sum(10 * square(next - square(here)) + square(1 - here));
    loss.backward();
    return loss;
  };
  for (std::size_t step = 0; step < value.at("losses").size(); ++step) {
    const Tensor expected = tensor(value.at("losses").at(step).get<double>(), {.dtype = kFloat64});
    expect_near(optimizer.step(closure).detach(), expected, step);
    for (std::size_t i = 0; i < params.size(); ++i) {
      const auto values = value.at("values").at(step).at(i).get<std::vector<double>>();
      expect_near(params[i].detach(), from_vector(values, params[i].shape()), step);
    }
  }
}

/// Inputs are the gradients; outputs the total norm and then the clipped gradients.
Tensors clip(const Tensors& grads, const Args& args) {
  Tensors params;
  for (const Tensor& g : grads) {
    params.push_back(zeros_like(g).requires_grad_());
    params.back().set_grad(g.clone());
  }
  const double total = nn::utils::clip_grad_norm_(params, args.real("max_norm"), args.real("norm_type", 2));
  Tensors result{tensor(total, {.dtype = grads[0].dtype()})};
  for (const Tensor& param : params) result.push_back(param.grad());
  return result;
}

/// A file for each optimiser that feeds on gradients alone, LBFGS, and clip_grad_norm_.
std::map<std::string, FileTest> tests() {
  std::map<std::string, FileTest> all{
      {"lbfgs", each_case(descend)},
      {"clip_grad_norm_", [](const std::string& file) { check_file(file, clip); }}};
  for (const testing::OptimizerKind& kind : testing::optimizers()) {
    std::string name = kind.name;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    all[name] = each_case([&kind](const json& value) { run(kind, Trajectory(value)); });
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_optim)
const RegisterTests register_tests("optim", tests());
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
