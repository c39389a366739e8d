// The normalising functions, all of one op: x as {a, b, c, d}, of which some dims share a mean and a
// variance.
#include "autograd/ops/normalization.hpp"

#include <limits>

#include "autograd/graph/trace.hpp"
#include "autograd/kernels/standardize.hpp"
#include "autograd/ops/detail/standardize.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

void check_input(const Tensor& x, const char* op) {
  check_floating(x.dtype(), op);
  check(x.dim() >= 2, "{}: expected {{N, C, ...}}, got {}", op, x.shape());
}

/// Throws unless v is undefined, or of this shape and of x's dtype.
void check_beside(const Tensor& x, const Tensor& v, const Shape& shape, const char* op,
                  std::string_view what) {
  if (!v.defined()) return;
  check(v.shape() == shape, "{}: {} is of shape {}; expected {} beside x of {}", op, what, v.shape(), shape,
        x.shape());
  check(v.dtype() == x.dtype(), "{}: {} is {}, but x is {}; convert one of them", op, what, v.dtype(),
        x.dtype());
}

void check_affine(const Tensor& x, const Tensor& weight, const Tensor& bias, const Shape& shape,
                  const char* op) {
  check_beside(x, weight, shape, op, "weight");
  check_beside(x, bias, shape, op, "bias");
}

/// How many elements one image and channel of x {N, C, ...} has.
std::int64_t spatial(const Tensor& x) { return Shape(x.shape().begin() + 2, x.shape().end()).numel(); }

/// v, or where it is undefined all `value`, in this shape.
Tensor or_all(double value, const Tensor& v, const Shape& shape, const Tensor& x) {
  return v.defined() ? reshape(v, shape) : full(shape, value, {.dtype = x.dtype()});
}

/// {y, mean, variance} of x seen in `shape`, y in x's own.
std::array<Tensor, 3> standardized(const Tensor& x, const Shape& shape, const Tensor& weight,
                                   const Tensor& bias, const Standardizing& how) {
  const Shape affine{shape[1], shape[2], 1};
  auto results =
      to_standard(reshape(x, shape), or_all(1, weight, affine, x), or_all(0, bias, affine, x), how);
  results[0] = reshape(results[0], x.shape());
  return results;
}

/// running = (1 - momentum) running + momentum now, in place and unrecorded.
void move(const Tensor& running, const Tensor& now, double momentum) {
  if (!running.defined()) return;
  const NoGradGuard no_grad;
  running.copy_((1 - momentum) * running + momentum * now);
}

/// The unbiased variance of n elements, from the biased one.
Tensor unbiased(const Tensor& variance, std::int64_t n) {
  return variance.detach() * (static_cast<double>(n) / static_cast<double>(n - 1));
}

Tensor with_running(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                    const Tensor& weight, const Tensor& bias, double eps) {
  const std::int64_t channels = x.size(1);
  const Shape affine{channels, 1};
  const Tensor rstd = rsqrt(running_var.detach() + eps), mean = running_mean.detach();
  const Tensor scale = weight.defined() ? weight * rstd : rstd;
  const Tensor offset = bias.defined() ? bias - mean * scale : -(mean * scale);
  return reshape(channel_affine(reshape(x, {x.size(0), channels, spatial(x)}), reshape(scale, affine),
                                reshape(offset, affine)),
                 x.shape());
}

void check_running(const Tensor& x, const Tensor& running_mean, const Tensor& running_var, bool are_read,
                   const char* op) {
  check_beside(x, running_mean, {x.size(1)}, op, "running_mean");
  check_beside(x, running_var, {x.size(1)}, op, "running_var");
  check(running_mean.defined() == running_var.defined(),
        "{}: only one of running_mean and running_var is defined; give both or none", op);
  check(!are_read || running_mean.defined(),
        "{}: running_mean and running_var are undefined; expected both where the statistics are not x's own",
        op);
}

/// How many elements stand in the last dims, which must be `normalized`.
std::int64_t normalized_count(const Tensor& x, const Shape& normalized, const char* op) {
  check_floating(x.dtype(), op);
  const int first = static_cast<int>(x.dim()) - normalized.size();
  bool fits = !normalized.empty() && first >= 0;
  for (int i = 0; fits && i < normalized.size(); ++i) fits = x.size(first + i) == normalized[i];
  check(fits, "{}: x is of shape {}; expected one that ends in the normalized shape {}", op, x.shape(),
        normalized);
  return normalized.numel();
}

/// x as rows of n elements.
Shape rows_of(const Tensor& x, std::int64_t n) { return {n == 0 ? 0 : x.numel() / n, 1, n, 1}; }

}  // namespace

Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                  const BatchNormFuncOptions& options) {
  return batch_norm(x, running_mean, running_var, Tensor(), Tensor(), options);
}
Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                  const Tensor& weight, const BatchNormFuncOptions& options) {
  return batch_norm(x, running_mean, running_var, weight, Tensor(), options);
}
Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                  const Tensor& weight, const Tensor& bias, const BatchNormFuncOptions& options) {
  if (is_traced()) [[unlikely]]
    return report("batch_norm", {x, running_mean, running_var, weight, bias},
                  {{"training", options.training}, {"momentum", options.momentum}, {"eps", options.eps}},
                  [&] { return batch_norm(x, running_mean, running_var, weight, bias, options); });
  check_input(x, "batch_norm");
  check_affine(x, weight, bias, {x.size(1)}, "batch_norm");
  check_running(x, running_mean, running_var, !options.training, "batch_norm");
  if (!options.training) return with_running(x, running_mean, running_var, weight, bias, options.eps);
  const std::int64_t n = x.size(0) * spatial(x);
  check(n != 1, "batch_norm: x of shape {} has one value per channel; expected more in training", x.shape());
  const auto [y, mean, variance] = standardized(x, {x.size(0), x.size(1), 1, spatial(x)}, weight, bias,
                                                {.across = true, .eps = options.eps});
  if (running_mean.defined()) {
    move(running_mean, reshape(mean.detach(), {x.size(1)}), options.momentum);
    move(running_var, reshape(unbiased(variance, n), {x.size(1)}), options.momentum);
  }
  return y;
}

Tensor instance_norm(const Tensor& x, const InstanceNormFuncOptions& options) {
  return instance_norm(x, Tensor(), Tensor(), options);
}
Tensor instance_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                     const InstanceNormFuncOptions& options) {
  return instance_norm(x, running_mean, running_var, Tensor(), Tensor(), options);
}
Tensor instance_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                     const Tensor& weight, const Tensor& bias, const InstanceNormFuncOptions& options) {
  if (is_traced()) [[unlikely]]
    return report(
        "instance_norm", {x, running_mean, running_var, weight, bias},
        {{"use_input_stats", options.use_input_stats}, {"momentum", options.momentum}, {"eps", options.eps}},
        [&] { return instance_norm(x, running_mean, running_var, weight, bias, options); });
  check_input(x, "instance_norm");
  check_affine(x, weight, bias, {x.size(1)}, "instance_norm");
  check_running(x, running_mean, running_var, !options.use_input_stats, "instance_norm");
  if (!options.use_input_stats) return with_running(x, running_mean, running_var, weight, bias, options.eps);
  const std::int64_t images = x.size(0), channels = x.size(1), n = spatial(x);
  check(n != 1, "instance_norm: x of shape {} has one value per image and channel; expected more", x.shape());
  const auto [y, mean, variance] =
      standardized(x, {images, channels, 1, n}, weight, bias, {.eps = options.eps});
  if (running_mean.defined() && images > 0) {
    const auto of_images = [&](const Tensor& each) {
      return xtape::mean(reshape(each, {images, channels}), 0);
    };
    move(running_mean, of_images(mean.detach()), options.momentum);
    move(running_var, of_images(unbiased(variance, n)), options.momentum);
  }
  return y;
}

Tensor group_norm(const Tensor& x, std::int64_t groups, const GroupNormFuncOptions& options) {
  return group_norm(x, groups, Tensor(), options);
}
Tensor group_norm(const Tensor& x, std::int64_t groups, const Tensor& weight,
                  const GroupNormFuncOptions& options) {
  return group_norm(x, groups, weight, Tensor(), options);
}
Tensor group_norm(const Tensor& x, std::int64_t groups, const Tensor& weight, const Tensor& bias,
                  const GroupNormFuncOptions& options) {
  if (is_traced()) [[unlikely]]
    return report("group_norm", {x, weight, bias}, {{"num_groups", groups}, {"eps", options.eps}},
                  [&] { return group_norm(x, groups, weight, bias, options); });
  check_input(x, "group_norm");
  const std::int64_t channels = x.size(1);
  check(groups > 0 && channels % groups == 0,
        "group_norm: {} channels of x {} do not fall into {} groups; expected a divisor", channels, x.shape(),
        groups);
  check_affine(x, weight, bias, {channels}, "group_norm");
  check(x.size(0) * (channels / groups) * spatial(x) != 1,
        "group_norm: x of shape {} has one value per group; expected more", x.shape());
  return standardized(x, {x.size(0), groups, channels / groups, spatial(x)}, weight, bias,
                      {.eps = options.eps})[0];
}

Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const LayerNormFuncOptions& options) {
  return layer_norm(x, normalized_shape, Tensor(), options);
}
Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight,
                  const LayerNormFuncOptions& options) {
  return layer_norm(x, normalized_shape, weight, Tensor(), options);
}
Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight, const Tensor& bias,
                  const LayerNormFuncOptions& options) {
  if (is_traced()) [[unlikely]]
    return report("layer_norm", {x, weight, bias},
                  {{"normalized_shape", normalized_shape}, {"eps", options.eps}},
                  [&] { return layer_norm(x, normalized_shape, weight, bias, options); });
  const std::int64_t n = normalized_count(x, normalized_shape, "layer_norm");
  check_affine(x, weight, bias, normalized_shape, "layer_norm");
  return standardized(x, rows_of(x, n), weight, bias, {.eps = options.eps})[0];
}

Tensor rms_norm(const Tensor& x, const Shape& normalized_shape, const RMSNormFuncOptions& options) {
  return rms_norm(x, normalized_shape, Tensor(), options);
}
Tensor rms_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight,
                const RMSNormFuncOptions& options) {
  const std::int64_t n = normalized_count(x, normalized_shape, "rms_norm");
  const double epsilon = x.dtype() == kFloat32 ? double{std::numeric_limits<float>::epsilon()}
                                               : std::numeric_limits<double>::epsilon();
  const double eps = options.eps.value_or(epsilon);
  if (is_traced()) [[unlikely]]
    return report("rms_norm", {x, weight}, {{"normalized_shape", normalized_shape}, {"eps", eps}},
                  [&] { return rms_norm(x, normalized_shape, weight, options); });
  check_affine(x, weight, {}, normalized_shape, "rms_norm");
  return standardized(x, rows_of(x, n), weight, {}, {.centred = false, .eps = eps})[0];
}

}  // namespace xtape
