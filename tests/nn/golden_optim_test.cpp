// Optimisers against PyTorch's trajectories of 20 steps in tests/golden/optim, and clip_grad_norm_.
// A trajectory feeds the stored gradients, so that it compares the update rule alone.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <xtape/optim.hpp>

#include "nn/utils/clip_grad.hpp"
#include "tests/golden.hpp"

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

template <class Optimizer>
void follow(const Trajectory& trajectory, Optimizer optimizer) {
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

void sgd(const Trajectory& trajectory) {
  const Args& args = trajectory.options;
  const optim::SGDOptions options{.lr = args.real("lr", 1e-3),
                                  .momentum = args.real("momentum", 0),
                                  .dampening = args.real("dampening", 0),
                                  .weight_decay = args.real("weight_decay", 0),
                                  .nesterov = args.flag("nesterov"),
                                  .maximize = args.flag("maximize")};
  const Tensors& p = trajectory.params;
  if (trajectory.groups.size() == 1) return follow(trajectory, optim::SGD(p, options));
  follow(trajectory, optim::SGD({{.params = {p[0]}, .lr = trajectory.groups[0].real("lr")},
                                 {.params = {p[1]}, .momentum = trajectory.groups[1].real("momentum")}},
                                options));
}

void adam(const Trajectory& trajectory) {
  const Args& args = trajectory.options;
  const Tensors& p = trajectory.params;
  if (args.empty()) return follow(trajectory, optim::Adam(p));
  optim::AdamOptions options{.lr = args.real("lr", 1e-3),
                             .eps = args.real("eps", 1e-8),
                             .weight_decay = args.real("weight_decay", 0),
                             .amsgrad = args.flag("amsgrad"),
                             .maximize = args.flag("maximize")};
  if (args.has("betas")) options.betas = {args.reals("betas")[0], args.reals("betas")[1]};
  if (trajectory.groups.size() == 1) return follow(trajectory, optim::Adam(p, options));
  const Args& second = trajectory.groups[1];
  follow(trajectory, optim::Adam({{.params = {p[0]}, .lr = trajectory.groups[0].real("lr")},
                                  {.params = {p[1]},
                                   .betas = {second.reals("betas")[0], second.reals("betas")[1]},
                                   .weight_decay = second.real("weight_decay")}},
                                 options));
}

void adamw(const Trajectory& trajectory) {
  const Args& args = trajectory.options;
  const Tensors& p = trajectory.params;
  optim::AdamWOptions options;
  options.lr = args.real("lr", options.lr);
  if (args.has("betas")) options.betas = {args.reals("betas")[0], args.reals("betas")[1]};
  options.eps = args.real("eps", options.eps);
  options.weight_decay = args.real("weight_decay", options.weight_decay);
  options.amsgrad = args.flag("amsgrad");
  options.maximize = args.flag("maximize");
  if (trajectory.groups.size() == 1) return follow(trajectory, optim::AdamW(p, options));
  const Args& second = trajectory.groups[1];
  follow(trajectory, optim::AdamW({{.params = {p[0]}, .lr = trajectory.groups[0].real("lr")},
                                   {.params = {p[1]},
                                    .betas = {second.reals("betas")[0], second.reals("betas")[1]},
                                    .weight_decay = second.real("weight_decay")}},
                                  options));
}

void rmsprop(const Trajectory& trajectory) {
  const Args& args = trajectory.options;
  const Tensors& p = trajectory.params;
  optim::RMSpropOptions options;
  options.lr = args.real("lr", options.lr);
  options.alpha = args.real("alpha", options.alpha);
  options.eps = args.real("eps", options.eps);
  options.weight_decay = args.real("weight_decay", options.weight_decay);
  options.momentum = args.real("momentum", options.momentum);
  options.centered = args.flag("centered");
  options.maximize = args.flag("maximize");
  if (trajectory.groups.size() == 1) return follow(trajectory, optim::RMSprop(p, options));
  const Args &first = trajectory.groups[0], &second = trajectory.groups[1];
  follow(
      trajectory,
      optim::RMSprop({{.params = {p[0]}, .lr = first.real("lr"), .centered = first.flag("centered")},
                      {.params = {p[1]}, .alpha = second.real("alpha"), .momentum = second.real("momentum")}},
                     options));
}

void adagrad(const Trajectory& trajectory) {
  const Args& args = trajectory.options;
  const Tensors& p = trajectory.params;
  optim::AdagradOptions options;
  options.lr = args.real("lr", options.lr);
  options.lr_decay = args.real("lr_decay", options.lr_decay);
  options.weight_decay = args.real("weight_decay", options.weight_decay);
  options.initial_accumulator_value =
      args.real("initial_accumulator_value", options.initial_accumulator_value);
  options.eps = args.real("eps", options.eps);
  options.maximize = args.flag("maximize");
  if (trajectory.groups.size() == 1) return follow(trajectory, optim::Adagrad(p, options));
  const Args& first = trajectory.groups[0];
  follow(trajectory,
         optim::Adagrad({{.params = {p[0]}, .lr = first.real("lr"), .lr_decay = first.real("lr_decay")},
                         {.params = {p[1]}, .weight_decay = trajectory.groups[1].real("weight_decay")}},
                        options));
}

FileTest trajectories(void (*run)(const Trajectory&)) {
  return [run](const std::string& file) {
    const json cases = read_json(file).at("cases");
    BOOST_REQUIRE_MESSAGE(!cases.empty(), file << " holds no cases");
    for (const json& value : cases) {
      BOOST_TEST_CONTEXT("trajectory " << value.at("name")) { run(Trajectory(value)); }
    }
  };
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

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_optim)
const RegisterTests register_tests("optim", std::map<std::string, FileTest>{
                                                {"sgd", trajectories(sgd)},
                                                {"adam", trajectories(adam)},
                                                {"adamw", trajectories(adamw)},
                                                {"rmsprop", trajectories(rmsprop)},
                                                {"adagrad", trajectories(adagrad)},
                                                {"clip_grad_norm_",
                                                 [](const std::string& file) { check_file(file, clip); }}});
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
