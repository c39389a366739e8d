// The layers' checks and modes; what they compute stands in autograd/ops/normalization.cpp.
#include "nn/layers/running_norm.hpp"

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/normalization.hpp"
#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

namespace {

thread_local bool statistics_are_cumulative = false;

Tensor filled(bool wanted, std::int64_t n, double value, DType dtype) {
  return wanted ? full({n}, value, {.dtype = dtype}) : Tensor();
}

BatchNormOptions as_batch_norm(const InstanceNormOptions& o) {
  return {.eps = o.eps,
          .momentum = o.momentum,
          .affine = o.affine,
          .track_running_stats = o.track_running_stats,
          .dtype = o.dtype};
}

}  // namespace

RunningNorm::RunningNorm(std::int64_t num_features, const BatchNormOptions& options)
    : num_features_(num_features),
      options_(options),
      weight_(register_parameter("weight", filled(options.affine, num_features, 1, options.dtype))),
      bias_(register_parameter("bias", filled(options.affine, num_features, 0, options.dtype))),
      running_mean_(register_buffer("running_mean",
                                    filled(options.track_running_stats, num_features, 0, options.dtype))),
      running_var_(register_buffer("running_var",
                                   filled(options.track_running_stats, num_features, 1, options.dtype))),
      num_batches_tracked_(
          register_buffer("num_batches_tracked", options.track_running_stats ? tensor(0) : Tensor())) {}

std::string RunningNorm::extra_repr() const {
  return fmt::format("{}, eps={}, momentum={}, affine={}, track_running_stats={}", num_features_,
                     python_repr(options_.eps), options_.momentum ? python_repr(*options_.momentum) : "None",
                     python_repr(options_.affine), python_repr(options_.track_running_stats));
}

void RunningNorm::reset_running_stats() {
  if (!options_.track_running_stats) return;
  const NoGradGuard no_grad;
  running_mean_->fill_(0);
  running_var_->fill_(1);
  num_batches_tracked_->fill_(0);
}

void RunningNorm::check_input(const Tensor& x, std::int64_t least, std::int64_t most, std::int64_t channel,
                              std::string_view expected) const {
  check(x.dim() >= least && x.dim() <= most, "{}: expected {}, got {}", name(), expected, x.shape());
  check(x.size(channel) == num_features_, "{}: x {} has {} channels; expected {}", name(), x.shape(),
        x.size(channel), num_features_);
}

Tensor RunningNorm::batch_norm(const Tensor& x) {
  const bool tracks = options_.track_running_stats, moves = is_training() && tracks;
  const std::int64_t batches = moves ? num_batches_tracked_->item<std::int64_t>() + 1 : 0;
  const bool is_mean = moves && (!options_.momentum || statistics_are_cumulative);
  const double momentum = is_mean ? 1 / static_cast<double>(batches) : options_.momentum.value_or(0);
  const Tensor y =
      xtape::batch_norm(x, running_mean_, running_var_, weight_, bias_,
                        {.training = is_training() || !tracks, .momentum = momentum, .eps = options_.eps});
  if (moves) {
    const NoGradGuard no_grad;
    num_batches_tracked_->fill_(batches);
  }
  return y;
}

Tensor RunningNorm::instance_norm(const Tensor& x, std::int64_t batched_dims) {
  if (x.dim() < batched_dims) return squeeze(instance_norm(unsqueeze(x, 0), batched_dims), 0);
  return xtape::instance_norm(x, running_mean_, running_var_, weight_, bias_,
                              {.use_input_stats = is_training() || !options_.track_running_stats,
                               .momentum = options_.momentum.value_or(0),
                               .eps = options_.eps});
}

Tensor BatchNorm1d::forward(const Tensor& x) {
  check_input(x, 2, 3, 1, "{N, C} or {N, C, L}");
  return batch_norm(x);
}
Tensor BatchNorm2d::forward(const Tensor& x) {
  check_input(x, 4, 4, 1, "{N, C, H, W}");
  return batch_norm(x);
}

InstanceNorm1d::InstanceNorm1d(std::int64_t num_features, const InstanceNormOptions& options)
    : RunningNorm(num_features, as_batch_norm(options)) {}
Tensor InstanceNorm1d::forward(const Tensor& x) {
  check_input(x, 2, 3, -2, "{C, L} or {N, C, L}");
  return instance_norm(x, 3);
}

InstanceNorm2d::InstanceNorm2d(std::int64_t num_features, const InstanceNormOptions& options)
    : RunningNorm(num_features, as_batch_norm(options)) {}
Tensor InstanceNorm2d::forward(const Tensor& x) {
  check_input(x, 3, 4, -3, "{C, H, W} or {N, C, H, W}");
  return instance_norm(x, 4);
}

CumulativeStatistics::CumulativeStatistics() : before_(statistics_are_cumulative) {
  statistics_are_cumulative = true;
}
CumulativeStatistics::~CumulativeStatistics() { statistics_are_cumulative = before_; }

}  // namespace xtape::nn
