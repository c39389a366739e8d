// The ops that random programs call, by the types of their arguments.
#include "programs_steps.hpp"

#include "autograd/ops/channel_dropout.hpp"
#include "autograd/ops/linalg.hpp"
#include "autograd/ops/normalization.hpp"
#include "nn/layers/recurrent.hpp"

namespace xtape::fuzz {

using T = const Tensor&;

Steps::Steps() : steps_(own_steps()) {
  add_operators();
  add_functions();
  add_reductions();
  add_shapes();
  add_losses();
  add_methods();
  add_indexing();
  add_elementwise();
  add_images();
  add_recurrent();
}

void Steps::add_operators() {
  functions<Tensor(op::Operand, op::Operand)>({operator+, operator-, operator*, operator/});
  functions<Tensor(op::Operand, Scalar)>({operator+, operator-, operator*, operator/});
  functions<Tensor(Scalar, op::Operand)>({operator+, operator-, operator*, operator/});
  functions<Tensor(op::Operand)>({operator-});
}

void Steps::add_functions() {
  functions<Tensor(T)>({neg,        exp,  log,   log1p, expm1,    sqrt,       rsqrt, square,
                        reciprocal, sin,  cos,   tanh,  sigmoid,  erf,        abs,   sign,
                        relu,       silu, isnan, isinf, isfinite, logical_not});
  functions<Tensor(T, double)>({leaky_relu, elu});
  functions<Tensor(T, double, double)>({softplus});
  functions<Tensor(T, std::string_view)>({gelu});
  functions<Tensor(T, T)>({add, sub, mul, div,   pow,         maximum,    minimum,
                           max, min, eq,  lt,    logical_and, logical_or, matmul,
                           mm,  bmm, dot, outer, linear,      add_bias});
  functions<Tensor(T, T, T)>({where, masked_fill, clamp, linear});
  functions<Tensor(T, Scalar)>({add, sub, mul, div, pow, maximum, minimum, ne, ge});
  functions<Tensor(Scalar, T)>({pow});
  functions<Tensor(T, T, Scalar)>({where, masked_fill});
  functions<Tensor(T, Scalar, T)>({where});
  functions<Tensor(T, Scalar, Scalar)>({where});
  functions<Tensor(T, std::optional<Scalar>, std::optional<Scalar>)>({clamp});
  functions<Tensor(T, DType)>({cast});
  functions<bool(T, T)>({equal});
  functions<bool(T, T, double, double, bool)>({allclose});
  functions<Tensor(T, double, bool, Generator*)>({dropout});
  functions<Tensor(T, const TensorOptions&)>({zeros_like, ones_like, rand_like});
  functions<Tensor(T, Scalar, const TensorOptions&)>({full_like});
  functions<Tensor(std::int64_t, const TensorOptions&)>({eye, randperm});
  functions<Tensor(std::int64_t, std::int64_t, const TensorOptions&)>({eye});
  functions<Tensor(Scalar, Scalar, Scalar, const TensorOptions&)>({arange});
  functions<Tensor(Scalar, Scalar, std::int64_t, const TensorOptions&)>({linspace});
  functions<Tensor(std::int64_t, std::int64_t, const Shape&, const TensorOptions&)>({randint});
}

void Steps::add_reductions() {
  functions<Tensor(T)>(
      {sum, mean, prod, amax, amin, logsumexp, max, min, argmax, argmin, any, all, sum_squares});
  functions<Tensor(T, const Dims&, bool)>({sum, mean, prod, amax, amin, logsumexp, any, all});
  functions<ValuesIndices(T, Dim, bool)>({max, min, sort});
  functions<Tensor(T, Dim, bool)>({argmax, argmin, argsort});
  functions<ValuesIndices(T, std::int64_t, Dim, bool, bool)>({topk});
  functions<Tensor(T, Dim)>({cumsum, softmax, log_softmax, unsqueeze, squeeze});
  functions<Tensor(T, const VarOptions&)>({var, xtape::std});
  functions<Tensor(T, const Dims&, const VarOptions&)>({var, xtape::std});
  functions<Tensor(T, double)>({norm});
  functions<Tensor(T, double, const Dims&, bool)>({norm});
  functions<Tensor(T, const Shape&)>({sum_to_size});
}

void Steps::add_shapes() {
  functions<Tensor(T)>({squeeze, t});
  functions<Tensor(T, const Shape&)>({reshape, permute, broadcast_to, flip});
  functions<Tensor(T, Dim, Dim)>({transpose, flatten});
  functions<Tensor(T, const Shape&, Scalar)>({pad});
  functions<Tensor(T, Dim, std::int64_t)>({select});
  functions<Tensor(T, Dim, std::int64_t, std::int64_t)>({narrow});
  functions<Tensor(T, Dim, std::int64_t, std::int64_t, std::int64_t)>(
      {[](T x, Dim dim, std::int64_t start, std::int64_t end, std::int64_t step) {
        return slice(x, dim, start, end, step);
      }});
  functions<std::vector<Tensor>(T, Dim)>({unbind});
  functions<std::vector<Tensor>(T, std::int64_t, Dim)>({split, chunk});
  functions<std::vector<Tensor>(T, const Shape&, Dim)>({split});
  functions<Tensor(const std::vector<Tensor>&, Dim)>({cat, stack});
  functions<Tensor(T, Dim, T)>({index_select, gather});
  functions<Tensor(T, Dim, T, T)>({scatter_add, index_add});
  functions<Tensor(T, std::int64_t)>({one_hot});
}

void Steps::add_losses() {
  using namespace nn;
  functions<Tensor(T, T, const LossOptions&)>({mse_loss, l1_loss});
  functions<Tensor(T, T, const HuberLossOptions&)>({huber_loss});
  functions<Tensor(T, T, const KLDivOptions&)>({kl_div});
  functions<Tensor(T, T, const NLLLossOptions&)>({nll_loss});
  functions<Tensor(T, T, const CrossEntropyOptions&)>({cross_entropy});
  functions<Tensor(T, T, const MultiMarginLossOptions&)>({multi_margin_loss});
  functions<Tensor(T, T, const BinaryCrossEntropyOptions&)>({binary_cross_entropy});
  functions<Tensor(T, T, const BinaryCrossEntropyWithLogitsOptions&)>({binary_cross_entropy_with_logits});
}

void Steps::add_methods() {
  methods<T(T) const>({&Tensor::mul_, &Tensor::div_, &Tensor::copy_});
  methods<T(T, Scalar) const>({&Tensor::add_, &Tensor::sub_});
  methods<T(Scalar) const>({&Tensor::add_, &Tensor::sub_, &Tensor::mul_, &Tensor::div_, &Tensor::fill_});
  methods<T(std::optional<Scalar>, std::optional<Scalar>) const>({&Tensor::clamp_});
  methods<T(double, double, Generator*) const>({&Tensor::uniform_, &Tensor::normal_});
  methods<T() const>({&Tensor::zero_, &Tensor::squeeze_, &Tensor::t_, &Tensor::detach_});
  methods<T(Dim) const>({&Tensor::squeeze_, &Tensor::unsqueeze_});
  methods<T(Dim, Dim) const>({&Tensor::transpose_});
  methods<Tensor() const>({&Tensor::detach, &Tensor::clone, &Tensor::contiguous});
  methods<Tensor(const Shape&) const>({&Tensor::view, &Tensor::expand});
  methods<Tensor(DType) const>({&Tensor::to});
  methods<Tensor(std::int64_t) const>({&Tensor::operator[]});
  methods<void(std::size_t) const>({&Tensor::remove_hook});
}

void Steps::add_indexing() {
  functions<Tensor(T, T)>({masked_select, take});
  functions<Tensor(T, Dim, T, T)>({scatter, index_copy, index_fill});
  functions<Tensor(T, Dim, T, Scalar)>({index_fill});
  functions<Tensor(T, T, T)>({masked_scatter});
  functions<Tensor(T)>({nonzero, argwhere});
  functions<std::vector<Tensor>(T)>({where});
  functions<Tensor(T, T)>({[](T x, T i) { return x.index({i}); },
                           [](T x, T i) {
                             return x.index({None, Ellipsis, i});
                           },
                           [](T x, T i) {
                             return x.index({Slice(1, None), i});
                           },
                           [](T x, T i) { return searchsorted(x, i); }});
  functions<Tensor(T, T, T)>({[](T x, T i, T v) { return x.clone().index_put_({i}, v, true); },
                              [](T x, T i, T v) {
                                return x.clone().index_put_({i, Slice()}, v);
                              }});
}

void Steps::add_elementwise() {
  functions<Tensor(T)>({tan,   asin, acos,  atan,      sinh,        cosh,       asinh,    acosh,      atanh,
                        floor, ceil, trunc, frac,      log2,        log10,      exp2,     erfc,       erfinv,
                        relu6, mish, selu,  hardswish, hardsigmoid, logsigmoid, softsign, bitwise_not});
  functions<Tensor(T, T)>(
      {atan2, fmod, remainder, hypot, logaddexp, xlogy, bitwise_and, bitwise_or, bitwise_xor});
  functions<Tensor(T, T, Scalar)>({lerp});
  functions<Tensor(T, T, T, Scalar)>({addcmul, addcdiv});
  functions<Tensor(T, Dim)>({cumprod, logcumsumexp});
  functions<ValuesIndices(T, Dim, bool)>({median});
  functions<Tensor(T, T)>({mv, kron, [](T a, T b) { return linalg::solve(a, b); }});
  functions<Tensor(T)>({linalg::inv, linalg::det, [](T a) { return linalg::cholesky(a); }, trace});
  functions<Tensor(T, std::int64_t)>({tril, triu, diag});
  functions<Tensor(T, const Shape&)>({tile});
}

void Steps::add_images() {
  functions<Tensor(T)>({[](T x) {
                          return x.reshape({-1, 1, 1, 3});
                        },
                        [](T x) {
                          return x.reshape({1, -1, 3});
                        }});
  functions<Tensor(T, T, const ConvOptions&)>({conv1d, conv2d});
  functions<Tensor(T, T, T, const ConvOptions&)>({conv2d});
  functions<Tensor(T, T, const ConvTransposeOptions&)>({conv_transpose1d, conv_transpose2d});
  functions<Tensor(T, const detail::PerAxis&, const MaxPoolOptions&)>({max_pool1d, max_pool2d});
  functions<Tensor(T, const detail::PerAxis&, const AvgPoolOptions&)>({avg_pool1d, avg_pool2d});
  functions<Tensor(T, const detail::PerAxis&)>(
      {adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_max_pool1d, adaptive_max_pool2d});
  functions<Tensor(T, const detail::PerAxis&, const UnfoldOptions&)>({unfold});
  functions<Tensor(T, const detail::PerAxis&, const detail::PerAxis&, const UnfoldOptions&)>({fold});
  functions<Tensor(T, std::int64_t)>({pixel_shuffle, pixel_unshuffle});
  functions<Tensor(T, const InterpolateOptions&)>({interpolate});
  functions<Tensor(T, const Shape&, const PadOptions&)>({pad});
  functions<Tensor(T, const Shape&, T, T)>(
      {[](T x, const Shape& s, T w, T b) { return layer_norm(x, s, w, b); }});
  functions<Tensor(T, std::int64_t, T, T)>(
      {[](T x, std::int64_t groups, T w, T b) { return group_norm(x, groups, w, b); }});
  functions<Tensor(T, T, T, bool)>(
      {[](T x, T mean, T var, bool training) { return batch_norm(x, mean, var, {.training = training}); }});
  functions<Tensor(T, double, bool, Generator*)>({dropout2d});
}

namespace {

void check_small(T x) {
  for (const std::int64_t size : x.shape()) check(size < 64, "a large tensor");
}

/// Layers of as many inputs as x has features, which are few.
template <class Layer>
Tensor run_layer(T x, T h0, bool batch_first, bool bidirectional) {
  check_small(x);
  const Layer layer(x.size(-1), 2,
                    {.batch_first = batch_first, .bidirectional = bidirectional, .dtype = x.dtype()});
  if constexpr (std::is_same_v<Layer, nn::LSTM>)
    return layer(x, {h0, h0}).output;
  else
    return layer(x, h0).output;
}

/// Through a packed sequence, without a state.
Tensor run_packed(T x, T lengths, bool batch_first, bool enforce_sorted) {
  check_small(x);
  const nn::GRU layer(x.size(-1), 2, {.bidirectional = true, .dtype = x.dtype()});
  const auto packed = nn::utils::pack_padded_sequence(x, lengths, batch_first, enforce_sorted);
  return nn::utils::pad_packed_sequence(layer(packed).output, batch_first).output;
}

}  // namespace

void Steps::add_recurrent() {
  functions<Tensor(T, T, bool, bool)>(
      {run_layer<nn::RNN>, run_layer<nn::GRU>, run_layer<nn::LSTM>, run_packed});
  functions<Tensor(const std::vector<Tensor>&, bool)>({[](const std::vector<Tensor>& x, bool batch_first) {
    for (const Tensor& sequence : x) check_small(sequence);
    return nn::utils::pad_sequence(x, batch_first);
  }});
}

}  // namespace xtape::fuzz
