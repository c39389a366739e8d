// The checks of one op's cases.
#include "check_op.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/base/random.hpp"
#include "autograd/check/gradcheck.hpp"
#include "autograd/graph/backward.hpp"
#include "autograd/graph/grad_mode.hpp"

namespace xtape::test {

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::uint64_t seed_of(const op::CatalogEntry& entry) {
  std::uint64_t seed = 1;
  for (char letter : entry.name) seed = seed * 131 + static_cast<unsigned char>(letter);
  return seed;
}

double away_from_kinks(double x, const std::vector<double>& kinks) {
  for (double kink : kinks) {
    if (std::abs(x - kink) < 0.05) x = kink + (x < kink ? -0.05 : 0.05) + (x - kink);
  }
  return x;
}

Tensor random_input(const op::Case& c, const Shape& shape, Generator& generator) {
  const Tensor x = detail::make_tensor(shape, kFloat64);
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    x.data<double>()[i] = away_from_kinks(c.low + (c.high - c.low) * generator.uniform(), c.kinks);
  }
  return x;
}

/// Values at least 0.02 apart over all inputs together, in random order.
std::vector<Tensor> distinct_inputs(const op::Case& c, Generator& generator) {
  std::int64_t count = 0;
  for (const Shape& shape : c.inputs) count += shape.numel();
  const std::vector<std::int64_t> order =
      randperm(count, {.generator = &generator}).to_vector<std::int64_t>();
  std::vector<Tensor> inputs;
  std::size_t next = 0;
  for (const Shape& shape : c.inputs) {
    const Tensor x = detail::make_tensor(shape, kFloat64);
    for (std::int64_t i = 0; i < x.numel(); ++i) {
      x.data<double>()[i] = c.low + 0.04 * static_cast<double>(order[next++]) + 0.01 * generator.uniform();
    }
    inputs.push_back(x);
  }
  return inputs;
}

/// One input of the special values, NaN and both infinities; for ops of more inputs, all their combinations.
std::vector<Tensor> special_inputs(const op::CatalogEntry& entry, const op::Case& c) {
  std::vector<double> values = c.special;
  values.insert(values.end(), {kNaN, kInf, -kInf});
  const auto count = static_cast<std::int64_t>(values.size());
  if (entry.inputs == 1) return {from_vector(values, {count})};
  std::vector<Tensor> inputs;
  for (int i = 0; i < entry.inputs; ++i) {
    Shape shape = Shape::filled(entry.inputs, 1);
    shape[i] = count;
    inputs.push_back(from_vector(values, shape).expand(Shape::filled(entry.inputs, count)).contiguous());
  }
  return inputs;
}

/// The same values in a buffer of another order of dims.
Tensor with_other_strides(const Tensor& x) {
  if (x.dim() < 2) return x;
  return x.transpose(0, x.dim() - 1).contiguous().transpose(0, x.dim() - 1);
}

std::vector<Tensor> converted(std::vector<Tensor> inputs, DType dtype) {
  for (Tensor& x : inputs) {
    if (x.is_floating_point()) x = x.to(dtype);
  }
  return inputs;
}

std::vector<Tensor> requiring_grad(std::vector<Tensor> inputs) {
  for (Tensor& x : inputs) {
    if (x.is_floating_point()) x = x.detach().clone().requires_grad_();
  }
  return inputs;
}

bool close(double got, double expected, double tolerance) {
  if (std::isnan(expected)) return std::isnan(got);
  if (std::isinf(expected) || std::isinf(got)) return got == expected;
  return std::abs(got - expected) <= tolerance * std::max(1.0, std::abs(expected));
}

class Checker {
 public:
  Checker(const op::CatalogEntry& entry, const op::OpCase& c) : entry_(entry), case_(c) {}

  std::vector<std::string> run() {
    if (!case_.data.error.empty()) {
      check_error();
      return failures_;
    }
    try {
      inputs_ = inputs_of(entry_, case_.data);
      check_values(kFloat64, 1e-12);
      check_values(kFloat32, 2e-6);
      check_strides();
      check_view();
      if (entry_.differentiable && case_.data.special.empty()) check_gradients();
    } catch (const std::exception& error) {
      fail("threw: {}", error.what());
    }
    return failures_;
  }

 private:
  template <class... Args>
  void fail(fmt::format_string<Args...> text, Args&&... args) {
    failures_.push_back(fmt::format("{}: {}", entry_.name, fmt::format(text, std::forward<Args>(args)...)));
  }

  void check_error() {
    try {
      case_.call(inputs_of(entry_, case_.data));
      fail("expected an Error with \"{}\", got none", case_.data.error);
    } catch (const Error& error) {
      const std::string message = error.what();
      if (message.find(case_.data.error) == std::string::npos) {
        fail("expected an Error with \"{}\", got \"{}\"", case_.data.error, message);
      }
    }
  }

  void check_values(DType dtype, double tolerance) {
    const std::vector<Tensor> inputs = converted(inputs_, dtype);
    const std::vector<Tensor> outputs = case_.call(inputs);
    for (const Tensor& y : outputs) {
      const bool kept = y.dtype() == dtype || entry_.name == "cast";  // which chooses its own
      if (y.is_floating_point() && !kept) fail("{} inputs gave a {} output", dtype, y.dtype());
    }
    if (!case_.reference) return;
    const Shape& shape = outputs[0].shape();
    std::vector<std::vector<double>> x;
    for (const Tensor& input : inputs) x.push_back(input.expand(shape).to_vector<double>());
    const std::vector<double> y = outputs[0].to_vector<double>();
    for (std::size_t i = 0; i < y.size(); ++i) {
      std::vector<double> arguments;
      for (const auto& values : x) arguments.push_back(values[i]);
      double expected = case_.reference(arguments);
      if (dtype == kFloat32) expected = static_cast<float>(expected);
      if (!close(y[i], expected, tolerance)) {
        fail("{} value at {} is {}, the reference gives {}", dtype, fmt::join(arguments, ", "), y[i],
             expected);
      }
    }
  }

  void check_strides() {
    std::vector<Tensor> strided;
    for (const Tensor& x : inputs_) strided.push_back(with_other_strides(x));
    const std::vector<Tensor> expected = case_.call(inputs_), got = case_.call(strided);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (!allclose(got[i], expected[i], 1e-13, 1e-13, true))
        fail("output {} differs for non-contiguous inputs", i);
    }
    if (!entry_.differentiable || !case_.data.special.empty()) return;
    const GradcheckResult result = gradcheck(
        [&](const std::vector<Tensor>& x) {
          std::vector<Tensor> moved;
          for (const Tensor& input : x) moved.push_back(with_other_strides(input));
          return case_.call(moved)[0];
        },
        requiring_grad(inputs_));
    if (!result) fail("gradient for non-contiguous inputs: {}", result.message);
  }

  void check_view() {
    if (!entry_.is_view || inputs_.empty()) return;
    if (!(case_.call(inputs_)[0].impl().storage == inputs_[0].impl().storage))
      fail("is a view, but copied its input");
  }

  void check_gradients() {
    const std::vector<Tensor> inputs = requiring_grad(inputs_);
    const std::size_t outputs = case_.call(inputs).size();
    for (std::size_t i = 0; i < outputs; ++i) {
      const auto f = [&](const std::vector<Tensor>& x) { return case_.call(x)[i]; };
      if (!f(inputs).requires_grad()) continue;
      if (const GradcheckResult result = gradcheck(f, inputs); !result) fail("order 1: {}", result.message);
      if (const GradcheckResult result = gradgradcheck(f, inputs); !result)
        fail("order 2: {}", result.message);
      check_recorded_gradient(f, inputs);
      if (case_.data.smooth) check_norm_ratio(f, inputs);
    }
    check_float32_gradient(inputs);
  }

  /// |numeric - analytic| / (|numeric| + |analytic|) of a weighted sum of the output, with a step of 1e-5.
  void check_norm_ratio(const TensorFunction& f, const std::vector<Tensor>& inputs) {
    Generator generator(11);
    const Tensor weights = rand(f(inputs).shape(), {.dtype = kFloat64, .generator = &generator}) + 0.5;
    const auto weighted = [&](const std::vector<Tensor>& x) { return sum(weights * f(x)); };
    std::vector<Tensor> wanted;
    for (const Tensor& x : inputs) {
      if (x.requires_grad()) wanted.push_back(x);
    }
    const std::vector<Tensor> analytic = grad({weighted(inputs)}, wanted, {.allow_unused = true});
    const std::vector<Tensor> numeric = numerical_gradient(weighted, inputs, 1e-5);
    for (std::size_t i = 0, j = 0; i < inputs.size(); ++i) {
      if (!inputs[i].requires_grad()) continue;
      const Tensor got = analytic[j].defined() ? analytic[j] : zeros_like(inputs[i]);
      ++j;
      const double ratio = norm_relative_error(numeric[i], got);
      if (!(ratio <= 1e-7) && norm(numeric[i]).item() + norm(got).item() > 1e-9) {
        fail("input {}: the norm ratio of numeric and analytic gradient is {:.3g}, above 1e-7", i, ratio);
      }
    }
  }

  /// A vjp may go another way where the replay is recorded: the gradients are the same.
  void check_recorded_gradient(const TensorFunction& f, const std::vector<Tensor>& inputs) {
    std::vector<Tensor> wanted;
    for (const Tensor& x : inputs) {
      if (x.requires_grad()) wanted.push_back(x);
    }
    const auto gradients = [&](bool create_graph) {
      Generator generator(17);
      const Tensor y = f(inputs);
      const Tensor v = rand(y.shape(), {.dtype = kFloat64, .generator = &generator});
      return grad({y}, wanted, {.grad_outputs = {v}, .create_graph = create_graph, .allow_unused = true});
    };
    const std::vector<Tensor> plain = gradients(false), recorded = gradients(true);
    for (std::size_t i = 0; i < plain.size(); ++i) {
      if (plain[i].defined() != recorded[i].defined() ||
          (plain[i].defined() && !allclose(recorded[i], plain[i], 1e-10, 1e-12, true)))
        fail("gradient {} differs where the replay is recorded", i);
    }
  }

  void check_float32_gradient(const std::vector<Tensor>& inputs) {
    const std::vector<Tensor> narrow = requiring_grad(converted(inputs, kFloat32));
    const Tensor y = case_.call(narrow)[0];
    if (!y.requires_grad()) return;
    sum(y).backward();
    for (const Tensor& x : narrow) {
      if (!x.is_floating_point() || !x.grad().defined()) continue;
      if (x.grad().dtype() != kFloat32) fail("a float32 input got a {} gradient", x.grad().dtype());
      if (x.grad().shape() != x.shape())
        fail("an input of shape {} got a gradient of {}", x.shape(), x.grad().shape());
    }
  }

  const op::CatalogEntry& entry_;
  const op::OpCase& case_;
  std::vector<Tensor> inputs_;
  std::vector<std::string> failures_;
};

/// Appends the gradients of `of`; one that is undefined is zero.
void append(std::vector<double>& all, const std::vector<Tensor>& gradients, const std::vector<Tensor>& of) {
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const Tensor g = gradients[i].defined() ? gradients[i] : zeros_like(of[i]);
    const std::vector<double> values = g.to_vector<double>();
    all.insert(all.end(), values.begin(), values.end());
    all.push_back(static_cast<double>(g.dim()));
  }
}

}  // namespace

std::vector<Tensor> inputs_of(const op::CatalogEntry& entry, const op::Case& c) {
  const NoGradGuard no_grad;
  Generator generator(seed_of(entry));
  if (c.make) {
    manual_seed(seed_of(entry));
    return c.make();
  }
  if (!c.special.empty()) return special_inputs(entry, c);
  if (c.distinct) return distinct_inputs(c, generator);
  std::vector<Tensor> inputs;
  for (const Shape& shape : c.inputs) inputs.push_back(random_input(c, shape, generator));
  return inputs;
}

std::vector<std::string> failures_of(const op::CatalogEntry& entry, const op::OpCase& c) {
  return Checker(entry, c).run();
}

std::vector<double> gradients_of(const op::CatalogEntry& entry, const op::OpCase& c) {
  std::vector<double> all;
  if (!entry.differentiable || !c.data.error.empty() || !c.data.special.empty()) return all;
  const std::vector<Tensor> inputs = requiring_grad(inputs_of(entry, c.data));
  std::vector<Tensor> wanted;
  for (const Tensor& x : inputs) {
    if (x.requires_grad()) wanted.push_back(x);
  }
  const std::size_t outputs = c.call(inputs).size();
  for (std::size_t i = 0; i < outputs; ++i) {
    const Tensor y = c.call(inputs)[i];  // anew: a replay frees what the op saved
    if (!y.requires_grad()) continue;
    Generator generator(13);
    const Tensor v = rand(y.shape(), {.dtype = y.dtype(), .requires_grad = true, .generator = &generator});
    const std::vector<Tensor> first =
        grad({y}, wanted, {.grad_outputs = {v}, .create_graph = true, .allow_unused = true});
    append(all, first, wanted);
    std::vector<Tensor> recorded, weights, all_wanted = wanted;
    all_wanted.push_back(v);
    for (const Tensor& g : first) {
      if (!g.defined() || !g.requires_grad()) continue;
      recorded.push_back(g);
      weights.push_back(rand(g.shape(), {.dtype = g.dtype(), .generator = &generator}) + 0.5);
    }
    std::vector<Tensor> second(all_wanted.size());
    if (!recorded.empty()) {
      second = grad(recorded, all_wanted, {.grad_outputs = weights, .allow_unused = true});
    }
    append(all, second, all_wanted);
  }
  return all;
}

}  // namespace xtape::test
