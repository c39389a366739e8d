// Two sums over all ranks, of the values and of their squared distances from the mean; the rest is ops.
#include "distributed/sync_batch_norm.hpp"

#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/record.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/create.hpp"
#include "autograd/ops/reduce.hpp"

namespace xtape::distributed {

namespace {

/// y = the sum of all ranks' x     dx = the sum of all ranks' g
struct SumOverRanks {
  static constexpr std::string_view name = "sum_over_ranks";
  World* world = nullptr;  // none: alone

  Tensor forward(const Tensor& x) const { return world ? world->all_reduce(x.clone()) : x.clone(); }
  void vjp(const op::Inputs&, const Tensor&, const Tensor& g, op::Wrt& wrt) const {
    wrt(0, [&] { return record(SumOverRanks{world}, g); });
  }
  static op::Cases<SumOverRanks> cases() { return {{.inputs = {{2, 3}}}, {.inputs = {{0}}}}; }
};

}  // namespace

Tensor sum_over_ranks(World& world, const Tensor& x) { return record(SumOverRanks{&world}, x); }

SyncBatchNorm::SyncBatchNorm(World& world, std::int64_t num_features, const nn::BatchNormOptions& options)
    : nn::BatchNorm(num_features, options), world_(&world), options_(options) {}

Tensor SyncBatchNorm::forward(const Tensor& x) {
  check_input(x, 2, 8, 1, "{N, C, ...}");
  return is_training() && world_->size() > 1 ? normalized(x) : batch_norm(x);
}

Tensor SyncBatchNorm::normalized(const Tensor& x) {
  Dims others{0};
  for (std::int64_t d = 2; d < x.dim(); ++d) others.push_back(d);
  const std::int64_t channels = x.size(1);
  const Tensor count = tensor(x.numel() / channels);
  world_->all_reduce(count);
  const auto n = count.item<std::int64_t>();
  check(n > 1,
        "SyncBatchNorm: x of shape {} has {} values per channel on all ranks; expected more in training",
        x.shape(), n);
  const auto mean_of = [&](const Tensor& values) {
    return sum_over_ranks(*world_, sum(values, others, true)) / static_cast<double>(n);
  };
  const Tensor mean = mean_of(x), centred = x - mean, variance = mean_of(centred * centred);
  Shape affine;
  for (std::int64_t d = 0; d < x.dim(); ++d) affine.push_back(d == 1 ? channels : 1);
  Tensor y = centred * rsqrt(variance + options_.eps);
  if (weight().defined()) y = y * weight().reshape(affine) + bias().reshape(affine);
  follow(mean.detach().flatten(),
         variance.detach().flatten() * (static_cast<double>(n) / static_cast<double>(n - 1)));
  return y;
}

/// running = (1 - momentum) running + momentum now
void SyncBatchNorm::follow(const Tensor& mean, const Tensor& unbiased_variance) const {
  if (!options_.track_running_stats) return;
  const NoGradGuard no_grad;
  const std::int64_t batches = num_batches_tracked().item<std::int64_t>() + 1;
  const double momentum = options_.momentum.value_or(1 / static_cast<double>(batches));
  running_mean().copy_((1 - momentum) * running_mean() + momentum * mean);
  running_var().copy_((1 - momentum) * running_var() + momentum * unbiased_variance);
  num_batches_tracked().fill_(batches);
}

}  // namespace xtape::distributed
