// Every op that takes a Tensor first, spelt as a method: x.exp(), x.sum(0), x.reshape({2, -1}).
// Each line forwards to the free function of the same name. Those in place stand in inplace_methods.hpp.
#pragma once

#include "autograd/ops/activation.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/axes.hpp"
#include "autograd/ops/bitwise.hpp"
#include "autograd/ops/cast.hpp"
#include "autograd/ops/clamp.hpp"
#include "autograd/ops/comparison.hpp"
#include "autograd/ops/diagonal.hpp"
#include "autograd/ops/elementwise.hpp"
#include "autograd/ops/error_function.hpp"
#include "autograd/ops/extremes.hpp"
#include "autograd/ops/index.hpp"
#include "autograd/ops/indexing.hpp"
#include "autograd/ops/inverse.hpp"
#include "autograd/ops/join.hpp"
#include "autograd/ops/logarithms.hpp"
#include "autograd/ops/masks.hpp"
#include "autograd/ops/matmul.hpp"
#include "autograd/ops/piecewise_activation.hpp"
#include "autograd/ops/prod.hpp"
#include "autograd/ops/products.hpp"
#include "autograd/ops/quantiles.hpp"
#include "autograd/ops/random.hpp"
#include "autograd/ops/rearrange.hpp"
#include "autograd/ops/reduce.hpp"
#include "autograd/ops/rounding.hpp"
#include "autograd/ops/scans.hpp"
#include "autograd/ops/scatter.hpp"
#include "autograd/ops/search.hpp"
#include "autograd/ops/shape.hpp"
#include "autograd/ops/slice.hpp"
#include "autograd/ops/smooth_activation.hpp"
#include "autograd/ops/softmax.hpp"
#include "autograd/ops/sorting.hpp"
#include "autograd/ops/statistics.hpp"
#include "autograd/ops/trigonometry.hpp"
#include "autograd/tensor/inplace_methods.hpp"

namespace xtape {

template <class Self>
class TensorMethods : public InPlaceMethods<Self> {
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
  auto div(const Self& b, const DivOptions& options) const { return xtape::div(self(), b, options); }
  auto div(Scalar b, const DivOptions& options) const { return xtape::div(self(), b, options); }
  auto div(const Self& b, std::string_view rounding_mode) const {
    return xtape::div(self(), b, rounding_mode);
  }
  auto div(Scalar b, std::string_view rounding_mode) const { return xtape::div(self(), b, rounding_mode); }
  auto floor_divide(const Self& b) const { return xtape::floor_divide(self(), b); }
  auto floor_divide(Scalar b) const { return xtape::floor_divide(self(), b); }
  auto pow(Scalar b) const { return xtape::pow(self(), b); }
  auto maximum(Scalar b) const { return xtape::maximum(self(), b); }
  auto minimum(Scalar b) const { return xtape::minimum(self(), b); }
  auto add(const Self& b, Scalar alpha) const { return xtape::add(self(), b, alpha); }
  auto sub(const Self& b, Scalar alpha) const { return xtape::sub(self(), b, alpha); }
  auto lerp(const Self& end, const Self& weight) const { return xtape::lerp(self(), end, weight); }
  auto lerp(const Self& end, Scalar weight) const { return xtape::lerp(self(), end, weight); }
  auto addcmul(const Self& a, const Self& b, Scalar value = 1) const {
    return xtape::addcmul(self(), a, b, value);
  }
  auto addcmul(const Self& a, const Self& b, const AddcOptions& options) const {
    return xtape::addcmul(self(), a, b, options);
  }
  auto addcdiv(const Self& a, const Self& b, Scalar value = 1) const {
    return xtape::addcdiv(self(), a, b, value);
  }
  auto addcdiv(const Self& a, const Self& b, const AddcOptions& options) const {
    return xtape::addcdiv(self(), a, b, options);
  }
  auto fmod(const Self& b) const { return xtape::fmod(self(), b); }
  auto fmod(Scalar b) const { return xtape::fmod(self(), b); }
  auto remainder(const Self& b) const { return xtape::remainder(self(), b); }
  auto remainder(Scalar b) const { return xtape::remainder(self(), b); }
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
  auto logical_xor(const Self& b) const { return xtape::logical_xor(self(), b); }
  auto logical_not() const { return xtape::logical_not(self()); }
  auto bitwise_and(const Self& b) const { return xtape::bitwise_and(self(), b); }
  auto bitwise_or(const Self& b) const { return xtape::bitwise_or(self(), b); }
  auto bitwise_xor(const Self& b) const { return xtape::bitwise_xor(self(), b); }
  auto bitwise_and(Scalar b) const { return xtape::bitwise_and(self(), b); }
  auto bitwise_or(Scalar b) const { return xtape::bitwise_or(self(), b); }
  auto bitwise_xor(Scalar b) const { return xtape::bitwise_xor(self(), b); }
  auto bitwise_not() const { return xtape::bitwise_not(self()); }
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
  auto clip(std::optional<Scalar> min, std::optional<Scalar> max = {}) const {
    return xtape::clip(self(), min, max);
  }
  auto clip(const ClampOptions& options) const { return xtape::clip(self(), options); }
  auto clip(const Self& min, const Self& max) const { return xtape::clip(self(), min, max); }
  auto clamp_min(const Self& min) const { return xtape::clamp_min(self(), min); }
  auto clamp_min(Scalar min) const { return xtape::clamp_min(self(), min); }
  auto clamp_max(const Self& max) const { return xtape::clamp_max(self(), max); }
  auto clamp_max(Scalar max) const { return xtape::clamp_max(self(), max); }
  auto nan_to_num(double nan = 0, std::optional<double> posinf = {},
                  std::optional<double> neginf = {}) const {
    return xtape::nan_to_num(self(), nan, posinf, neginf);
  }
  auto nan_to_num(const NanToNumOptions& options) const { return xtape::nan_to_num(self(), options); }
  auto isnan() const { return xtape::isnan(self()); }
  auto isinf() const { return xtape::isinf(self()); }
  auto isfinite() const { return xtape::isfinite(self()); }
  auto isclose(const Self& b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) const {
    return xtape::isclose(self(), b, rtol, atol, equal_nan);
  }
  auto isclose(const Self& b, const AllcloseOptions& options) const {
    return xtape::isclose(self(), b, options);
  }
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
  auto erfc() const { return xtape::erfc(self()); }
  auto erfinv() const { return xtape::erfinv(self()); }
  auto tan() const { return xtape::tan(self()); }
  auto asin() const { return xtape::asin(self()); }
  auto acos() const { return xtape::acos(self()); }
  auto atan() const { return xtape::atan(self()); }
  auto sinh() const { return xtape::sinh(self()); }
  auto cosh() const { return xtape::cosh(self()); }
  auto asinh() const { return xtape::asinh(self()); }
  auto acosh() const { return xtape::acosh(self()); }
  auto atanh() const { return xtape::atanh(self()); }
  auto sinc() const { return xtape::sinc(self()); }
  auto log2() const { return xtape::log2(self()); }
  auto log10() const { return xtape::log10(self()); }
  auto exp2() const { return xtape::exp2(self()); }
  auto floor() const { return xtape::floor(self()); }
  auto ceil() const { return xtape::ceil(self()); }
  auto trunc() const { return xtape::trunc(self()); }
  auto round() const { return xtape::round(self()); }
  auto frac() const { return xtape::frac(self()); }
  auto round(std::int64_t decimals) const { return xtape::round(self(), decimals); }
  auto round(const RoundOptions& options) const { return xtape::round(self(), options); }
  auto atan2(const Self& b) const { return xtape::atan2(self(), b); }
  auto hypot(const Self& b) const { return xtape::hypot(self(), b); }
  auto logaddexp(const Self& b) const { return xtape::logaddexp(self(), b); }
  auto xlogy(const Self& b) const { return xtape::xlogy(self(), b); }
  auto xlogy(Scalar b) const { return xtape::xlogy(self(), b); }
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

  auto relu6() const { return xtape::relu6(self()); }
  auto hardsigmoid() const { return xtape::hardsigmoid(self()); }
  auto hardswish() const { return xtape::hardswish(self()); }
  auto mish() const { return xtape::mish(self()); }
  auto selu() const { return xtape::selu(self()); }
  auto logsigmoid() const { return xtape::logsigmoid(self()); }
  auto softsign() const { return xtape::softsign(self()); }
  auto hardtanh(double min_val = -1.0, double max_val = 1.0) const {
    return xtape::hardtanh(self(), min_val, max_val);
  }
  auto celu(double alpha = 1.0) const { return xtape::celu(self(), alpha); }
  auto prelu(const Self& weight) const { return xtape::prelu(self(), weight); }
  auto glu(Dim dim = -1) const { return xtape::glu(self(), dim); }

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
  auto cumprod(Dim dim) const { return xtape::cumprod(self(), dim); }
  auto cummax(Dim dim) const { return xtape::cummax(self(), dim); }
  auto cummin(Dim dim) const { return xtape::cummin(self(), dim); }
  auto logcumsumexp(Dim dim) const { return xtape::logcumsumexp(self(), dim); }
  auto median() const { return xtape::median(self()); }
  auto median(Dim dim, bool keepdim = false) const { return xtape::median(self(), dim, keepdim); }
  auto nanmedian() const { return xtape::nanmedian(self()); }
  auto nanmedian(Dim dim, bool keepdim = false) const { return xtape::nanmedian(self(), dim, keepdim); }
  auto kthvalue(std::int64_t k, Dim dim = -1, bool keepdim = false) const {
    return xtape::kthvalue(self(), k, dim, keepdim);
  }
  auto mode(Dim dim = -1, bool keepdim = false) const { return xtape::mode(self(), dim, keepdim); }
  auto quantile(double q, std::optional<Dim> dim = {}, bool keepdim = false,
                std::string_view interpolation = "linear") const {
    return xtape::quantile(self(), q, dim, keepdim, interpolation);
  }
  auto quantile(const Self& q, std::optional<Dim> dim = {}, bool keepdim = false,
                std::string_view interpolation = "linear") const {
    return xtape::quantile(self(), q, dim, keepdim, interpolation);
  }
  auto quantile(double q, const QuantileOptions& options) const {
    return xtape::quantile(self(), q, options);
  }
  auto quantile(const Self& q, const QuantileOptions& options) const {
    return xtape::quantile(self(), q, options);
  }
  auto nanquantile(double q, const QuantileOptions& options) const {
    return xtape::nanquantile(self(), q, options);
  }
  auto nanquantile(const Self& q, const QuantileOptions& options) const {
    return xtape::nanquantile(self(), q, options);
  }
  auto nanquantile(double q, std::optional<Dim> dim = {}, bool keepdim = false,
                   std::string_view interpolation = "linear") const {
    return xtape::nanquantile(self(), q, dim, keepdim, interpolation);
  }
  auto nanquantile(const Self& q, std::optional<Dim> dim = {}, bool keepdim = false,
                   std::string_view interpolation = "linear") const {
    return xtape::nanquantile(self(), q, dim, keepdim, interpolation);
  }
  auto aminmax(const AminmaxOptions& options = {}) const { return xtape::aminmax(self(), options); }
  auto aminmax(Dim dim, bool keepdim = false) const { return xtape::aminmax(self(), dim, keepdim); }
  auto count_nonzero() const { return xtape::count_nonzero(self()); }
  auto count_nonzero(const Dims& dim) const { return xtape::count_nonzero(self(), dim); }
  auto nansum() const { return xtape::nansum(self()); }
  auto nansum(const Dims& dim, bool keepdim = false) const { return xtape::nansum(self(), dim, keepdim); }
  auto nanmean() const { return xtape::nanmean(self()); }
  auto nanmean(const Dims& dim, bool keepdim = false) const { return xtape::nanmean(self(), dim, keepdim); }
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
  auto slice(Dim dim, SliceBound start, SliceBound end = None, std::int64_t step = 1) const {
    return xtape::slice(self(), dim, start, end, step);
  }
  auto select(Dim dim, std::int64_t index) const { return xtape::select(self(), dim, index); }
  auto unbind(Dim dim = 0) const { return xtape::unbind(self(), dim); }
  auto split(std::int64_t size, Dim dim = 0) const { return xtape::split(self(), size, dim); }
  auto split(const Shape& sizes, Dim dim = 0) const { return xtape::split(self(), sizes, dim); }
  auto chunk(std::int64_t chunks, Dim dim = 0) const { return xtape::chunk(self(), chunks, dim); }
  auto flip(const Dims& dims) const { return xtape::flip(self(), dims); }
  auto fliplr() const { return xtape::fliplr(self()); }
  auto flipud() const { return xtape::flipud(self()); }
  auto rot90(std::int64_t k = 1, const Dims& dims = {0, 1}) const { return xtape::rot90(self(), k, dims); }
  auto repeat(const Shape& sizes) const { return xtape::repeat(self(), sizes); }
  auto tile(const Shape& dims) const { return xtape::tile(self(), dims); }
  auto repeat_interleave(std::int64_t repeats, std::optional<Dim> dim = {}) const {
    return xtape::repeat_interleave(self(), repeats, dim);
  }
  auto repeat_interleave(const Self& repeats, std::optional<Dim> dim = {}) const {
    return xtape::repeat_interleave(self(), repeats, dim);
  }
  auto roll(const Shape& shifts, const Dims& dims = {}) const { return xtape::roll(self(), shifts, dims); }
  auto movedim(const Dims& source, const Dims& destination) const {
    return xtape::movedim(self(), source, destination);
  }
  auto moveaxis(const Dims& source, const Dims& destination) const {
    return xtape::moveaxis(self(), source, destination);
  }
  auto swapaxes(Dim axis0, Dim axis1) const { return xtape::swapaxes(self(), axis0, axis1); }
  auto swapdims(Dim dim0, Dim dim1) const { return xtape::swapdims(self(), dim0, dim1); }
  auto adjoint() const { return xtape::adjoint(self()); }
  auto mT() const { return xtape::adjoint(self()); }
  auto ravel() const { return xtape::ravel(self()); }
  auto unflatten(Dim dim, const Shape& sizes) const { return xtape::unflatten(self(), dim, sizes); }
  auto atleast_1d() const { return xtape::atleast_1d(self()); }
  auto atleast_2d() const { return xtape::atleast_2d(self()); }
  auto atleast_3d() const { return xtape::atleast_3d(self()); }
  auto tril(std::int64_t diagonal = 0) const { return xtape::tril(self(), diagonal); }
  auto triu(std::int64_t diagonal = 0) const { return xtape::triu(self(), diagonal); }
  auto diagonal(std::int64_t offset = 0, Dim dim1 = 0, Dim dim2 = 1) const {
    return xtape::diagonal(self(), offset, dim1, dim2);
  }
  auto diag_embed(std::int64_t offset = 0, Dim dim1 = -2, Dim dim2 = -1) const {
    return xtape::diag_embed(self(), offset, dim1, dim2);
  }
  auto diag(std::int64_t diagonal = 0) const { return xtape::diag(self(), diagonal); }
  auto diagflat(std::int64_t offset = 0) const { return xtape::diagflat(self(), offset); }
  auto trace() const { return xtape::trace(self()); }
  auto pad(const Shape& padding, Scalar value = 0) const { return xtape::pad(self(), padding, value); }

  // indexing
  auto index(const detail::IndexList& indices) const { return xtape::index(self(), indices); }
  auto index_put(const detail::IndexList& indices, const Self& values, bool accumulate = false) const {
    return xtape::index_put(self(), indices, values, accumulate);
  }
  auto index_put(const detail::IndexList& indices, Scalar value, bool accumulate = false) const {
    return xtape::index_put(self(), indices, value, accumulate);
  }
  auto index_select(Dim dim, const Self& index) const { return xtape::index_select(self(), dim, index); }
  auto index_add(Dim dim, const Self& index, const Self& src, Scalar alpha = 1) const {
    return xtape::index_add(self(), dim, index, src, alpha);
  }
  auto index_copy(Dim dim, const Self& index, const Self& src) const {
    return xtape::index_copy(self(), dim, index, src);
  }
  auto index_fill(Dim dim, const Self& index, Scalar value) const {
    return xtape::index_fill(self(), dim, index, value);
  }
  auto index_fill(Dim dim, const Self& index, const Self& value) const {
    return xtape::index_fill(self(), dim, index, value);
  }
  auto take(const Self& index) const { return xtape::take(self(), index); }
  auto put(const Self& index, const Self& source, bool accumulate = false) const {
    return xtape::put(self(), index, source, accumulate);
  }
  auto gather(Dim dim, const Self& index) const { return xtape::gather(self(), dim, index); }
  auto take_along_dim(const Self& index) const { return xtape::take_along_dim(self(), index); }
  auto take_along_dim(const Self& index, Dim dim) const { return xtape::take_along_dim(self(), index, dim); }
  auto scatter(Dim dim, const Self& index, const Self& src) const {
    return xtape::scatter(self(), dim, index, src);
  }
  auto scatter(Dim dim, const Self& index, Scalar value) const {
    return xtape::scatter(self(), dim, index, value);
  }
  auto scatter_add(Dim dim, const Self& index, const Self& src) const {
    return xtape::scatter_add(self(), dim, index, src);
  }
  auto scatter_reduce(Dim dim, const Self& index, const Self& src, std::string_view reduce,
                      bool include_self = true) const {
    return xtape::scatter_reduce(self(), dim, index, src, reduce, include_self);
  }
  auto scatter_reduce(Dim dim, const Self& index, const Self& src, std::string_view reduce,
                      const ScatterReduceOptions& options) const {
    return xtape::scatter_reduce(self(), dim, index, src, reduce, options);
  }
  auto masked_select(const Self& mask) const { return xtape::masked_select(self(), mask); }
  auto masked_scatter(const Self& mask, const Self& source) const {
    return xtape::masked_scatter(self(), mask, source);
  }
  auto nonzero() const { return xtape::nonzero(self()); }
  auto nonzero_numpy() const { return xtape::nonzero_numpy(self()); }
  auto argwhere() const { return xtape::argwhere(self()); }
  auto unique() const { return xtape::unique(self()); }
  auto unique(const UniqueOptions& options) const { return xtape::unique(self(), options); }
  auto unique_consecutive() const { return xtape::unique_consecutive(self()); }
  auto unique_consecutive(const UniqueConsecutiveOptions& options) const {
    return xtape::unique_consecutive(self(), options);
  }
  auto bincount() const { return xtape::bincount(self()); }
  auto bincount(const Self& weights, std::int64_t minlength = 0) const {
    return xtape::bincount(self(), weights, minlength);
  }
  auto bincount(const BincountOptions& options) const { return xtape::bincount(self(), options); }
  auto sort(Dim dim = -1, bool descending = false) const { return xtape::sort(self(), dim, descending); }
  auto argsort(Dim dim = -1, bool descending = false) const {
    return xtape::argsort(self(), dim, descending);
  }
  auto sort(const SortOptions& options) const { return xtape::sort(self(), options); }
  auto argsort(const SortOptions& options) const { return xtape::argsort(self(), options); }
  auto topk(std::int64_t k, const TopkOptions& options) const { return xtape::topk(self(), k, options); }
  auto topk(std::int64_t k, Dim dim = -1, bool largest = true, bool sorted = true) const {
    return xtape::topk(self(), k, dim, largest, sorted);
  }

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

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace xtape
