// The gradient checker.
#include "autograd/check/gradcheck.hpp"

#include <cmath>

#include "autograd/base/random.hpp"
#include "autograd/graph/backward.hpp"
#include "autograd/graph/grad_mode.hpp"

namespace xtape {

using namespace detail;

namespace {

/// Which inputs are checked, and private copies of all of them.
struct Prepared {
  std::vector<Tensor> inputs;
  std::vector<bool> checked;
};

Prepared prepare(const TensorFunction& f, const std::vector<Tensor>& inputs, const char* caller) {
  check(static_cast<bool>(f), "{}: the function is empty", caller);
  Prepared prepared;
  bool any_requires = false;
  for (const Tensor& x : inputs) any_requires = any_requires || x.requires_grad();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& x = inputs[i];
    const bool checked = any_requires ? x.requires_grad() : x.is_floating_point();
    check(!checked || x.dtype() == kFloat64,
          "{}: input {} is {}; central differences need float64, convert it with "
          "to(kFloat64)",
          caller, i, x.dtype());
    const Tensor copy = x.detach().clone();
    prepared.inputs.push_back(checked ? copy.requires_grad_() : copy);
    prepared.checked.push_back(checked);
  }
  return prepared;
}

std::vector<double> evaluate(const TensorFunction& f, const std::vector<Tensor>& inputs) {
  const NoGradGuard no_grad;
  return f(inputs).to_vector<double>();
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return true;
}

/// (f(x + eps) - f(x - eps)) / 2 eps for one element of one input: a column of the Jacobian.
std::vector<double> numeric_column(const TensorFunction& f, const std::vector<Tensor>& inputs,
                                   std::size_t input, std::int64_t element, double eps) {
  double& x = inputs[input].detach().data<double>()[element];
  const double before = x;
  x = before + eps;
  std::vector<double> column = evaluate(f, inputs);
  x = before - eps;
  const std::vector<double> below = evaluate(f, inputs);
  x = before;
  for (std::size_t i = 0; i < column.size(); ++i) column[i] = (column[i] - below[i]) / (2 * eps);
  return column;
}

Tensor unit(const Tensor& like, std::int64_t element) {
  const Tensor one = zeros(like.shape(), {.dtype = like.dtype()});
  visit_floating(like.dtype(), "gradcheck", [&](auto zero) { one.data<decltype(zero)>()[element] = 1; });
  return one;
}

/// analytic[input][output element] holds a row of the Jacobian.
using Rows = std::vector<std::vector<std::vector<double>>>;

Rows analytic_rows(const TensorFunction& f, const Prepared& prepared) {
  const EnableGradGuard recording;
  const Tensor y = f(prepared.inputs);
  check(y.is_floating_point(), "gradcheck: the function gives {}; expected a floating-point tensor",
        y.dtype());
  std::vector<Tensor> wanted;
  for (std::size_t i = 0; i < prepared.inputs.size(); ++i) {
    if (prepared.checked[i]) wanted.push_back(prepared.inputs[i]);
  }
  Rows rows(prepared.inputs.size());
  for (std::int64_t element = 0; element < y.numel(); ++element) {
    std::vector<Tensor> gradients(wanted.size());
    if (y.requires_grad()) {
      gradients =
          grad({y}, wanted, {.grad_outputs = {unit(y, element)}, .retain_graph = true, .allow_unused = true});
    }
    for (std::size_t i = 0, j = 0; i < prepared.inputs.size(); ++i) {
      if (!prepared.checked[i]) continue;
      const Tensor& gradient = gradients[j++];
      rows[i].push_back(gradient.defined()
                            ? gradient.to_vector<double>()
                            : std::vector<double>(static_cast<std::size_t>(prepared.inputs[i].numel())));
    }
  }
  return rows;
}

GradcheckResult compare(const TensorFunction& f, const Prepared& prepared, const GradcheckOptions& options) {
  const Rows analytic = analytic_rows(f, prepared);
  for (std::size_t i = 0; i < prepared.inputs.size(); ++i) {
    if (!prepared.checked[i]) continue;
    for (std::int64_t element = 0; element < prepared.inputs[i].numel(); ++element) {
      const std::vector<double> numeric = numeric_column(f, prepared.inputs, i, element, options.eps);
      for (std::size_t out = 0; out < numeric.size(); ++out) {
        const double a = analytic[i][out][static_cast<std::size_t>(element)], n = numeric[out];
        if (std::abs(n - a) <= options.atol + options.rtol * std::abs(a)) continue;  // false for NaN
        return {false, fmt::format("input {}, element {}, output element {}: numeric {:.9g}, analytic {:.9g}",
                                   i, detail::position(prepared.inputs[i].shape(), element), out, n, a)};
      }
    }
  }
  return {};
}

}  // namespace

Shape detail::position(const Shape& shape, std::int64_t element) {
  Shape at = shape;
  for (int d = shape.size() - 1; d >= 0; --d) {
    at[d] = element % shape[d];
    element /= shape[d];
  }
  return at;
}

GradcheckResult gradcheck(const TensorFunction& f, const std::vector<Tensor>& inputs,
                          const GradcheckOptions& options) {
  const Prepared prepared = prepare(f, inputs, "gradcheck");
  check(same_bits(evaluate(f, prepared.inputs), evaluate(f, prepared.inputs)),
        "gradcheck: the function gave two results for the same inputs; seed its random numbers inside it");
  return compare(f, prepared, options);
}

GradcheckResult gradgradcheck(const TensorFunction& f, const std::vector<Tensor>& inputs,
                              const GradcheckOptions& options) {
  const Prepared prepared = prepare(f, inputs, "gradgradcheck");
  Generator generator(7);
  const Tensor y = [&] {
    const NoGradGuard no_grad;
    return f(prepared.inputs);
  }();
  std::vector<Tensor> extended = prepared.inputs;
  extended.push_back(randn(y.shape(), {.dtype = kFloat64, .requires_grad = true, .generator = &generator}));

  const auto gradient = [&](const std::vector<Tensor>& all) {
    const EnableGradGuard recording;  // numeric evaluation turns it off, but a gradient needs the graph
    std::vector<Tensor> args(all.begin(), all.end() - 1), wanted;
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (prepared.checked[i]) wanted.push_back(args[i]);
    }
    const Tensor output = f(args);
    std::vector<Tensor> parts{zeros({0}, {.dtype = kFloat64})};
    if (output.requires_grad()) {
      for (const Tensor& g :
           grad({output}, wanted,
                {.grad_outputs = {all.back()}, .create_graph = true, .allow_unused = true})) {
        if (g.defined()) parts.push_back(flatten(g));
      }
    }
    return cat(parts);
  };
  return gradcheck(gradient, extended, options);
}

std::vector<Tensor> numerical_gradient(const TensorFunction& f, const std::vector<Tensor>& inputs,
                                       double eps) {
  check(static_cast<bool>(f), "numerical_gradient: the function is empty");
  std::vector<Tensor> copies, gradients;
  for (const Tensor& x : inputs) {
    copies.push_back(x.is_floating_point() ? x.detach().to(kFloat64).clone() : x.detach().clone());
  }
  for (std::size_t i = 0; i < copies.size(); ++i) {
    if (!copies[i].is_floating_point()) {
      gradients.emplace_back();
      continue;
    }
    const Tensor gradient = zeros_like(copies[i]);
    for (std::int64_t element = 0; element < gradient.numel(); ++element) {
      double total = 0;
      for (double part : numeric_column(f, copies, i, element, eps)) total += part;
      gradient.data<double>()[element] = total;
    }
    gradients.push_back(gradient);
  }
  return gradients;
}

double relative_error(const Tensor& a, const Tensor& b) {
  check(a.shape() == b.shape(), "relative_error: shapes {} and {} differ", a.shape(), b.shape());
  const std::vector<double> x = a.to_vector<double>(), y = b.to_vector<double>();
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = std::abs(x[i] - y[i]) / std::max(1e-8, std::abs(x[i]) + std::abs(y[i]));
    if (std::isnan(error)) return error;
    worst = std::max(worst, error);
  }
  return worst;
}

double norm_relative_error(const Tensor& a, const Tensor& b) {
  check(a.shape() == b.shape(), "norm_relative_error: shapes {} and {} differ", a.shape(), b.shape());
  const std::vector<double> x = a.to_vector<double>(), y = b.to_vector<double>();
  double difference = 0, norm_x = 0, norm_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    difference += (x[i] - y[i]) * (x[i] - y[i]);
    norm_x += x[i] * x[i];
    norm_y += y[i] * y[i];
  }
  const double scale = std::sqrt(norm_x) + std::sqrt(norm_y);
  return scale == 0 ? 0 : std::sqrt(difference) / scale;
}

}  // namespace xtape
