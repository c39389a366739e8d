// Every op in place whose free function takes a Tensor first, spelt as a method: x.exp_(), x.pow_(2).
// The arithmetic operators' own, as add_, are Tensor's.
#pragma once

#include "autograd/ops/inplace_elementwise.hpp"
#include "autograd/ops/random.hpp"

namespace xtape {

template <class Self>
class InPlaceMethods {
 public:
  const Self& exp_() const { return xtape::exp_(self()); }
  const Self& log_() const { return xtape::log_(self()); }
  const Self& log1p_() const { return xtape::log1p_(self()); }
  const Self& expm1_() const { return xtape::expm1_(self()); }
  const Self& sqrt_() const { return xtape::sqrt_(self()); }
  const Self& rsqrt_() const { return xtape::rsqrt_(self()); }
  const Self& square_() const { return xtape::square_(self()); }
  const Self& reciprocal_() const { return xtape::reciprocal_(self()); }
  const Self& sin_() const { return xtape::sin_(self()); }
  const Self& cos_() const { return xtape::cos_(self()); }
  const Self& tanh_() const { return xtape::tanh_(self()); }
  const Self& sigmoid_() const { return xtape::sigmoid_(self()); }
  const Self& erf_() const { return xtape::erf_(self()); }
  const Self& abs_() const { return xtape::abs_(self()); }
  const Self& sign_() const { return xtape::sign_(self()); }
  const Self& neg_() const { return xtape::neg_(self()); }
  const Self& tan_() const { return xtape::tan_(self()); }
  const Self& asin_() const { return xtape::asin_(self()); }
  const Self& acos_() const { return xtape::acos_(self()); }
  const Self& atan_() const { return xtape::atan_(self()); }
  const Self& sinh_() const { return xtape::sinh_(self()); }
  const Self& cosh_() const { return xtape::cosh_(self()); }
  const Self& asinh_() const { return xtape::asinh_(self()); }
  const Self& acosh_() const { return xtape::acosh_(self()); }
  const Self& atanh_() const { return xtape::atanh_(self()); }
  const Self& sinc_() const { return xtape::sinc_(self()); }
  const Self& log2_() const { return xtape::log2_(self()); }
  const Self& log10_() const { return xtape::log10_(self()); }
  const Self& exp2_() const { return xtape::exp2_(self()); }
  const Self& erfc_() const { return xtape::erfc_(self()); }
  const Self& erfinv_() const { return xtape::erfinv_(self()); }
  const Self& floor_() const { return xtape::floor_(self()); }
  const Self& ceil_() const { return xtape::ceil_(self()); }
  const Self& trunc_() const { return xtape::trunc_(self()); }
  const Self& round_() const { return xtape::round_(self()); }
  const Self& frac_() const { return xtape::frac_(self()); }
  const Self& relu_() const { return xtape::relu_(self()); }
  const Self& relu6_() const { return xtape::relu6_(self()); }
  const Self& silu_() const { return xtape::silu_(self()); }
  const Self& mish_() const { return xtape::mish_(self()); }
  const Self& selu_() const { return xtape::selu_(self()); }
  const Self& hardsigmoid_() const { return xtape::hardsigmoid_(self()); }
  const Self& hardswish_() const { return xtape::hardswish_(self()); }
  const Self& logical_not_() const { return xtape::logical_not_(self()); }
  const Self& bitwise_not_() const { return xtape::bitwise_not_(self()); }
  const Self& round_(std::int64_t decimals) const { return xtape::round_(self(), decimals); }
  const Self& round_(const RoundOptions& options) const { return xtape::round_(self(), options); }
  const Self& leaky_relu_(double negative_slope = 0.01) const {
    return xtape::leaky_relu_(self(), negative_slope);
  }
  const Self& elu_(double alpha = 1.0) const { return xtape::elu_(self(), alpha); }
  const Self& celu_(double alpha = 1.0) const { return xtape::celu_(self(), alpha); }
  const Self& hardtanh_(double min_val = -1.0, double max_val = 1.0) const {
    return xtape::hardtanh_(self(), min_val, max_val);
  }
  const Self& nan_to_num_(double nan = 0, std::optional<double> posinf = {},
                          std::optional<double> neginf = {}) const {
    return xtape::nan_to_num_(self(), nan, posinf, neginf);
  }
  const Self& nan_to_num_(const NanToNumOptions& options) const {
    return xtape::nan_to_num_(self(), options);
  }
  const Self& pow_(const Self& other) const { return xtape::pow_(self(), other); }
  const Self& fmod_(const Self& other) const { return xtape::fmod_(self(), other); }
  const Self& remainder_(const Self& other) const { return xtape::remainder_(self(), other); }
  const Self& floor_divide_(const Self& other) const { return xtape::floor_divide_(self(), other); }
  const Self& clamp_min_(const Self& other) const { return xtape::clamp_min_(self(), other); }
  const Self& clamp_max_(const Self& other) const { return xtape::clamp_max_(self(), other); }
  const Self& xlogy_(const Self& other) const { return xtape::xlogy_(self(), other); }
  const Self& atan2_(const Self& other) const { return xtape::atan2_(self(), other); }
  const Self& hypot_(const Self& other) const { return xtape::hypot_(self(), other); }
  const Self& eq_(const Self& other) const { return xtape::eq_(self(), other); }
  const Self& ne_(const Self& other) const { return xtape::ne_(self(), other); }
  const Self& lt_(const Self& other) const { return xtape::lt_(self(), other); }
  const Self& le_(const Self& other) const { return xtape::le_(self(), other); }
  const Self& gt_(const Self& other) const { return xtape::gt_(self(), other); }
  const Self& ge_(const Self& other) const { return xtape::ge_(self(), other); }
  const Self& bitwise_and_(const Self& other) const { return xtape::bitwise_and_(self(), other); }
  const Self& bitwise_or_(const Self& other) const { return xtape::bitwise_or_(self(), other); }
  const Self& bitwise_xor_(const Self& other) const { return xtape::bitwise_xor_(self(), other); }
  const Self& logical_and_(const Self& other) const { return xtape::logical_and_(self(), other); }
  const Self& logical_or_(const Self& other) const { return xtape::logical_or_(self(), other); }
  const Self& logical_xor_(const Self& other) const { return xtape::logical_xor_(self(), other); }
  const Self& pow_(Scalar other) const { return xtape::pow_(self(), other); }
  const Self& fmod_(Scalar other) const { return xtape::fmod_(self(), other); }
  const Self& remainder_(Scalar other) const { return xtape::remainder_(self(), other); }
  const Self& floor_divide_(Scalar other) const { return xtape::floor_divide_(self(), other); }
  const Self& clamp_min_(Scalar other) const { return xtape::clamp_min_(self(), other); }
  const Self& clamp_max_(Scalar other) const { return xtape::clamp_max_(self(), other); }
  const Self& xlogy_(Scalar other) const { return xtape::xlogy_(self(), other); }
  const Self& eq_(Scalar other) const { return xtape::eq_(self(), other); }
  const Self& ne_(Scalar other) const { return xtape::ne_(self(), other); }
  const Self& lt_(Scalar other) const { return xtape::lt_(self(), other); }
  const Self& le_(Scalar other) const { return xtape::le_(self(), other); }
  const Self& gt_(Scalar other) const { return xtape::gt_(self(), other); }
  const Self& ge_(Scalar other) const { return xtape::ge_(self(), other); }
  const Self& bitwise_and_(Scalar other) const { return xtape::bitwise_and_(self(), other); }
  const Self& bitwise_or_(Scalar other) const { return xtape::bitwise_or_(self(), other); }
  const Self& bitwise_xor_(Scalar other) const { return xtape::bitwise_xor_(self(), other); }
  const Self& lerp_(const Self& end, const Self& weight) const { return xtape::lerp_(self(), end, weight); }
  const Self& lerp_(const Self& end, Scalar weight) const { return xtape::lerp_(self(), end, weight); }
  const Self& addcmul_(const Self& a, const Self& b, Scalar value = 1) const {
    return xtape::addcmul_(self(), a, b, value);
  }
  const Self& addcmul_(const Self& a, const Self& b, const AddcOptions& options) const {
    return xtape::addcmul_(self(), a, b, options);
  }
  const Self& addcdiv_(const Self& a, const Self& b, Scalar value = 1) const {
    return xtape::addcdiv_(self(), a, b, value);
  }
  const Self& addcdiv_(const Self& a, const Self& b, const AddcOptions& options) const {
    return xtape::addcdiv_(self(), a, b, options);
  }

  // random numbers
  const Self& bernoulli_(double p = 0.5, Generator* generator = nullptr) const {
    return xtape::bernoulli_(self(), p, generator);
  }
  const Self& bernoulli_(const Self& p, Generator* generator = nullptr) const {
    return xtape::bernoulli_(self(), p, generator);
  }
  const Self& random_(std::int64_t from, std::int64_t to, Generator* generator = nullptr) const {
    return xtape::random_(self(), from, to, generator);
  }
  const Self& random_(std::int64_t to, Generator* generator = nullptr) const {
    return xtape::random_(self(), to, generator);
  }
  const Self& random_(Generator* generator = nullptr) const { return xtape::random_(self(), generator); }
  const Self& exponential_(double lambd = 1.0, Generator* generator = nullptr) const {
    return xtape::exponential_(self(), lambd, generator);
  }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace xtape
