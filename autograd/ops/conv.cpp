// Convolutions as functions: what fits, the sizes of the output, and one axis as two, the first of size 1.
#include "autograd/ops/conv.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/conv.hpp"
#include "autograd/ops/detail/convolution.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using kernels::ConvGeometry;
using kernels::PlaneSize;

/// What a call gives, as four dims, and the way back to its own.
struct Call {
  const char* op;
  int axes;
  Tensor x, weight, bias;  // bias may be undefined
  ConvGeometry geometry;

  bool unbatched = false;

  Tensor result(Tensor y) const {
    if (axes == 1) y = squeeze(y, 2);
    return unbatched ? squeeze(y, 0) : y;
  }
};

void check_operands(const Call& call) {
  const auto& [op, axes, x, weight, bias, geometry, unbatched] = call;
  check(x.defined() && weight.defined(), "{}: the {} is undefined", op, x.defined() ? "weight" : "input");
  check_floating(x.dtype(), op);
  if (bias.defined()) {
    check(x.dtype() == weight.dtype() && x.dtype() == bias.dtype(),
          "{}: the input is {}, the weight {} and the bias {}; expected one dtype", op, x.dtype(),
          weight.dtype(), bias.dtype());
  }
  check(x.dtype() == weight.dtype(), "{}: the input is {}, the weight {}; expected one dtype", op, x.dtype(),
        weight.dtype());
  const char *sizes = axes == 1 ? "L" : "H, W", *kernel = axes == 1 ? "K" : "KH, KW";
  check(x.dim() == axes + 1 || x.dim() == axes + 2,
        "{}: an input of shape {}; expected {{N, C, {}}} or {{C, {}}}", op, x.shape(), sizes, sizes);
  check(weight.dim() == axes + 2, "{}: a weight of shape {}; expected {} dims, the last of them {{{}}}", op,
        weight.shape(), axes + 2, kernel);
  for (int i = 2; i < weight.dim(); ++i)
    check(weight.shape()[i] > 0, "{}: a weight of shape {} has a kernel without taps", op, weight.shape());
}

/// Groups divide the weight's first size; a bias has one number for each output channel.
void check_channels(const Call& call, std::int64_t expected_in, std::int64_t out) {
  const auto& [op, axes, x, weight, bias, geometry, unbatched] = call;
  const std::int64_t groups = geometry.groups, channels = x.shape()[x.dim() - axes - 1];
  check(channels == expected_in,
        "{}: an input of shape {} has {} channels; a weight of shape {} with groups {} expects {}", op,
        x.shape(), channels, weight.shape(), groups, expected_in);
  if (bias.defined()) {
    check(bias.dim() == 1 && bias.shape()[0] == out,
          "{}: a bias of shape {}; expected {{{}}}, a number for each output channel", op, bias.shape(), out);
  }
}

void check_groups(const char* op, std::int64_t groups, const Tensor& weight) {
  check(groups > 0, "{}: groups is {}; expected 1 or more", op, groups);
  check(weight.shape()[0] % groups == 0,
        "{}: groups {} do not divide the {} channels of a weight of shape {}", op, groups, weight.shape()[0],
        weight.shape());
}

std::array<std::int64_t, 2> both_axes(const Shape& values, std::int64_t first) {
  return values.size() == 1 ? std::array{first, values[0]} : std::array{values[0], values[1]};
}

/// The operands with four dims.
void add_dims(Call& call) {
  call.unbatched = call.x.dim() == call.axes + 1;
  if (call.unbatched) call.x = unsqueeze(call.x, 0);
  if (call.axes == 2) return;
  call.x = unsqueeze(call.x, 2);
  call.weight = unsqueeze(call.weight, 2);
}

/// Padding "same" in front; the rest stands behind, where no place looks beyond the output's size.
std::int64_t same_padding(std::int64_t kernel, std::int64_t dilation) { return dilation * (kernel - 1) / 2; }

/// The geometry of a call, and the output's size along each axis.
Shape settle_geometry(Call& call, const ConvOptions& options) {
  const char* op = call.op;
  const std::string& mode = options.padding.mode();
  check(mode.empty() || mode == "valid" || mode == "same",
        "{}: padding is \"{}\"; expected \"valid\", \"same\" or numbers", op, mode);
  const Shape stride = options.stride.values(call.axes, op, "stride", 1);
  const Shape dilation = options.dilation.values(call.axes, op, "dilation", 1);
  Shape padding =
      mode.empty() ? options.padding.values(call.axes, op, "padding", 0) : Shape::filled(call.axes, 0);
  Shape size = padding;
  for (int i = 0; i < call.axes; ++i) {
    const std::int64_t in = call.x.shape()[call.x.dim() - call.axes + i], kernel = call.weight.shape()[i + 2];
    const std::int64_t reach = dilation[i] * (kernel - 1) + 1;
    if (mode == "same") {
      check(stride[i] == 1, "{}: padding \"same\" keeps sizes; it takes no stride but 1, and got {}", op,
            stride);
      padding[i] = same_padding(kernel, dilation[i]);
      size[i] = in;
      continue;
    }
    check(reach <= in + 2 * padding[i],
          "{}: a kernel that reaches over {} does not fit into an input of {} with its padding: weight {}, "
          "input {}",
          op, reach, in + 2 * padding[i], call.weight.shape(), call.x.shape());
    size[i] = (in + 2 * padding[i] - reach) / stride[i] + 1;
  }
  call.geometry = {both_axes(stride, 1), both_axes(padding, 0), both_axes(dilation, 1), options.groups};
  return size;
}

Tensor convolve(Call call, const ConvOptions& options) {
  check_operands(call);
  check_groups(call.op, options.groups, call.weight);
  const Shape size = settle_geometry(call, options);
  check_channels(call, call.weight.shape()[1] * options.groups, call.weight.shape()[0]);
  add_dims(call);
  return call.result(convolution(call.x, call.weight, call.bias, call.geometry, both_axes(size, 1)));
}

/// The same of a transposed call.
Shape settle_transpose(Call& call, const ConvTransposeOptions& options) {
  const char* op = call.op;
  const Shape stride = options.stride.values(call.axes, op, "stride", 1);
  const Shape padding = options.padding.values(call.axes, op, "padding", 0);
  const Shape extra = options.output_padding.values(call.axes, op, "output_padding", 0);
  const Shape dilation = options.dilation.values(call.axes, op, "dilation", 1);
  Shape size = padding;
  for (int i = 0; i < call.axes; ++i) {
    check(extra[i] < std::max(stride[i], dilation[i]),
          "{}: output_padding is {}; expected less than the stride {} or the dilation {}", op, extra, stride,
          dilation);
    const std::int64_t in = call.x.shape()[call.x.dim() - call.axes + i], kernel = call.weight.shape()[i + 2];
    size[i] = (in - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel - 1) + extra[i] + 1;
    check(size[i] > 0,
          "{}: an input of shape {} gives an output of size {}; expected 1 or more: padding {}, weight {}",
          op, call.x.shape(), size[i], padding, call.weight.shape());
  }
  call.geometry = {both_axes(stride, 1), both_axes(padding, 0), both_axes(dilation, 1), options.groups};
  return size;
}

Tensor convolve_transposed(Call call, const ConvTransposeOptions& options) {
  check_operands(call);
  check_groups(call.op, options.groups, call.weight);
  const Shape size = settle_transpose(call, options);
  check_channels(call, call.weight.shape()[0], call.weight.shape()[1] * options.groups);
  add_dims(call);
  const Tensor y = convolution_input(call.x, call.weight, call.geometry, both_axes(size, 1));
  if (!call.bias.defined()) return call.result(y);
  return call.result(y + call.bias.view({-1, 1, 1}));
}

/// Adds one attribute for each pair of a name and an option.
class AttributeList {
 public:
  AttributeList(const char* op, int axes) : op_(op), axes_(axes) {}

  AttributeList& add(std::string_view name, const PerAxis& option) {
    list.push_back({name, option.values(axes_, op_, name, 0)});
    return *this;
  }
  AttributeList& add(std::string_view name, const ConvPadding& padding) {
    if (padding.mode().empty()) return add(name, static_cast<const PerAxis&>(padding));
    list.push_back({name, std::string_view(padding.mode())});
    return *this;
  }
  AttributeList& add(std::string_view name, std::int64_t number) {
    list.push_back({name, number});
    return *this;
  }

  Attributes list;

 private:
  const char* op_;
  int axes_;
};

void list_options(AttributeList& to, const ConvOptions& options) {
  to.add("stride", options.stride).add("padding", options.padding).add("dilation", options.dilation);
  to.add("groups", options.groups);
}
void list_options(AttributeList& to, const ConvTransposeOptions& options) {
  to.add("stride", options.stride).add("padding", options.padding);
  to.add("output_padding", options.output_padding).add("groups", options.groups);
  to.add("dilation", options.dilation);
}

/// Reports the call where somebody traces.
template <class Options, class F>
Tensor traced(const Call& call, const Options& options, const F& compute) {
  if (!is_traced()) [[likely]]
    return compute(call, options);
  std::vector<Tensor> inputs{call.x, call.weight};
  if (call.bias.defined()) inputs.push_back(call.bias);
  AttributeList attributes(call.op, call.axes);
  list_options(attributes, options);
  return report(call.op, inputs, attributes.list, [&] { return compute(call, options); });
}

}  // namespace

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options) {
  return traced(Call{"conv2d", 2, x, weight, bias, {}}, options, convolve);
}
Tensor conv2d(const Tensor& x, const Tensor& weight, const ConvOptions& options) {
  return conv2d(x, weight, Tensor(), options);
}
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options) {
  return traced(Call{"conv1d", 1, x, weight, bias, {}}, options, convolve);
}
Tensor conv1d(const Tensor& x, const Tensor& weight, const ConvOptions& options) {
  return conv1d(x, weight, Tensor(), options);
}
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions& options) {
  return traced(Call{"conv_transpose2d", 2, x, weight, bias, {}}, options, convolve_transposed);
}
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const ConvTransposeOptions& options) {
  return conv_transpose2d(x, weight, Tensor(), options);
}
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions& options) {
  return traced(Call{"conv_transpose1d", 1, x, weight, bias, {}}, options, convolve_transposed);
}
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const ConvTransposeOptions& options) {
  return conv_transpose1d(x, weight, Tensor(), options);
}

}  // namespace xtape
