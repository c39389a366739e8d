// The initialisers, all in terms of a tensor's uniform_, normal_ and fill_.
#include "nn/init.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autograd/graph/grad_mode.hpp"

namespace xtape::nn::init {

Tensor uniform_(const Tensor& x, double a, double b, Generator* generator) {
  const NoGradGuard no_grad;
  x.uniform_(a, b, generator);
  return x;
}

Tensor normal_(const Tensor& x, double mean, double std, Generator* generator) {
  const NoGradGuard no_grad;
  x.normal_(mean, std, generator);
  return x;
}

Tensor uniform_(const Tensor& x, const UniformOptions& options) {
  return uniform_(x, options.a, options.b, options.generator);
}

Tensor normal_(const Tensor& x, const NormalOptions& options) {
  return normal_(x, options.mean, options.std, options.generator);
}

Tensor trunc_normal_(const Tensor& x, double mean, double std, double a, double b, Generator* generator) {
  check(std > 0, "init::trunc_normal_: std is {}; expected a number above 0", std);
  check(a < b, "init::trunc_normal_: a is {} and b is {}; expected a below b", a, b);
  const auto scaled = [&](double bound) { return (bound - mean) / (std * std::numbers::sqrt2); };
  const double low = std::erf(scaled(a)), high = std::erf(scaled(b));
  check(low < high, "init::trunc_normal_: [{}, {}] is too far from mean {} with std {}", a, b, mean, std);
  const NoGradGuard no_grad;
  const Tensor u = rand(x.shape(), {.dtype = kFloat64, .generator = generator});
  x.copy_(mean + std * std::numbers::sqrt2 * erfinv(low + (high - low) * u));
  x.clamp_(a, b);
  return x;
}

Tensor trunc_normal_(const Tensor& x, const TruncNormalOptions& options) {
  return trunc_normal_(x, options.mean, options.std, options.a, options.b, options.generator);
}

Tensor constant_(const Tensor& x, Scalar value) {
  const NoGradGuard no_grad;
  x.fill_(value);
  return x;
}

Tensor zeros_(const Tensor& x) { return constant_(x, 0); }
Tensor ones_(const Tensor& x) { return constant_(x, 1); }

Tensor eye_(const Tensor& x) {
  check(x.dim() == 2, "init::eye_: expected a tensor of 2 dims, got shape {}", x.shape());
  const NoGradGuard no_grad;
  x.copy_(eye(x.size(0), x.size(1), {.dtype = x.dtype()}));
  return x;
}

namespace {

struct Fans {
  double in;
  double out;
};

Fans fans(const Tensor& x, std::string_view op) {
  check(x.dim() >= 2, "init::{}: fan in and fan out need 2 or more dims, got shape {}", op, x.shape());
  double receptive_field = 1;
  for (int i = 2; i < x.shape().size(); ++i) receptive_field *= static_cast<double>(x.shape()[i]);
  return {static_cast<double>(x.size(1)) * receptive_field, static_cast<double>(x.size(0)) * receptive_field};
}

/// The standard deviation that each scheme asks for; a uniform distribution of it has the bound sqrt(3) std.
double xavier_std(const Tensor& x, double gain, std::string_view op) {
  const Fans fan = fans(x, op);
  return gain * std::sqrt(2 / (fan.in + fan.out));
}

double kaiming_std(const Tensor& x, const KaimingOptions& options, std::string_view op) {
  options.mode.check_word(fmt::format("init::{}", op), "mode");
  const Fans fan = fans(x, op);
  const double gain = calculate_gain(options.nonlinearity, options.a);
  return gain / std::sqrt(options.mode.value() == FanMode::fan_in ? fan.in : fan.out);
}

Tensor uniform_of_std(const Tensor& x, double std, Generator* generator) {
  if (x.numel() == 0) return x;
  return uniform_(x, -std::sqrt(3.0) * std, std::sqrt(3.0) * std, generator);
}

Tensor normal_of_std(const Tensor& x, double std, Generator* generator) {
  return x.numel() == 0 ? x : normal_(x, 0, std, generator);
}

}  // namespace

Tensor xavier_uniform_(const Tensor& x, double gain, Generator* generator) {
  return uniform_of_std(x, xavier_std(x, gain, "xavier_uniform_"), generator);
}

Tensor xavier_normal_(const Tensor& x, double gain, Generator* generator) {
  return normal_of_std(x, xavier_std(x, gain, "xavier_normal_"), generator);
}

Tensor xavier_uniform_(const Tensor& x, const XavierOptions& options) {
  return xavier_uniform_(x, options.gain, options.generator);
}

Tensor xavier_normal_(const Tensor& x, const XavierOptions& options) {
  return xavier_normal_(x, options.gain, options.generator);
}

Tensor kaiming_uniform_(const Tensor& x, const KaimingOptions& options) {
  return uniform_of_std(x, kaiming_std(x, options, "kaiming_uniform_"), options.generator);
}

Tensor kaiming_normal_(const Tensor& x, const KaimingOptions& options) {
  return normal_of_std(x, kaiming_std(x, options, "kaiming_normal_"), options.generator);
}

Tensor lecun_uniform_(const Tensor& x, const LecunOptions& options) {
  return uniform_of_std(x, 1 / std::sqrt(fans(x, "lecun_uniform_").in), options.generator);
}

Tensor lecun_normal_(const Tensor& x, const LecunOptions& options) {
  return normal_of_std(x, 1 / std::sqrt(fans(x, "lecun_normal_").in), options.generator);
}

Tensor orthogonal_(const Tensor& x, double gain, Generator* generator) {
  check(x.dim() >= 2, "init::orthogonal_: expected a tensor of 2 dims or more, got shape {}", x.shape());
  if (x.numel() == 0) return x;
  const NoGradGuard no_grad;
  const std::int64_t rows = x.size(0), columns = x.numel() / rows, count = std::min(rows, columns);
  const Tensor q = randn({count, std::max(rows, columns)}, {.dtype = kFloat64, .generator = generator});
  for (std::int64_t i = 0; i < count; ++i) {  // Gram and Schmidt, twice, for what rounding leaves behind
    const Tensor row = q[i], before = q.narrow(0, 0, i);
    for (int pass = 0; pass < 2 && i > 0; ++pass) row.sub_(matmul(matmul(before, row), before));
    row.div_(norm(row));
  }
  x.copy_(gain * (rows <= columns ? q : q.t()).reshape(x.shape()));
  return x;
}

Tensor orthogonal_(const Tensor& x, const OrthogonalOptions& options) {
  return orthogonal_(x, options.gain, options.generator);
}

double calculate_gain(const Choice<Nonlinearity>& nonlinearity, std::optional<double> param) {
  nonlinearity.check_word("init::calculate_gain", "nonlinearity");
  switch (nonlinearity.value()) {
    case Nonlinearity::tanh: return 5.0 / 3;
    case Nonlinearity::relu: return std::sqrt(2.0);
    case Nonlinearity::selu: return 3.0 / 4;
    case Nonlinearity::leaky_relu: {
      const double slope = param.value_or(0.01);
      return std::sqrt(2 / (1 + slope * slope));
    }
    case Nonlinearity::sigmoid:
    case Nonlinearity::linear:
    case Nonlinearity::conv1d:
    case Nonlinearity::conv2d:
    case Nonlinearity::conv3d:
    case Nonlinearity::conv_transpose1d:
    case Nonlinearity::conv_transpose2d:
    case Nonlinearity::conv_transpose3d: break;
  }
  return 1;
}

}  // namespace xtape::nn::init
