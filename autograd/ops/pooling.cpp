// Pooling as ops of planes {planes, height, width}. A signal is a plane of one row.
#include "autograd/ops/pooling.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/pool.hpp"
#include "autograd/tensor/results.hpp"

namespace xtape {

using namespace detail;
using namespace op;
using kernels::Pooling;

namespace {

Attributes attributes_of(const Pooling& p) {
  const auto list = [](const std::array<std::int64_t, 2>& values) { return Shape(values); };
  return {{"size", list(p.size)},
          {"out", list(p.out)},
          {"kernel", list(p.kernel)},
          {"stride", list(p.stride)},
          {"padding", list(p.padding)},
          {"dilation", list(p.dilation)},
          {"count_include_pad", p.count_include_pad},
          {"divisor", p.divisor}};
}

constexpr Pooling kSquares{
    .size = {4, 6}, .out = {2, 3}, .kernel = {2, 2}, .stride = {2, 2}, .padding = {}, .dilation = {1, 1}};
constexpr Pooling kOdd{
    .size = {5, 3}, .out = {2, 1}, .kernel = {2, 2}, .stride = {2, 2}, .padding = {}, .dilation = {1, 1}};
constexpr Pooling kOverlapping{
    .size = {5, 4}, .out = {3, 2}, .kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}, .dilation = {1, 1}};
constexpr Pooling kAdaptive{
    .size = {5, 4}, .out = {3, 2}, .kernel = {}, .stride = {}, .padding = {}, .dilation = {1, 1}};
constexpr Pooling kDilated{
    .size = {1, 7}, .out = {1, 3}, .kernel = {1, 2}, .stride = {1, 2}, .padding = {}, .dilation = {1, 2}};
constexpr Pooling kOutside{.size = {3, 3},
                           .out = {2, 2},
                           .kernel = {2, 2},
                           .stride = {2, 2},
                           .padding = {},
                           .dilation = {1, 1},
                           .count_include_pad = false};

Shape small(std::int64_t planes, const Pooling& p) { return {planes, p.size[0], p.size[1]}; }
Shape pooled(std::int64_t planes, const Pooling& p) { return {planes, p.out[0], p.out[1]}; }

/// The places of the greatest in each plane.
struct MaxPoolIndices {
  static constexpr std::string_view name = "max_pool_indices";

  Pooling p;

  Tensor forward(const Tensor& x) const { return kernels::max_pool_indices(x, p); }
  Attributes attributes() const { return attributes_of(p); }
  static Cases<MaxPoolIndices> cases() {
    return Cases<MaxPoolIndices>()
        .add({.inputs = {small(2, kSquares)}}, {kSquares})
        .add({.inputs = {small(1, kDilated)}}, {kDilated});
  }
};

/// dx = g at the places of the greatest of x, added up      dg = those of h
struct MaxPoolBackward {
  static constexpr std::string_view name = "max_pool_backward";
  static constexpr Reads reads = Reads::input0;

  Pooling p;

  Tensor forward(const Tensor& x, const Tensor& g) const { return kernels::max_pool_backward(x, g, p); }
  void vjp(const Inputs& in, const Tensor&, const Tensor& h, Wrt& wrt) const {
    wrt(1, [&] {
      const Tensor places = record(MaxPoolIndices{p}, in[0].detach());
      return reshape(gather(flatten(h, 1), 1, flatten(places, 1)), wrt.shape(1));
    });
  }
  Attributes attributes() const { return attributes_of(p); }
  static Cases<MaxPoolBackward> cases() {
    Cases<MaxPoolBackward> cases;
    for (const Pooling& p : {kSquares, kOdd, kOverlapping, kAdaptive, kDilated})
      cases.add({.inputs = {small(2, p), pooled(2, p)}, .distinct = true}, {p});
    return cases.add({.inputs = {small(0, kOdd), pooled(0, kOdd)}}, {kOdd});
  }
};

/// The greatest of each window      dx = g where it stands
struct MaxPool {
  static constexpr std::string_view name = "max_pool";
  static constexpr Reads reads = Reads::inputs;

  Pooling p;

  Tensor forward(const Tensor& x) const { return kernels::max_pool(x, p); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(MaxPoolBackward{p}, x[0], g); });
  }
  Attributes attributes() const { return attributes_of(p); }
  static Cases<MaxPool> cases() {
    Cases<MaxPool> cases;
    for (const Pooling& p : {kSquares, kOdd, kOverlapping, kAdaptive, kDilated})
      cases.add({.inputs = {small(2, p)}, .distinct = true}, {p});
    return cases.add({.inputs = {small(0, kOdd)}}, {kOdd});
  }
};

/// The adjoint of AvgPool.
struct AvgPoolBackward {
  static constexpr std::string_view name = "avg_pool_backward";

  Pooling p;

  Tensor forward(const Tensor& g) const { return kernels::avg_pool_backward(g, p); }
  void vjp(const Inputs&, const Tensor&, const Tensor& h, Wrt& wrt) const;
  Attributes attributes() const { return attributes_of(p); }
  static Cases<AvgPoolBackward> cases() {
    Cases<AvgPoolBackward> cases;
    for (const Pooling& p : {kSquares, kOdd, kOverlapping, kAdaptive, kOutside})
      cases.add({.inputs = {pooled(2, p)}}, {p});
    return cases.add({.inputs = {pooled(0, kOdd)}}, {kOdd});
  }
};

/// The mean of each window      dx = g / n for all n elements
struct AvgPool {
  static constexpr std::string_view name = "avg_pool";

  Pooling p;

  Tensor forward(const Tensor& x) const { return kernels::avg_pool(x, p); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(AvgPoolBackward{p}, g); });
  }
  Attributes attributes() const { return attributes_of(p); }
  static Cases<AvgPool> cases() {
    Cases<AvgPool> cases;
    for (const Pooling& p : {kSquares, kOdd, kOverlapping, kAdaptive, kOutside})
      cases.add({.inputs = {small(2, p)}}, {p});
    return cases.add({.inputs = {small(0, kOdd)}}, {kOdd});
  }
};

void AvgPoolBackward::vjp(const Inputs&, const Tensor&, const Tensor& h, Wrt& wrt) const {
  wrt(0, [&] { return record(AvgPool{p}, h); });
}

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
  Tensor planes() const {
    std::int64_t count = 1;
    for (int i = 0; i < x.dim() - axes; ++i) count *= x.size(i);
    return reshape(x, {count, axes == 1 ? 1 : x.size(-2), x.size(-1)});
  }
  Tensor result(const Tensor& y) const {
    Shape shape = x.shape();
    for (int i = 1; i <= axes; ++i) shape[shape.size() - i] = y.size(-i);
    return reshape(y, shape);
  }
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
    const auto axis = static_cast<std::size_t>(2 - call.axes + i);
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
    const auto axis = static_cast<std::size_t>(2 - call.axes + i);
    p.size[axis] = call.size(i);
    p.out[axis] = out[i];
  }
  return p;
}

Tensor greatest(const Call& call, const Pooling& p) { return call.result(record(MaxPool{p}, call.planes())); }
ValuesIndices greatest_and_places(const Call& call, const Pooling& p) {
  const Tensor planes = call.planes();
  return {call.result(record(MaxPool{p}, planes)), call.result(record(MaxPoolIndices{p}, planes.detach()))};
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
  const Attributes attributes{{"kernel_size", kernel_size.given()},
                              {"stride", (o.stride.empty() ? kernel_size : o.stride).given()},
                              {"padding", o.padding.given()},
                              {"ceil_mode", o.ceil_mode},
                              {"count_include_pad", o.count_include_pad}};
  return reported(call, attributes, [&] {
    Pooling p = pooling_of(call, kernel_size, o.stride, o.padding, 1, o.ceil_mode);
    p.count_include_pad = o.count_include_pad;
    p.divisor = o.divisor_override.value_or(0);
    check(!o.divisor_override || p.divisor != 0, "{}: divisor_override is 0", call.op);
    return call.result(record(AvgPool{p}, call.planes()));
  });
}

Tensor adaptive_avg_over(const Call& call, const PerAxis& output_size) {
  return reported(call, {{"output_size", output_size.given()}}, [&] {
    return call.result(record(AvgPool{adaptive_of(call, output_size)}, call.planes()));
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
