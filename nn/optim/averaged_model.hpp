// AveragedModel: a model whose weights are an average of those that another had on its way.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "autograd/graph/grad_mode.hpp"
#include "nn/layers/running_norm.hpp"
#include "nn/module/clone.hpp"
#include "nn/module/mode_scope.hpp"
#include "nn/module/module.hpp"
#include "nn/module/module_of.hpp"

namespace xtape::optim {

/// The next average, from the last one and a model's present parameter; `num_averaged` models are in the
/// last.
using AverageFunction =
    std::function<Tensor(const Tensor& averaged, const Tensor& current, std::int64_t num_averaged)>;

/// averaged + (current - averaged) / (num_averaged + 1): the mean of all.
AverageFunction get_swa_avg_fn();
/// decay averaged + (1 - decay) current. Throws unless decay lies in 0 ... 1.
AverageFunction get_ema_avg_fn(double decay = 0.999);

struct AveragedModelOptions {
  AverageFunction avg_fn = {};  ///< get_swa_avg_fn() where empty
  bool use_buffers = false;     ///< averages buffers too; else they are copied
};

namespace detail {

/// Makes `averaged` the average with one model more; the first is copied. Throws where their tensors differ
/// in number or shape.
void update_average(nn::ModuleBase& averaged, const nn::ModuleBase& model,
                    const AveragedModelOptions& options, std::int64_t num_averaged);

template <class Net, class Base>
class Averaged : public Base {
 public:
  explicit Averaged(const Net& model, AveragedModelOptions options = {})
      : module_(this->register_module("module", nn::clone(model))), options_(std::move(options)) {}

  /// After each step, or each epoch, of the model's training.
  void update_parameters(const nn::ModuleBase& model) {
    update_average(module_, model, options_, n_averaged());
    n_averaged_->fill_(n_averaged() + 1);
  }
  Net& module() { return module_; }
  const Net& module() const { return module_; }
  std::int64_t n_averaged() const { return n_averaged_->template item<std::int64_t>(); }
  std::string name() const override { return "AveragedModel"; }

 private:
  nn::Buffer n_averaged_ = this->register_buffer("n_averaged", tensor(0));
  Net module_;
  AveragedModelOptions options_;
};

}  // namespace detail

/// Called as the model itself, a deep copy of which it holds:
///
///   optim::AveragedModel ema(net, {.avg_fn = optim::get_ema_avg_fn(0.99)});
///   for (...) { optimizer.step(); ema.update_parameters(net); }
///   nn::accuracy(ema, test);
///
/// Its state_dict() has "n_averaged" and the model's names behind "module.".
template <class Net>
class AveragedModel : public detail::Averaged<Net, nn::ModuleOf<AveragedModel<Net>>> {
 public:
  using detail::Averaged<Net, nn::ModuleOf<AveragedModel<Net>>>::Averaged;

  template <class... Args>
  requires std::invocable<Net&, Args...>
  decltype(auto) forward(Args&&... args) { return this->module()(std::forward<Args>(args)...); }
};

template <std::derived_from<nn::Module> Net>
class AveragedModel<Net> : public detail::Averaged<Net, nn::Module> {
 public:
  using detail::Averaged<Net, nn::Module>::Averaged;

  Tensor forward(const Tensor& x) override { return this->module()(x); }
};

template <class Net>
AveragedModel(const Net&, const AveragedModelOptions& = {}) -> AveragedModel<Net>;

namespace detail {

/// Resets the running statistics of all batch norms in the model; whether there are any.
bool reset_batch_norms(nn::ModuleBase& model);

inline const Tensor& input_of(const Tensor& batch) { return batch; }
template <class Batch>
const Tensor& input_of(const Batch& batch) {
  const auto& [x, y] = batch;
  return x;
}

}  // namespace detail

/// Gives the batch norms of a model whose weights were averaged the statistics of its own: the means over all
/// batches of the loader, which are tensors, or pairs of which the first is the model's input. The mode of
/// the model stays what it was.
template <class Loader, class Net>
void update_bn(Loader&& loader, Net& model) {
  if (!detail::reset_batch_norms(model)) return;
  const NoGradGuard no_grad;
  const nn::TrainMode training(model);
  const nn::CumulativeStatistics cumulative;
  for (const auto& batch : loader) model(detail::input_of(batch));
}

}  // namespace xtape::optim
