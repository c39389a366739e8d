// Every op that takes a Tensor first, spelt as a method: x.exp(), x.sum(0), x.reshape({2, -1}).
// Each line forwards to the free function of the same name.
#pragma once

#include "autograd/ops/activation.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/cast.hpp"
#include "autograd/ops/comparison.hpp"
#include "autograd/ops/elementwise.hpp"
#include "autograd/ops/extremes.hpp"
#include "autograd/ops/indexing.hpp"
#include "autograd/ops/join.hpp"
#include "autograd/ops/matmul.hpp"
#include "autograd/ops/prod.hpp"
#include "autograd/ops/reduce.hpp"
#include "autograd/ops/shape.hpp"
#include "autograd/ops/slice.hpp"
#include "autograd/ops/softmax.hpp"
#include "autograd/ops/sorting.hpp"
#include "autograd/ops/statistics.hpp"

namespace xtape {

template <class Self>
class TensorMethods {
 public:
  // arithmetic
  auto add(const Self& b) const { return xtape::add(self(), b); }
  auto sub(const Self& b) const { return xtape::sub(self(), b); }
  auto mul(const Self& b) const { return xtape::mul(self(), b); }
  auto div(const Self& b) const { return xtape::div(self(), b); }
  auto pow(const Self& b) const { return xtape::pow(self(), b); }
  auto maximum(const Self& b) const { return xtape::maximum(self(), b); }
  auto minimum(const Self& b) const { return xtape::minimum(self(), b); }
  auto add(Scalar b) const { return xtape::add(self(), b); }
  auto sub(Scalar b) const { return xtape::sub(self(), b); }
  auto mul(Scalar b) const { return xtape::mul(self(), b); }
  auto div(Scalar b) const { return xtape::div(self(), b); }
  auto pow(Scalar b) const { return xtape::pow(self(), b); }
  auto maximum(Scalar b) const { return xtape::maximum(self(), b); }
  auto minimum(Scalar b) const { return xtape::minimum(self(), b); }
  auto neg() const { return xtape::neg(self()); }
  auto eq(const Self& b) const { return xtape::eq(self(), b); }
  auto ne(const Self& b) const { return xtape::ne(self(), b); }
  auto lt(const Self& b) const { return xtape::lt(self(), b); }
  auto le(const Self& b) const { return xtape::le(self(), b); }
  auto gt(const Self& b) const { return xtape::gt(self(), b); }
  auto ge(const Self& b) const { return xtape::ge(self(), b); }
  auto eq(Scalar b) const { return xtape::eq(self(), b); }
  auto ne(Scalar b) const { return xtape::ne(self(), b); }
  auto lt(Scalar b) const { return xtape::lt(self(), b); }
  auto le(Scalar b) const { return xtape::le(self(), b); }
  auto gt(Scalar b) const { return xtape::gt(self(), b); }
  auto ge(Scalar b) const { return xtape::ge(self(), b); }
  auto logical_and(const Self& b) const { return xtape::logical_and(self(), b); }
  auto logical_or(const Self& b) const { return xtape::logical_or(self(), b); }
  auto logical_not() const { return xtape::logical_not(self()); }
  auto masked_fill(const Self& mask, Scalar value) const { return xtape::masked_fill(self(), mask, value); }
  auto masked_fill(const Self& mask, const Self& value) const {
    return xtape::masked_fill(self(), mask, value);
  }
  auto where(const Self& condition, const Self& b) const { return xtape::where(condition, self(), b); }
  auto where(const Self& condition, Scalar b) const { return xtape::where(condition, self(), b); }
  auto clamp(std::optional<Scalar> min, std::optional<Scalar> max = {}) const {
    return xtape::clamp(self(), min, max);
  }
  auto clamp(const ClampOptions& options) const { return xtape::clamp(self(), options); }
  auto clamp(const Self& min, const Self& max) const { return xtape::clamp(self(), min, max); }
  auto isnan() const { return xtape::isnan(self()); }
  auto isinf() const { return xtape::isinf(self()); }
  auto isfinite() const { return xtape::isfinite(self()); }
  bool allclose(const Self& b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) const {
    return xtape::allclose(self(), b, rtol, atol, equal_nan);
  }
  bool allclose(const Self& b, const AllcloseOptions& options) const {
    return xtape::allclose(self(), b, options);
  }
  bool equal(const Self& b) const { return xtape::equal(self(), b); }

  // elementwise
  auto exp() const { return xtape::exp(self()); }
  auto log() const { return xtape::log(self()); }
  auto log1p() const { return xtape::log1p(self()); }
  auto expm1() const { return xtape::expm1(self()); }
  auto sqrt() const { return xtape::sqrt(self()); }
  auto rsqrt() const { return xtape::rsqrt(self()); }
  auto square() const { return xtape::square(self()); }
  auto reciprocal() const { return xtape::reciprocal(self()); }
  auto sin() const { return xtape::sin(self()); }
  auto cos() const { return xtape::cos(self()); }
  auto tanh() const { return xtape::tanh(self()); }
  auto sigmoid() const { return xtape::sigmoid(self()); }
  auto erf() const { return xtape::erf(self()); }
  auto abs() const { return xtape::abs(self()); }
  auto sign() const { return xtape::sign(self()); }
  auto relu() const { return xtape::relu(self()); }
  auto leaky_relu(double negative_slope = 0.01) const { return xtape::leaky_relu(self(), negative_slope); }
  auto elu(double alpha = 1.0) const { return xtape::elu(self(), alpha); }
  auto silu() const { return xtape::silu(self()); }
  auto softplus(double beta = 1.0, double threshold = 20.0) const {
    return xtape::softplus(self(), beta, threshold);
  }
  auto gelu(std::string_view approximate = "none") const { return xtape::gelu(self(), approximate); }

  // reductions
  auto sum() const { return xtape::sum(self()); }
  auto sum(const Dims& dim, bool keepdim = false) const { return xtape::sum(self(), dim, keepdim); }
  auto mean() const { return xtape::mean(self()); }
  auto mean(const Dims& dim, bool keepdim = false) const { return xtape::mean(self(), dim, keepdim); }
  auto prod() const { return xtape::prod(self()); }
  auto prod(const Dims& dim, bool keepdim = false) const { return xtape::prod(self(), dim, keepdim); }
  auto var(const VarOptions& options = {}) const { return xtape::var(self(), options); }
  auto var(Unbiased unbiased) const { return xtape::var(self(), unbiased); }
  auto var(const Dims& dim, const VarOptions& options = {}) const { return xtape::var(self(), dim, options); }
  auto var(const Dims& dim, Unbiased unbiased, bool keepdim = false) const {
    return xtape::var(self(), dim, unbiased, keepdim);
  }
  auto std(const VarOptions& options = {}) const { return xtape::std(self(), options); }
  auto std(Unbiased unbiased) const { return xtape::std(self(), unbiased); }
  auto std(const Dims& dim, const VarOptions& options = {}) const { return xtape::std(self(), dim, options); }
  auto std(const Dims& dim, Unbiased unbiased, bool keepdim = false) const {
    return xtape::std(self(), dim, unbiased, keepdim);
  }
  auto amax() const { return xtape::amax(self()); }
  auto amax(const Dims& dim, bool keepdim = false) const { return xtape::amax(self(), dim, keepdim); }
  auto amin() const { return xtape::amin(self()); }
  auto amin(const Dims& dim, bool keepdim = false) const { return xtape::amin(self(), dim, keepdim); }
  auto logsumexp() const { return xtape::logsumexp(self()); }
  auto logsumexp(const Dims& dim, bool keepdim = false) const {
    return xtape::logsumexp(self(), dim, keepdim);
  }
  auto max() const { return xtape::max(self()); }
  auto max(Dim dim, bool keepdim = false) const { return xtape::max(self(), dim, keepdim); }
  auto max(const Self& b) const { return xtape::max(self(), b); }
  auto min() const { return xtape::min(self()); }
  auto min(Dim dim, bool keepdim = false) const { return xtape::min(self(), dim, keepdim); }
  auto min(const Self& b) const { return xtape::min(self(), b); }
  auto argmax() const { return xtape::argmax(self()); }
  auto argmax(Dim dim, bool keepdim = false) const { return xtape::argmax(self(), dim, keepdim); }
  auto argmin() const { return xtape::argmin(self()); }
  auto argmin(Dim dim, bool keepdim = false) const { return xtape::argmin(self(), dim, keepdim); }
  auto cumsum(Dim dim) const { return xtape::cumsum(self(), dim); }
  auto norm(double p = 2) const { return xtape::norm(self(), p); }
  auto norm(double p, const Dims& dim, bool keepdim = false) const {
    return xtape::norm(self(), p, dim, keepdim);
  }
  auto any() const { return xtape::any(self()); }
  auto any(const Dims& dim, bool keepdim = false) const { return xtape::any(self(), dim, keepdim); }
  auto all() const { return xtape::all(self()); }
  auto all(const Dims& dim, bool keepdim = false) const { return xtape::all(self(), dim, keepdim); }

  // shape
  auto reshape(const Shape& shape) const { return xtape::reshape(self(), shape); }
  auto flatten(Dim start_dim = 0, Dim end_dim = -1) const {
    return xtape::flatten(self(), start_dim, end_dim);
  }
  auto squeeze() const { return xtape::squeeze(self()); }
  auto squeeze(Dim dim) const { return xtape::squeeze(self(), dim); }
  auto unsqueeze(Dim dim) const { return xtape::unsqueeze(self(), dim); }
  auto transpose(Dim dim0, Dim dim1) const { return xtape::transpose(self(), dim0, dim1); }
  auto permute(const Dims& dims) const { return xtape::permute(self(), dims); }
  auto t() const { return xtape::t(self()); }
  auto broadcast_to(const Shape& shape) const { return xtape::broadcast_to(self(), shape); }
  auto narrow(Dim dim, std::int64_t start, std::int64_t length) const {
    return xtape::narrow(self(), dim, start, length);
  }
  auto slice(Dim dim, std::int64_t start, std::int64_t end, std::int64_t step = 1) const {
    return xtape::slice(self(), dim, start, end, step);
  }
  auto select(Dim dim, std::int64_t index) const { return xtape::select(self(), dim, index); }
  auto unbind(Dim dim = 0) const { return xtape::unbind(self(), dim); }
  auto split(std::int64_t size, Dim dim = 0) const { return xtape::split(self(), size, dim); }
  auto split(const Shape& sizes, Dim dim = 0) const { return xtape::split(self(), sizes, dim); }
  auto chunk(std::int64_t chunks, Dim dim = 0) const { return xtape::chunk(self(), chunks, dim); }
  auto flip(const Dims& dims) const { return xtape::flip(self(), dims); }
  auto pad(const Shape& padding, Scalar value = 0) const { return xtape::pad(self(), padding, value); }

  // indexing
  auto index_select(Dim dim, const Self& index) const { return xtape::index_select(self(), dim, index); }
  auto gather(Dim dim, const Self& index) const { return xtape::gather(self(), dim, index); }
  auto scatter_add(Dim dim, const Self& index, const Self& src) const {
    return xtape::scatter_add(self(), dim, index, src);
  }
  auto index_add(Dim dim, const Self& index, const Self& src) const {
    return xtape::index_add(self(), dim, index, src);
  }
  auto sort(Dim dim = -1, bool descending = false) const { return xtape::sort(self(), dim, descending); }
  auto argsort(Dim dim = -1, bool descending = false) const {
    return xtape::argsort(self(), dim, descending);
  }
  auto topk(std::int64_t k, Dim dim = -1, bool largest = true, bool sorted = true) const {
    return xtape::topk(self(), k, dim, largest, sorted);
  }

  // linear algebra and probability
  auto matmul(const Self& b) const { return xtape::matmul(self(), b); }
  auto mm(const Self& b) const { return xtape::mm(self(), b); }
  auto bmm(const Self& b) const { return xtape::bmm(self(), b); }
  auto dot(const Self& b) const { return xtape::dot(self(), b); }
  auto outer(const Self& b) const { return xtape::outer(self(), b); }
  auto softmax(Dim dim) const { return xtape::softmax(self(), dim); }
  auto log_softmax(Dim dim) const { return xtape::log_softmax(self(), dim); }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace xtape
