// Methods of Tensor: arithmetic, comparisons and functions of each element. See methods.hpp.
#pragma once

#include <optional>
#include <string_view>

#include "autograd/ops/activation.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/bitwise.hpp"
#include "autograd/ops/clamp.hpp"
#include "autograd/ops/comparison.hpp"
#include "autograd/ops/elementwise.hpp"
#include "autograd/ops/error_function.hpp"
#include "autograd/ops/logarithms.hpp"
#include "autograd/ops/piecewise_activation.hpp"
#include "autograd/ops/rounding.hpp"
#include "autograd/ops/smooth_activation.hpp"
#include "autograd/ops/trigonometry.hpp"

namespace xtape {

template <class Self>
class ElementwiseMethods {
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
  auto add(const Self& b, const AlphaOptions& options) const { return xtape::add(self(), b, options); }
  auto sub(const Self& b, const AlphaOptions& options) const { return xtape::sub(self(), b, options); }
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

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace xtape
