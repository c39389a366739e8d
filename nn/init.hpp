// Initial values for parameters. Each function fills a tensor in place, unrecorded, and gives it back.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "autograd/base/choice.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::nn::init {

struct UniformOptions {
  double a = 0;
  double b = 1;
  Generator* generator = nullptr;  ///< the default generator where null, here and below
};
struct NormalOptions {
  double mean = 0;
  double std = 1;
  Generator* generator = nullptr;
};
struct TruncNormalOptions {
  double mean = 0;
  double std = 1;
  double a = -2;
  double b = 2;
  Generator* generator = nullptr;
};
struct XavierOptions {
  double gain = 1;
  Generator* generator = nullptr;
};
using xtape::detail::Choice;

enum class FanMode { fan_in, fan_out };
constexpr std::array<std::string_view, 2> words(FanMode) { return {"fan_in", "fan_out"}; }

enum class Nonlinearity {
  linear,
  conv1d,
  conv2d,
  conv3d,
  conv_transpose1d,
  conv_transpose2d,
  conv_transpose3d,
  sigmoid,
  tanh,
  relu,
  leaky_relu,
  selu
};
constexpr std::array<std::string_view, 12> words(Nonlinearity) {
  return {"linear",           "conv1d",  "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d",
          "conv_transpose3d", "sigmoid", "tanh",   "relu",   "leaky_relu",       "selu"};
}

struct KaimingOptions {
  double a = 0;  ///< negative slope of leaky_relu
  Choice<FanMode> mode = FanMode::fan_in;
  Choice<Nonlinearity> nonlinearity = Nonlinearity::leaky_relu;
  Generator* generator = nullptr;
};
struct OrthogonalOptions {
  double gain = 1;
  Generator* generator = nullptr;
};
struct LecunOptions {
  Generator* generator = nullptr;
};

Tensor uniform_(const Tensor& x, double a = 0, double b = 1, Generator* generator = nullptr);  ///< U(a, b)
Tensor uniform_(const Tensor& x, const UniformOptions& options);
Tensor normal_(const Tensor& x, double mean = 0, double std = 1, Generator* generator = nullptr);
Tensor normal_(const Tensor& x, const NormalOptions& options);
/// Of the normal distribution that is cut off outside [a, b].
Tensor trunc_normal_(const Tensor& x, double mean = 0, double std = 1, double a = -2, double b = 2,
                     Generator* generator = nullptr);
Tensor trunc_normal_(const Tensor& x, const TruncNormalOptions& options);
Tensor constant_(const Tensor& x, Scalar value);
Tensor zeros_(const Tensor& x);
Tensor ones_(const Tensor& x);
Tensor eye_(const Tensor& x);  ///< ones on the diagonal of a 2-d tensor, else zeros

// Which rule for which layer: a sum over fan_in inputs x has the variance fan_in E[W^2] E[x^2]. To keep
// E[x^2] from layer to layer, layers of linear or tanh units want E[W^2] = 1 / fan_in (LeCun: lecun_*). ReLU
// sets half of the values to 0; layers with it want 2 / fan_in (He: kaiming_*). Glorot's 2 / (fan_in +
// fan_out) (xavier_*) lies between what the values and what the gradients, on their way back, want.

/// U(-b, b) with b = gain sqrt(6 / (fan_in + fan_out)); fans are of a tensor {out, in, ...} of two or more
/// dims.
Tensor xavier_uniform_(const Tensor& x, double gain = 1, Generator* generator = nullptr);
Tensor xavier_uniform_(const Tensor& x, const XavierOptions& options);
/// N(0, s^2) with s = gain sqrt(2 / (fan_in + fan_out)), s^2 = E[W^2]
Tensor xavier_normal_(const Tensor& x, double gain = 1, Generator* generator = nullptr);
Tensor xavier_normal_(const Tensor& x, const XavierOptions& options);
/// U(-b, b) with b = gain sqrt(3 / fan), gain that of the nonlinearity: by default ReLU's sqrt(2), so that
/// E[W^2] = 2 / fan_in
Tensor kaiming_uniform_(const Tensor& x, const KaimingOptions& options = {});
/// N(0, s^2) with s = gain / sqrt(fan)
Tensor kaiming_normal_(const Tensor& x, const KaimingOptions& options = {});
/// U(-b, b) with b = sqrt(3 / fan_in), so that E[W^2] = 1 / fan_in; kaiming_uniform_ of nonlinearity "linear"
Tensor lecun_uniform_(const Tensor& x, const LecunOptions& options = {});
/// N(0, 1 / fan_in)
Tensor lecun_normal_(const Tensor& x, const LecunOptions& options = {});

/// Rows (or columns, where there are more rows) of length gain, each at right angles to all others; of a
/// tensor {out, in, ...} seen as {out, in * ...}. All such matrices are equally likely (Saxe and others,
/// "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013).
Tensor orthogonal_(const Tensor& x, double gain = 1, Generator* generator = nullptr);
Tensor orthogonal_(const Tensor& x, const OrthogonalOptions& options);

/// 1 for linear, conv1d ... and sigmoid, 5/3 for tanh, sqrt(2) for relu, sqrt(2 / (1 + slope^2)) for
/// leaky_relu (param is the slope, 0.01 if absent), 3/4 for selu; an Error for other names.
double calculate_gain(const Choice<Nonlinearity>& nonlinearity, std::optional<double> param = {});

}  // namespace xtape::nn::init
