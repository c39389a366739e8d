// The normalising functions against PyTorch's values and gradients in tests/golden/normalization.
#include <boost/test/unit_test.hpp>

#include "autograd/ops/normalization.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

/// Input i, undefined where the case has fewer.
Tensor input(const Tensors& x, std::size_t i) { return i < x.size() ? x[i] : Tensor(); }

/// {y, running_mean, running_var} of inputs {x, running_mean, running_var, weight, bias}.
template <class Norm>
Tensors with_running(const Tensors& x, const Norm& norm) {
  const Tensor mean = x[1].clone(), var = x[2].clone();
  return {norm(x[0], mean, var, input(x, 3), input(x, 4)), mean, var};
}

Tensors run_batch_norm(const Tensors& x, const Args& args) {
  const BatchNormFuncOptions options{.training = args.flag("training"),
                                     .momentum = args.real("momentum", 0.1),
                                     .eps = args.real("eps", 1e-5)};
  return with_running(x, [&](const auto&... tensors) { return batch_norm(tensors..., options); });
}

Tensors run_instance_norm(const Tensors& x, const Args& args) {
  const InstanceNormFuncOptions options{.use_input_stats = args.flag("use_input_stats", true),
                                        .momentum = args.real("momentum", 0.1),
                                        .eps = args.real("eps", 1e-5)};
  return with_running(x, [&](const auto&... tensors) { return instance_norm(tensors..., options); });
}

Tensors run_group_norm(const Tensors& x, const Args& args) {
  return {group_norm(x[0], args.integer("num_groups"), input(x, 1), input(x, 2),
                     {.eps = args.real("eps", 1e-5)})};
}

Tensors run_layer_norm(const Tensors& x, const Args& args) {
  return {layer_norm(x[0], args.dims("normalized_shape"), input(x, 1), input(x, 2),
                     {.eps = args.real("eps", 1e-5)})};
}

Tensors run_rms_norm(const Tensors& x, const Args& args) {
  RMSNormFuncOptions options;
  if (args.has("eps")) options.eps = args.real("eps");
  return {rms_norm(x[0], args.dims("normalized_shape"), input(x, 1), options)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_normalization)
const RegisterTests register_tests("normalization", Table{{"batch_norm", run_batch_norm},
                                                          {"instance_norm", run_instance_norm},
                                                          {"group_norm", run_group_norm},
                                                          {"layer_norm", run_layer_norm},
                                                          {"rms_norm", run_rms_norm}});
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
