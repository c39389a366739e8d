// The module as a function of its parameters: the check varies their values where they are.
#include "nn/gradcheck.hpp"

#include <cmath>

#include "autograd/graph/backward.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "nn/module/detail/change_dtype.hpp"

namespace xtape {

namespace {

/// A module in float64 for a scope; its tensors have their dtypes, values and gradients back at the end.
class InFloat64 {
 public:
  explicit InFloat64(nn::ModuleBase& model) {
    for (const auto& tensors : {model.parameters(), model.buffers()}) {
      for (const Tensor& x : tensors) {
        if (x.is_floating_point()) before_.push_back({x, x.dtype(), x.detach().clone(), x.grad()});
      }
    }
    model.to(kFloat64);
  }
  ~InFloat64() {
    const NoGradGuard no_grad;
    for (const auto& [x, dtype, value, gradient] : before_) {
      nn::change_dtype(x, dtype);
      x.copy_(value);
      x.set_grad(gradient);
    }
  }
  InFloat64(const InFloat64&) = delete;
  InFloat64& operator=(const InFloat64&) = delete;

 private:
  struct Before {
    Tensor x;
    DType dtype;
    Tensor value;
    Tensor gradient;
  };
  std::vector<Before> before_;
};

using Loss = std::function<Tensor()>;

double value_of(const Loss& loss) {
  const NoGradGuard no_grad;
  return loss().item<double>();
}

/// Compares `gradient` with central differences of `loss` for every element of `parameter`.
GradcheckResult compare(const std::string& name, const Tensor& parameter, const Tensor& gradient,
                        const Loss& loss, const GradcheckOptions& options) {
  const NoGradGuard no_grad;
  const Tensor values = parameter.detach().clone().contiguous();
  const std::vector<double> analytic = gradient.to_vector<double>();
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    double& value = values.data<double>()[i];
    const double before = value;
    const auto loss_at = [&](double changed) {
      value = changed;
      parameter.copy_(values);
      return value_of(loss);
    };
    const double numeric =
        (loss_at(before + options.eps) - loss_at(before - options.eps)) / (2 * options.eps);
    value = before;
    parameter.copy_(values);
    const double a = analytic[static_cast<std::size_t>(i)];
    if (std::abs(numeric - a) <= options.atol + options.rtol * std::abs(a)) continue;  // false for NaN
    return {false, fmt::format("parameter {}, element {}: numeric {:.9g}, analytic {:.9g}", name,
                               detail::position(values.shape(), i), numeric, a)};
  }
  return {};
}

Tensor in_float64(const Tensor& x) { return x.is_floating_point() ? x.detach().to(kFloat64) : x; }

}  // namespace

GradcheckResult gradcheck(nn::Module& model, const Tensor& x, const Tensor& target,
                          const LossFunction& loss_function, const GradcheckOptions& options) {
  check(loss_function != nullptr, "gradcheck: the loss function is empty");
  const InFloat64 in_double(model);
  const Tensor input = in_float64(x), expected = in_float64(target);
  const Loss loss = [&] { return loss_function(model(input), expected); };

  std::vector<std::string> names;
  std::vector<Tensor> parameters;
  for (const auto& [name, parameter] : model.named_parameters()) {
    if (!parameter.requires_grad()) continue;
    names.push_back(name);
    parameters.push_back(parameter);
  }
  check(!parameters.empty(), "gradcheck: {} has no parameter that requires a gradient", model.name());
  const double first = value_of(loss), second = value_of(loss);
  check(first == second || (std::isnan(first) && std::isnan(second)),
        "gradcheck: {} gave two losses for the same input, {} and {}; call eval() first if it has dropout",
        model.name(), first, second);

  const EnableGradGuard recording;
  const std::vector<Tensor> gradients = grad({loss()}, parameters, {.allow_unused = true});
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Tensor gradient = gradients[i].defined() ? gradients[i] : zeros_like(parameters[i].detach());
    if (GradcheckResult result = compare(names[i], parameters[i], gradient, loss, options); !result)
      return result;
  }
  return {};
}

}  // namespace xtape
