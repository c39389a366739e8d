// Averaging, tensor by tensor.
#include "nn/optim/averaged_model.hpp"

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/arithmetic.hpp"

namespace xtape::optim {

AverageFunction get_swa_avg_fn() {
  return [](const Tensor& averaged, const Tensor& current, std::int64_t num_averaged) {
    return averaged + (current - averaged) / static_cast<double>(num_averaged + 1);
  };
}

AverageFunction get_ema_avg_fn(double decay) {
  check(decay >= 0 && decay <= 1, "get_ema_avg_fn: decay is {}; expected 0 to 1", decay);
  return [decay](const Tensor& averaged, const Tensor& current, std::int64_t) {
    return decay * averaged + (1 - decay) * current;
  };
}

namespace detail {

namespace {

void average(const std::vector<Tensor>& averaged, const std::vector<Tensor>& current,
             const AverageFunction& function, std::int64_t num_averaged) {
  check(averaged.size() == current.size(), "AveragedModel: a model with {} tensors does not fit one with {}",
        current.size(), averaged.size());
  for (std::size_t i = 0; i < averaged.size(); ++i) {
    check(averaged[i].shape() == current[i].shape(), "AveragedModel: tensor {} is of shape {}; expected {}",
          i, current[i].shape(), averaged[i].shape());
    const bool is_copied = num_averaged == 0 || !function;
    averaged[i].copy_(is_copied ? current[i] : function(averaged[i], current[i], num_averaged));
  }
}

}  // namespace

void update_average(nn::ModuleBase& averaged, const nn::ModuleBase& model,
                    const AveragedModelOptions& options, std::int64_t num_averaged) {
  const NoGradGuard no_grad;
  const AverageFunction function = options.avg_fn ? options.avg_fn : get_swa_avg_fn();
  average(averaged.parameters(), model.parameters(), function, num_averaged);
  average(averaged.buffers(), model.buffers(), options.use_buffers ? function : AverageFunction(),
          num_averaged);
}

bool reset_batch_norms(nn::ModuleBase& model) {
  bool found = false;
  for (nn::ModuleBase& module : model.modules()) {
    auto* const norm = module.as<nn::BatchNorm>();
    if (norm == nullptr) continue;
    norm->reset_running_stats();
    found = true;
  }
  return found;
}

}  // namespace detail

}  // namespace xtape::optim
