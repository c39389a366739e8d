// Distributions that come from tensors, drawn from a Generator.
#include "autograd/ops/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "autograd/base/random.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/detail/in_place.hpp"

namespace xtape {

using namespace detail;

namespace {

Generator& generator_or_default(Generator* generator) { return generator ? *generator : default_generator(); }

/// f(i, u) for i = 0 ... count - 1, each with a uniform u in [0, 1).
template <class F>
void for_each_uniform(Generator* generator, std::int64_t count, const F& f) {
  std::array<double, 512> u;
  for (std::int64_t begin = 0; begin < count; begin += std::ssize(u)) {
    const std::int64_t n = std::min<std::int64_t>(std::ssize(u), count - begin);
    generator_or_default(generator).fill_uniform(u.data(), n);
    for (std::int64_t i = 0; i < n; ++i) f(begin + i, u[static_cast<std::size_t>(i)]);
  }
}

void check_probability(double p, const char* op) {
  check(p >= 0 && p <= 1, "{}: p is {}; expected a probability between 0 and 1", op, p);
}

/// 1 with the probability p for each element of `shape`, else 0.
Tensor drawn_bernoulli(const Shape& shape, DType dtype, double p, Generator* generator, const char* op) {
  check_probability(p, op);
  const Tensor out = make_tensor(shape, dtype);
  visit(dtype, [&](auto zero) {
    auto* to = out.data<decltype(zero)>();
    for_each_uniform(generator, out.numel(),
                     [&](std::int64_t i, double u) { to[i] = static_cast<decltype(zero)>(u < p); });
  });
  return out;
}
Tensor drawn_bernoulli(const Tensor& p, DType dtype, Generator* generator, const char* op) {
  check_floating(p.dtype(), op);
  const Tensor dense = p.detach().to(kFloat64).contiguous(), out = make_tensor(p.shape(), dtype);
  const auto* from = dense.data<double>();
  for (std::int64_t i = 0; i < dense.numel(); ++i) check_probability(from[i], op);
  visit(dtype, [&](auto zero) {
    auto* to = out.data<decltype(zero)>();
    for_each_uniform(generator, out.numel(),
                     [&](std::int64_t i, double u) { to[i] = static_cast<decltype(zero)>(u < from[i]); });
  });
  return out;
}

/// A count of the Poisson distribution. Small rates multiply uniform numbers (Knuth); larger ones transform
/// and reject (Hoermann 1993, PTRS).
double poisson_from(Generator& generator, double rate) {
  if (rate < 10) {
    const double end = std::exp(-rate);
    double count = 0;
    for (double product = generator.uniform(); product > end; product *= generator.uniform()) ++count;
    return count;
  }
  const double log_rate = std::log(rate), b = 0.931 + 2.53 * std::sqrt(rate), a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), accepted = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = generator.uniform() - 0.5, v = generator.uniform(), us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= accepted) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_rate - rate - std::lgamma(k + 1))
      return k;
  }
}

/// How many integers from 0 on random_ draws from: all that the dtype holds without a gap.
std::int64_t default_range(DType dtype) {
  return visit(dtype, []<class T>(T) {
    constexpr int kDigits = std::numeric_limits<T>::digits;
    if constexpr (std::is_floating_point_v<T>) return (std::int64_t{1} << kDigits) + 1;
    return kDigits < 63 ? std::int64_t{1} << kDigits : std::numeric_limits<std::int64_t>::max();
  });
}

}  // namespace

Tensor bernoulli(const Tensor& x, const GeneratorOptions& options) {
  return drawn_bernoulli(x, x.dtype(), options.generator, "bernoulli");
}
Tensor bernoulli(const Tensor& x, double p, const GeneratorOptions& options) {
  return drawn_bernoulli(x.shape(), x.dtype(), p, options.generator, "bernoulli");
}

Tensor normal(const Tensor& mean, const Tensor& std, const GeneratorOptions& options) {
  check_floating(mean.dtype(), "normal");
  check_floating(std.dtype(), "normal");
  const NoGradGuard no_grad;
  check(all(std >= 0).item<bool>(), "normal: expected std >= 0 for all elements");
  const Shape shape = broadcast_shapes(mean.shape(), std.shape(), "normal");
  return mean + std * randn(shape, {.dtype = mean.dtype(), .generator = options.generator});
}
Tensor normal(const Tensor& mean, double std, const GeneratorOptions& options) {
  return normal(mean, scalar_tensor(std, mean.dtype()), options);
}
Tensor normal(double mean, const Tensor& std, const GeneratorOptions& options) {
  return normal(scalar_tensor(mean, std.dtype()), std, options);
}
Tensor normal(double mean, double std, const Shape& size, const TensorOptions& options) {
  const Tensor x = empty(size, {.dtype = options.dtype}).normal_(mean, std, options.generator);
  return options.requires_grad ? x.requires_grad_() : x;
}

Tensor poisson(const Tensor& x, const GeneratorOptions& options) {
  const Tensor rates = x.detach().contiguous(), out = make_tensor_like(rates);
  Generator& generator = generator_or_default(options.generator);
  visit_floating(x.dtype(), "poisson", [&](auto zero) {
    using T = decltype(zero);
    const T* from = rates.data<T>();
    T* to = out.data<T>();
    for (std::int64_t i = 0; i < rates.numel(); ++i) {
      check(from[i] >= 0, "poisson: rate {} is below 0", from[i]);
      to[i] = static_cast<T>(poisson_from(generator, static_cast<double>(from[i])));
    }
  });
  return out;
}

Tensor randint_like(const Tensor& x, std::int64_t low, std::int64_t high, const TensorOptions& options) {
  TensorOptions like = options;
  if (!like.dtype) like.dtype = x.dtype();
  return randint(low, high, x.shape(), like);
}
Tensor randint_like(const Tensor& x, std::int64_t high, const TensorOptions& options) {
  return randint_like(x, 0, high, options);
}

const Tensor& bernoulli_(const Tensor& x, double p, Generator* generator) {
  return in_place(x, "bernoulli_", {{"p", p}}, [&](const Tensor& before) {
    return drawn_bernoulli(before.shape(), before.dtype(), p, generator, "bernoulli_");
  });
}
const Tensor& bernoulli_(const Tensor& x, const Tensor& p, Generator* generator) {
  return in_place(x, "bernoulli_", {}, [&](const Tensor& before) {
    return drawn_bernoulli(p.detach().expand(before.shape()), before.dtype(), generator, "bernoulli_");
  });
}

const Tensor& random_(const Tensor& x, std::int64_t from, std::int64_t to, Generator* generator) {
  check(from < to, "random_: expected from < to, got {} and {}", from, to);
  return in_place(x, "random_", {{"from", from}, {"to", to}}, [&](const Tensor& before) {
    return randint(from, to, before.shape(), {.dtype = before.dtype(), .generator = generator});
  });
}
const Tensor& random_(const Tensor& x, std::int64_t to, Generator* generator) {
  return random_(x, 0, to, generator);
}
const Tensor& random_(const Tensor& x, Generator* generator) {
  return random_(x, 0, default_range(x.dtype()), generator);
}

const Tensor& exponential_(const Tensor& x, double lambd, Generator* generator) {
  check(lambd > 0, "exponential_: lambd is {}; expected a number above 0", lambd);
  check_floating(x.dtype(), "exponential_");
  return in_place(x, "exponential_", {{"lambd", lambd}}, [&](const Tensor& before) {
    const Tensor out = make_tensor(before.shape(), before.dtype());
    visit_floating(before.dtype(), "exponential_", [&](auto zero) {
      using T = decltype(zero);
      T* to = out.data<T>();
      for_each_uniform(generator, out.numel(),
                       [&](std::int64_t i, double u) { to[i] = static_cast<T>(-std::log1p(-u) / lambd); });
    });
    return out;
  });
}

}  // namespace xtape
