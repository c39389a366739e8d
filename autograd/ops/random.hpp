// Random tensors whose distributions come from tensors; rand, randn, randint and randperm stand in
// create.hpp. None is recorded: what they give is a constant.
#pragma once

#include "autograd/tensor/fwd.hpp"
#include "autograd/tensor/options.hpp"

namespace xtape {

struct GeneratorOptions {
  Generator* generator = nullptr;  ///< the default generator where null
};

/// 1 with the probability that x, floating point in [0, 1], gives for each element, else 0; of x's dtype.
Tensor bernoulli(const Tensor& x, const GeneratorOptions& options = {});
/// The same with one probability, of x's shape and dtype.
Tensor bernoulli(const Tensor& x, double p, const GeneratorOptions& options = {});

/// Normal numbers of each element's mean and standard deviation, which broadcast; floating point, std >= 0.
Tensor normal(const Tensor& mean, const Tensor& std, const GeneratorOptions& options = {});
Tensor normal(const Tensor& mean, double std = 1.0, const GeneratorOptions& options = {});
Tensor normal(double mean, const Tensor& std, const GeneratorOptions& options = {});
Tensor normal(double mean, double std, const Shape& size, const TensorOptions& options = {});

/// Counts of the Poisson distribution with the rates x, floating point and not negative; of x's dtype.
Tensor poisson(const Tensor& x, const GeneratorOptions& options = {});

struct MultinomialOptions {
  bool replacement = false;
  Generator* generator = nullptr;
};
/// int64 indices drawn by the weights x: of shape {categories}, or {rows, categories}, row by row. The
/// weights are floating point, finite and not negative, with a positive sum in each row; without replacement
/// at least num_samples of them are positive.
Tensor multinomial(const Tensor& x, std::int64_t num_samples, bool replacement = false);
Tensor multinomial(const Tensor& x, std::int64_t num_samples, const MultinomialOptions& options);

/// The shape of x, and its dtype unless the options name one.
Tensor randint_like(const Tensor& x, std::int64_t low, std::int64_t high, const TensorOptions& options = {});
Tensor randint_like(const Tensor& x, std::int64_t high, const TensorOptions& options = {});

// in place, for any dtype that holds the numbers
const Tensor& bernoulli_(const Tensor& x, double p = 0.5, Generator* generator = nullptr);
const Tensor& bernoulli_(const Tensor& x, const Tensor& p,
                         Generator* generator = nullptr);  ///< p broadcasts to x
/// Integers in [from, to), by default in [0, the greatest integer up to which the dtype holds all].
const Tensor& random_(const Tensor& x, std::int64_t from, std::int64_t to, Generator* generator = nullptr);
const Tensor& random_(const Tensor& x, std::int64_t to, Generator* generator = nullptr);
const Tensor& random_(const Tensor& x, Generator* generator = nullptr);
/// Of density lambd e^(-lambd v); floating point only.
const Tensor& exponential_(const Tensor& x, double lambd = 1.0, Generator* generator = nullptr);

}  // namespace xtape
