// Normalisation and Dropout, which know training.
#include "autograd/ops/normalization.hpp"
#include "autograd/ops/pooling.hpp"
#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

/// {C} beside {N, C, ...}.
Tensor by_channel(const Tensor& values, const Tensor& x) {
  Shape shape = Shape::filled(static_cast<int>(x.dim()), 1);
  shape[1] = values.numel();
  return reshape(values, shape);
}

Dims all_but(const Tensor& x, int kept) {
  Dims dims;
  for (int dim = 0; dim < x.dim(); ++dim)
    if (dim != kept) dims.push_back(dim);
  return dims;
}

/// What ONNX has training be: the running values are outputs, and the variance is the biased one.
Results trained_batch_norm(const Call& call, double eps, double momentum) {
  const Tensor& x = call[0];
  const Dims dims = all_but(x, 1);
  const Tensor mean_now = mean(x, dims), var_now = var(x, dims, {.correction = 0});
  const Tensor scale = call[1] * rsqrt(var_now + eps);
  const Tensor y = x * by_channel(scale, x) + by_channel(call[2] - mean_now * scale, x);
  return {y, call[3] * momentum + mean_now * (1 - momentum), call[4] * momentum + var_now * (1 - momentum)};
}

Results batch_normalization(const Call& call) {
  const Tensor& x = call[0];
  const double eps = call.number("epsilon", 1e-5), momentum = call.number("momentum", 0.9F);
  check(x.dim() >= 2, "x is of shape {}; expected {{N, C, ...}}", x.shape());
  check(call.integer("spatial", 1) == 1, "spatial is 0, which normalises each place by itself");
  if (call.opset() >= 14 && call.integer("training_mode", 0) != 0)
    return trained_batch_norm(call, eps, momentum);
  const Tensor y = batch_norm(x, call[3], call[4], call[1], call[2],
                              {.training = call.training(), .momentum = 1 - momentum, .eps = eps});
  return {y, call[3], call[4], call[3], call[4]};
}

Results instance_normalization(const Call& call) {
  return instance_norm(call[0], Tensor(), Tensor(), call[1], call[2], {.eps = call.number("epsilon", 1e-5)});
}

Results layer_normalization(const Call& call) {
  const Tensor& x = call[0];
  const int axis = axis_of(call, x, -1);
  const double eps = call.number("epsilon", 1e-5);
  const Shape normalized(x.shape().begin() + axis, x.shape().end());
  Dims dims;
  for (int dim = axis; dim < x.dim(); ++dim) dims.push_back(dim);
  if (call.outputs() == 1 && call[1].shape() == normalized &&
      (!call.has(2) || call[2].shape() == normalized)) {
    return call.has(2) ? layer_norm(x, normalized, call[1], call[2], {.eps = eps})
                       : layer_norm(x, normalized, call[1], {.eps = eps});
  }
  const Tensor centre = mean(x, dims, true),
               factor = rsqrt(var(x, dims, {.correction = 0, .keepdim = true}) + eps);
  const Tensor y = (x - centre) * factor * call[1];
  return {call.has(2) ? y + call[2] : y, centre, factor};
}

Results group_normalization(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t groups = call.integer("num_groups");
  check(x.dim() >= 2 && groups > 0 && call[1].dim() == 1 && call[1].size(0) > 0 &&
            x.size(1) % call[1].size(0) == 0,
        "{} groups and {} scales do not fit x of shape {}", groups, call[1].shape(), x.shape());
  const std::int64_t each = x.size(1) / call[1].size(0);  // opset 18 has one scale for each group
  return group_norm(x, groups, repeat_interleave(call[1], each), repeat_interleave(call[2], each),
                    {.eps = call.number("epsilon", 1e-5)});
}

/// x / (bias + alpha / size sum of the squares of `size` neighbouring channels)^beta.
Results local_response(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t size = call.integer("size");
  check(x.dim() >= 3 && size > 0 && size <= 0x7fffffff, "the size is {} and x of shape {}", size, x.shape());
  const std::int64_t n = x.size(0), c = x.size(1), rest = numel_between(x.shape(), 2, x.shape().size());
  const Tensor squares = transpose(reshape(square(x), {n, c, rest}), 1, 2);  // channels last
  const Tensor sums =
      avg_pool1d(pad(squares, {(size - 1) / 2, size - 1 - (size - 1) / 2}), size, {.stride = 1});
  const Tensor base =
      call.number("bias", 1) + reshape(transpose(sums, 1, 2), x.shape()) * call.number("alpha", 1e-4F);
  return x / pow(base, call.number("beta", 0.75));
}

Results norm_along(const Call& call) {
  const int axis = axis_of(call, call[0], -1);
  return call[0] / norm(call[0], static_cast<double>(call.integer("p", 2)), axis, true);
}

/// (x - mean) / (standard deviation + 1e-9)
Results mean_variance(const Call& call) {
  std::vector<std::int64_t> given = call.attributes().integers("axes");
  if (given.empty()) given = {0, 2, 3};
  const Dims dims = axes_of(given, call[0].dim());
  const Tensor centred = call[0] - mean(call[0], dims, true);
  return centred / (sqrt(mean(square(centred), dims, true)) + 1e-9);
}

/// In training drops, and the second output says what stayed.
Results drop_out(const Call& call) {
  const Tensor& x = call[0];
  const double ratio = call.has(1) ? call.item<double>(1) : call.number("ratio", 0.5);
  const bool asked = call.has(2) && call.item<bool>(2);
  const bool trains = call.training() || asked;
  if (!trains || ratio == 0) return {x, ones(x.shape(), {.dtype = kBool})};
  if (!call.wants(1)) return dropout(x, ratio, true);
  check(ratio > 0 && ratio < 1, "the ratio is {}; expected a number from 0 to below 1", ratio);
  const Tensor stays = bernoulli(full_like(x, 1 - ratio));
  return {x * stays / (1 - ratio), stays.to(kBool)};
}

}  // namespace

Operators normalization_operators() {
  const std::vector<int> running{3, 4};
  return {{"BatchNormalization", 1, batch_normalization, "in training as nn::BatchNorm2d; not spatial = 0",
           running},
          {"Dropout", 1, drop_out, "drops where the model is in training, or the node says so", {1}},
          {"GroupNormalization", 18, group_normalization},
          {"InstanceNormalization", 1, instance_normalization},
          {"LRN", 1, local_response},
          {"LayerNormalization", 17, layer_normalization},
          {"LpNormalization", 1, norm_along},
          {"MeanVarianceNormalization", 9, mean_variance}};
}

}  // namespace xtape::onnx::detail
