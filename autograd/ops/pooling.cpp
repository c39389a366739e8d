// The pooling functions: their options, and x as planes.
#include "autograd/ops/pooling.hpp"

#include "autograd/graph/trace.hpp"
#include "autograd/kernels/pool.hpp"
#include "autograd/ops/detail/planes.hpp"
#include "autograd/ops/detail/pool.hpp"
#include "autograd/tensor/results.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// A call over the last one or two axes of x.
struct Call {
  const char* op;
  const Tensor& x;
  int axes;

  /// Throws unless x is a float image or signal.
  void check_input() const {
    check_floating(x.dtype(), op);
    const char* sizes = axes == 1 ? "L" : "H, W";
    check(x.dim() == axes + 1 || x.dim() == axes + 2, "{}: expected {{C, {}}} or {{N, C, {}}}, got {}", op,
          sizes, sizes, x.shape());
    for (int i = 1; i <= axes; ++i)
      check(x.size(-i) > 0, "{}: x of shape {} has no elements; only the batch may be empty", op, x.shape());
  }
  std::int64_t size(int axis) const { return x.size(axis - axes); }
  Tensor planes() const { return as_planes(x, axes); }
  Tensor result(const Tensor& y) const { return from_planes(y, x, axes); }
};

/// How many windows begin inside of the input, or of the padding before it.
std::int64_t window_count(std::int64_t size, std::int64_t reach, std::int64_t stride, std::int64_t padding,
                          bool ceil_mode) {
  const std::int64_t room = size + 2 * padding - reach + (ceil_mode ? stride - 1 : 0);
  if (room < 0) return 0;
  const std::int64_t count = room / stride + 1;
  return ceil_mode && (count - 1) * stride >= size + padding ? count - 1 : count;
}

Pooling pooling_of(const Call& call, const PerAxis& kernel_size, const PerAxis& strides,
                   const PerAxis& paddings, const PerAxis& dilations, bool ceil_mode) {
  call.check_input();
  const Shape kernel = kernel_size.values(call.axes, call.op, "kernel_size", 1);
  const Shape stride = strides.empty() ? kernel : strides.values(call.axes, call.op, "stride", 1);
  const Shape padding = paddings.values(call.axes, call.op, "padding", 0);
  const Shape dilation = dilations.values(call.axes, call.op, "dilation", 1);
  Pooling p{.size = {1, 1},
            .out = {1, 1},
            .kernel = {1, 1},
            .stride = {1, 1},
            .padding = {0, 0},
            .dilation = {1, 1}};
  for (int i = 0; i < call.axes; ++i) {
    const std::size_t axis = axis_of_plane(call.axes, i);
    const std::int64_t reach = dilation[i] * (kernel[i] - 1) + 1;
    check(2 * padding[i] <= reach, "{}: padding {} is more than half of the kernel's {}", call.op, padding[i],
          reach);
    p.size[axis] = call.size(i);
    p.kernel[axis] = kernel[i];
    p.stride[axis] = stride[i];
    p.padding[axis] = padding[i];
    p.dilation[axis] = dilation[i];
    p.out[axis] = window_count(p.size[axis], reach, stride[i], padding[i], ceil_mode);
    check(p.out[axis] > 0, "{}: a kernel that reaches over {} does not fit into {} with padding {}, of x {}",
          call.op, reach, p.size[axis], padding[i], call.x.shape());
  }
  return p;
}

Pooling adaptive_of(const Call& call, const PerAxis& output_size) {
  call.check_input();
  const Shape out = output_size.values(call.axes, call.op, "output_size", 1);
  Pooling p{.size = {1, 1},
            .out = {1, 1},
            .kernel = {0, 0},
            .stride = {1, 1},
            .padding = {0, 0},
            .dilation = {1, 1}};
  for (int i = 0; i < call.axes; ++i) {
    const std::size_t axis = axis_of_plane(call.axes, i);
    p.size[axis] = call.size(i);
    p.out[axis] = out[i];
  }
  return p;
}

Tensor greatest(const Call& call, const Pooling& p) { return call.result(max_of_windows(call.planes(), p)); }
ValuesIndices greatest_and_places(const Call& call, const Pooling& p) {
  const Tensor planes = call.planes();
  return {call.result(max_of_windows(planes, p)), call.result(places_of_max(planes, p))};
}

Pooling max_pooling(const Call& call, const PerAxis& kernel_size, const MaxPoolOptions& options) {
  return pooling_of(call, kernel_size, options.stride, options.padding, options.dilation, options.ceil_mode);
}

/// The options as a trace shows them.
Attributes shown(const PerAxis& kernel_size, const MaxPoolOptions& o) {
  return {{"kernel_size", kernel_size.given()},
          {"stride", (o.stride.empty() ? kernel_size : o.stride).given()},
          {"padding", o.padding.given()},
          {"dilation", o.dilation.given()},
          {"ceil_mode", o.ceil_mode}};
}

/// run(), reported under the call's name.
template <class Run>
auto reported(const Call& call, const Attributes& attributes, const Run& run) {
  if (!is_traced()) [[likely]]
    return run();
  return report(call.op, {call.x}, attributes, run);
}

Tensor max_pool_over(const Call& call, const PerAxis& kernel_size, const MaxPoolOptions& options) {
  return reported(call, shown(kernel_size, options),
                  [&] { return greatest(call, max_pooling(call, kernel_size, options)); });
}

Tensor avg_pool_over(const Call& call, const PerAxis& kernel_size, const AvgPoolOptions& o) {
  Attributes attributes{{"kernel_size", kernel_size.given()},
                        {"stride", (o.stride.empty() ? kernel_size : o.stride).given()},
                        {"padding", o.padding.given()},
                        {"ceil_mode", o.ceil_mode},
                        {"count_include_pad", o.count_include_pad}};
  if (o.divisor_override) attributes.emplace_back("divisor_override", *o.divisor_override);
  return reported(call, attributes, [&] {
    Pooling p = pooling_of(call, kernel_size, o.stride, o.padding, 1, o.ceil_mode);
    p.count_include_pad = o.count_include_pad;
    p.divisor = o.divisor_override.value_or(0);
    check(!o.divisor_override || p.divisor != 0, "{}: divisor_override is 0", call.op);
    return call.result(mean_of_windows(call.planes(), p));
  });
}

Tensor adaptive_avg_over(const Call& call, const PerAxis& output_size) {
  return reported(call, {{"output_size", output_size.given()}}, [&] {
    return call.result(mean_of_windows(call.planes(), adaptive_of(call, output_size)));
  });
}

Tensor adaptive_max_over(const Call& call, const PerAxis& output_size) {
  return reported(call, {{"output_size", output_size.given()}},
                  [&] { return greatest(call, adaptive_of(call, output_size)); });
}

}  // namespace

Tensor max_pool1d(const Tensor& x, const PerAxis& kernel_size, const MaxPoolOptions& options) {
  return max_pool_over({"max_pool1d", x, 1}, kernel_size, options);
}
Tensor max_pool1d(const Tensor& x, const PerAxis& kernel_size, std::int64_t stride, const PerAxis& padding) {
  return max_pool1d(x, kernel_size, MaxPoolOptions{.stride = stride, .padding = padding});
}
Tensor max_pool2d(const Tensor& x, const PerAxis& kernel_size, const MaxPoolOptions& options) {
  return max_pool_over({"max_pool2d", x, 2}, kernel_size, options);
}
Tensor max_pool2d(const Tensor& x, const PerAxis& kernel_size, std::int64_t stride, const PerAxis& padding) {
  return max_pool2d(x, kernel_size, MaxPoolOptions{.stride = stride, .padding = padding});
}
ValuesIndices max_pool1d_with_indices(const Tensor& x, const PerAxis& kernel_size,
                                      const MaxPoolOptions& options) {
  const Call call{"max_pool1d_with_indices", x, 1};
  return greatest_and_places(call, max_pooling(call, kernel_size, options));
}
ValuesIndices max_pool2d_with_indices(const Tensor& x, const PerAxis& kernel_size,
                                      const MaxPoolOptions& options) {
  const Call call{"max_pool2d_with_indices", x, 2};
  return greatest_and_places(call, max_pooling(call, kernel_size, options));
}

Tensor avg_pool1d(const Tensor& x, const PerAxis& kernel_size, const AvgPoolOptions& options) {
  return avg_pool_over({"avg_pool1d", x, 1}, kernel_size, options);
}
Tensor avg_pool1d(const Tensor& x, const PerAxis& kernel_size, std::int64_t stride, const PerAxis& padding) {
  return avg_pool1d(x, kernel_size, AvgPoolOptions{.stride = stride, .padding = padding});
}
Tensor avg_pool2d(const Tensor& x, const PerAxis& kernel_size, const AvgPoolOptions& options) {
  return avg_pool_over({"avg_pool2d", x, 2}, kernel_size, options);
}
Tensor avg_pool2d(const Tensor& x, const PerAxis& kernel_size, std::int64_t stride, const PerAxis& padding) {
  return avg_pool2d(x, kernel_size, AvgPoolOptions{.stride = stride, .padding = padding});
}

Tensor adaptive_avg_pool1d(const Tensor& x, const PerAxis& output_size) {
  return adaptive_avg_over({"adaptive_avg_pool1d", x, 1}, output_size);
}
Tensor adaptive_avg_pool2d(const Tensor& x, const PerAxis& output_size) {
  return adaptive_avg_over({"adaptive_avg_pool2d", x, 2}, output_size);
}
Tensor adaptive_max_pool1d(const Tensor& x, const PerAxis& output_size) {
  return adaptive_max_over({"adaptive_max_pool1d", x, 1}, output_size);
}
Tensor adaptive_max_pool2d(const Tensor& x, const PerAxis& output_size) {
  return adaptive_max_over({"adaptive_max_pool2d", x, 2}, output_size);
}
ValuesIndices adaptive_max_pool1d_with_indices(const Tensor& x, const PerAxis& output_size) {
  const Call call{"adaptive_max_pool1d_with_indices", x, 1};
  return greatest_and_places(call, adaptive_of(call, output_size));
}
ValuesIndices adaptive_max_pool2d_with_indices(const Tensor& x, const PerAxis& output_size) {
  const Call call{"adaptive_max_pool2d_with_indices", x, 2};
  return greatest_and_places(call, adaptive_of(call, output_size));
}

}  // namespace xtape
