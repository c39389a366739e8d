// Pooling against PyTorch's values, indices and gradients in tests/golden/pooling.
#include <boost/test/unit_test.hpp>

#include "autograd/ops/pooling.hpp"
#include "autograd/tensor/results.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

xtape::detail::PerAxis per_axis(const Args& args, const std::string& name, std::int64_t otherwise) {
  if (!args.has(name)) return otherwise;
  return args.dims(name).to_vector();
}

/// The stride, which is the kernel where it is left out.
xtape::detail::PerAxis stride_of(const Args& args) {
  return args.has("stride") ? per_axis(args, "stride", 1) : xtape::detail::PerAxis();
}

using Pool = Tensor (*)(const Tensor&, const xtape::detail::PerAxis&, const MaxPoolOptions&);
using PoolWithIndices = ValuesIndices (*)(const Tensor&, const xtape::detail::PerAxis&,
                                          const MaxPoolOptions&);

Function maxima(Pool pool, PoolWithIndices with_indices) {
  return [=](const Tensors& x, const Args& args) -> Tensors {
    const MaxPoolOptions options{.stride = stride_of(args),
                                 .padding = per_axis(args, "padding", 0),
                                 .dilation = per_axis(args, "dilation", 1),
                                 .ceil_mode = args.flag("ceil_mode")};
    const auto kernel = per_axis(args, "kernel_size", 1);
    return {pool(x[0], kernel, options), with_indices(x[0], kernel, options).indices};
  };
}

Function means(Tensor (*pool)(const Tensor&, const xtape::detail::PerAxis&, const AvgPoolOptions&)) {
  return [=](const Tensors& x, const Args& args) -> Tensors {
    AvgPoolOptions options{.stride = stride_of(args),
                           .padding = per_axis(args, "padding", 0),
                           .ceil_mode = args.flag("ceil_mode"),
                           .count_include_pad = args.flag("count_include_pad", true)};
    if (args.has("divisor_override")) options.divisor_override = args.integer("divisor_override");
    return {pool(x[0], per_axis(args, "kernel_size", 1), options)};
  };
}

template <class Pool>
Function adaptive_means(const Pool& pool) {
  return [=](const Tensors& x, const Args& args) -> Tensors {
    return {pool(x[0], per_axis(args, "output_size", 1))};
  };
}

template <class Pool, class WithIndices>
Function adaptive_maxima(const Pool& pool, const WithIndices& with_indices) {
  return [=](const Tensors& x, const Args& args) -> Tensors {
    const auto size = per_axis(args, "output_size", 1);
    return {pool(x[0], size), with_indices(x[0], size).indices};
  };
}

Table pooling() {
  return {
      {"max_pool1d", maxima(max_pool1d, max_pool1d_with_indices)},
      {"max_pool2d", maxima(max_pool2d, max_pool2d_with_indices)},
      {"avg_pool1d", means(avg_pool1d)},
      {"avg_pool2d", means(avg_pool2d)},
      {"adaptive_avg_pool1d", adaptive_means(adaptive_avg_pool1d)},
      {"adaptive_avg_pool2d", adaptive_means(adaptive_avg_pool2d)},
      {"adaptive_max_pool1d", adaptive_maxima(adaptive_max_pool1d, adaptive_max_pool1d_with_indices)},
      {"adaptive_max_pool2d", adaptive_maxima(adaptive_max_pool2d, adaptive_max_pool2d_with_indices)},
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_pooling)
const RegisterTests register_tests("pooling", pooling());
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
