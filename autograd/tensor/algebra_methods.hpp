// Methods of Tensor: products, matrices, probabilities and random numbers. See methods.hpp.
#pragma once

#include <concepts>
#include <optional>

#include "autograd/ops/inverse.hpp"
#include "autograd/ops/matmul.hpp"
#include "autograd/ops/products.hpp"
#include "autograd/ops/random.hpp"
#include "autograd/ops/softmax.hpp"

namespace xtape {

template <class Self>
class AlgebraMethods {
 public:
  // linear algebra and probability
  auto matmul(const Self& b) const { return xtape::matmul(self(), b); }
  auto mm(const Self& b) const { return xtape::mm(self(), b); }
  auto bmm(const Self& b) const { return xtape::bmm(self(), b); }
  auto dot(const Self& b) const { return xtape::dot(self(), b); }
  auto outer(const Self& b) const { return xtape::outer(self(), b); }
  auto mv(const Self& v) const { return xtape::mv(self(), v); }
  auto ger(const Self& b) const { return xtape::ger(self(), b); }
  auto vdot(const Self& b) const { return xtape::vdot(self(), b); }
  auto inner(const Self& b) const { return xtape::inner(self(), b); }
  auto addmm(const Self& a, const Self& b, const ProductOptions& options = {}) const {
    return xtape::addmm(self(), a, b, options);
  }
  auto addmv(const Self& a, const Self& v, const ProductOptions& options = {}) const {
    return xtape::addmv(self(), a, v, options);
  }
  auto addr(const Self& a, const Self& b, const ProductOptions& options = {}) const {
    return xtape::addr(self(), a, b, options);
  }
  auto baddbmm(const Self& a, const Self& b, const ProductOptions& options = {}) const {
    return xtape::baddbmm(self(), a, b, options);
  }
  auto addbmm(const Self& a, const Self& b, const ProductOptions& options = {}) const {
    return xtape::addbmm(self(), a, b, options);
  }
  // the factors in libtorch's order
  auto addmm(const Self& a, const Self& b, Scalar beta, Scalar alpha = 1) const {
    return xtape::addmm(self(), a, b, beta, alpha);
  }
  auto addmv(const Self& a, const Self& v, Scalar beta, Scalar alpha = 1) const {
    return xtape::addmv(self(), a, v, beta, alpha);
  }
  auto addr(const Self& a, const Self& b, Scalar beta, Scalar alpha = 1) const {
    return xtape::addr(self(), a, b, beta, alpha);
  }
  auto baddbmm(const Self& a, const Self& b, Scalar beta, Scalar alpha = 1) const {
    return xtape::baddbmm(self(), a, b, beta, alpha);
  }
  auto addbmm(const Self& a, const Self& b, Scalar beta, Scalar alpha = 1) const {
    return xtape::addbmm(self(), a, b, beta, alpha);
  }
  auto tensordot(const Self& b, std::int64_t dims = 2) const { return xtape::tensordot(self(), b, dims); }
  auto tensordot(const Self& b, const TensordotOptions& options) const {
    return xtape::tensordot(self(), b, options);
  }
  auto tensordot(const Self& b, const Dims& dims_a, const Dims& dims_b) const {
    return xtape::tensordot(self(), b, dims_a, dims_b);
  }
  auto kron(const Self& b) const { return xtape::kron(self(), b); }
  auto cross(const Self& b, std::optional<Dim> dim = {}) const { return xtape::cross(self(), b, dim); }
  auto cross(const Self& b, const CrossOptions& options) const { return xtape::cross(self(), b, options); }
  auto matrix_power(std::int64_t n) const { return xtape::matrix_power(self(), n); }
  auto inverse() const { return xtape::inverse(self()); }
  auto pinverse(double rcond = 1e-15) const { return xtape::pinverse(self(), rcond); }
  auto det() const { return xtape::det(self()); }
  auto logdet() const { return xtape::logdet(self()); }
  auto slogdet() const { return xtape::slogdet(self()); }
  auto cholesky(bool upper = false) const { return xtape::cholesky(self(), upper); }
  auto softmax(Dim dim) const { return xtape::softmax(self(), dim); }
  auto log_softmax(Dim dim) const { return xtape::log_softmax(self(), dim); }
  auto softmax(Dim dim, std::same_as<DType> auto dtype) const {
    return xtape::softmax(self().to(dtype), dim);
  }
  auto log_softmax(Dim dim, std::same_as<DType> auto dtype) const {
    return xtape::log_softmax(self().to(dtype), dim);
  }

  // random numbers
  auto bernoulli(const GeneratorOptions& options = {}) const { return xtape::bernoulli(self(), options); }
  auto bernoulli(double p, const GeneratorOptions& options = {}) const {
    return xtape::bernoulli(self(), p, options);
  }
  auto multinomial(std::int64_t num_samples, bool replacement = false) const {
    return xtape::multinomial(self(), num_samples, replacement);
  }
  auto multinomial(std::int64_t num_samples, const MultinomialOptions& options) const {
    return xtape::multinomial(self(), num_samples, options);
  }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace xtape
