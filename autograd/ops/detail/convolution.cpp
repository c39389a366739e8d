// Convolutions as ops. Result, input gradient and weight gradient are one form, linear in x, in the weight
// and in g, less one of them; so the gradients of each are the other two.
#include "autograd/ops/detail/convolution.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/conv.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using kernels::ConvGeometry;
using kernels::PlaneSize;

PlaneSize plane_of(const Shape& shape) { return {shape[2], shape[3]}; }

Attributes conv_attributes(const ConvGeometry& geometry, const PlaneSize& size) {
  return {{"stride", Shape(geometry.stride)},
          {"padding", Shape(geometry.padding)},
          {"dilation", Shape(geometry.dilation)},
          {"groups", geometry.groups},
          {"size", Shape(size)}};
}

/// Sizes that fit each other: x {2, channels} + in, weight {filters, channels / groups} + kernel, g {2,
/// filters} + out.
struct Sample {
  ConvGeometry geometry;
  std::int64_t channels, filters;
  PlaneSize in, kernel, out;
  std::int64_t images = 2;

  Shape x() const { return {images, channels, in[0], in[1]}; }
  Shape weight() const { return {filters, channels / geometry.groups, kernel[0], kernel[1]}; }
  Shape g() const { return {images, filters, out[0], out[1]}; }
};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> all{
      {{}, 2, 3, {4, 5}, {3, 2}, {2, 4}},
      {{.padding = {1, 2}}, 1, 2, {3, 3}, {3, 3}, {3, 5}},
      {{.stride = {2, 1}, .padding = {1, 0}}, 2, 2, {5, 4}, {3, 3}, {3, 2}},
      {{.stride = {2, 3}, .dilation = {1, 2}}, 1, 2, {5, 7}, {2, 3}, {2, 1}},  // phases without taps
      {{.padding = {0, 1}, .dilation = {2, 1}, .groups = 2}, 4, 2, {5, 3}, {2, 3}, {3, 3}},
      {{.padding = {1, 1}, .groups = 3}, 3, 6, {3, 4}, {2, 3}, {4, 4}},
      {{}, 3, 2, {2, 3}, {1, 1}, {2, 3}},                   // the source itself
      {{.padding = {1, 1}}, 1, 1, {3, 3}, {4, 2}, {3, 3}},  // a row and a column less than padding gives
      {{}, 1, 2, {1, 4}, {1, 3}, {1, 2}, 9},                // two chunks of images
      {{}, 2, 3, {3, 3}, {2, 2}, {2, 2}, 0}};
  return all;
}

/// Cases for O{geometry, size}, of the inputs and the size that a sample gives.
template <class O, class F>
Cases<O> conv_cases(const F& inputs_and_size) {
  Cases<O> cases;
  for (const Sample& sample : samples()) {
    const auto [inputs, size] = inputs_and_size(sample);
    cases.add({.inputs = inputs}, O{sample.geometry, size});
  }
  return cases;
}

using InputsAndSize = std::pair<std::vector<Shape>, PlaneSize>;

/// y of x and a weight      dx = ConvInput(g, weight), dweight = ConvWeight(x, g)
struct Conv {
  static constexpr std::string_view name = "convolution";
  static constexpr Reads reads = Reads::others;

  ConvGeometry geometry;
  PlaneSize size;

  Tensor forward(const Tensor& x, const Tensor& weight) const {
    return kernels::conv(x, weight, Tensor(), geometry, size);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const;

  Attributes attributes() const { return conv_attributes(geometry, size); }
  static Cases<Conv> cases() {
    return conv_cases<Conv>([](const Sample& s) { return InputsAndSize{{s.x(), s.weight()}, s.out}; });
  }
};

/// The same and a bias for each filter      dbias = g summed over images and places
struct ConvBias {
  static constexpr std::string_view name = "convolution_bias";
  static constexpr Reads reads = Reads::others;

  ConvGeometry geometry;
  PlaneSize size;

  Tensor forward(const Tensor& x, const Tensor& weight, const Tensor& bias) const {
    return kernels::conv(x, weight, bias, geometry, size);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const;

  Attributes attributes() const { return conv_attributes(geometry, size); }
  static Cases<ConvBias> cases() {
    return conv_cases<ConvBias>([](const Sample& s) {
      return InputsAndSize{{s.x(), s.weight(), {s.filters}}, s.out};
    });
  }
};

/// The input's gradient of g and a weight      dg = Conv(h, weight), dweight = ConvWeight(h, g)
struct ConvInput {
  static constexpr std::string_view name = "convolution_input";
  static constexpr Reads reads = Reads::others;

  ConvGeometry geometry;
  PlaneSize size;

  Tensor forward(const Tensor& g, const Tensor& weight) const {
    return kernels::conv_input(g, weight, geometry, size);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& h, Wrt& wrt) const;

  Attributes attributes() const { return conv_attributes(geometry, size); }
  static Cases<ConvInput> cases() {
    return conv_cases<ConvInput>([](const Sample& s) { return InputsAndSize{{s.g(), s.weight()}, s.in}; });
  }
};

/// The weight's gradient of x and g      dx = ConvInput(g, h), dg = Conv(x, h)
struct ConvWeight {
  static constexpr std::string_view name = "convolution_weight";
  static constexpr Reads reads = Reads::others;

  ConvGeometry geometry;
  PlaneSize size;

  Tensor forward(const Tensor& x, const Tensor& g) const {
    return kernels::conv_weight(x, g, geometry, size);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& h, Wrt& wrt) const {
    wrt(0, [&] { return record(ConvInput{geometry, plane_of(wrt.shape(0))}, x[1], h); });
    wrt(1, [&] { return record(Conv{geometry, plane_of(wrt.shape(1))}, x[0], h); });
  }

  Attributes attributes() const { return conv_attributes(geometry, size); }
  static Cases<ConvWeight> cases() {
    return conv_cases<ConvWeight>([](const Sample& s) { return InputsAndSize{{s.x(), s.g()}, s.kernel}; });
  }
};

void Conv::vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
  wrt(0, [&] { return record(ConvInput{geometry, plane_of(wrt.shape(0))}, g, x[1]); });
  wrt(1, [&] { return record(ConvWeight{geometry, plane_of(wrt.shape(1))}, x[0], g); });
}

void ConvBias::vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
  Conv{geometry, size}.vjp(x, y, g, wrt);
  wrt(2, [&] { return sum(g, {0, 2, 3}); });
}

void ConvInput::vjp(const Inputs& x, const Tensor&, const Tensor& h, Wrt& wrt) const {
  wrt(0, [&] { return record(Conv{geometry, plane_of(wrt.shape(0))}, h, x[1]); });
  wrt(1, [&] { return record(ConvWeight{geometry, plane_of(wrt.shape(1))}, h, x[0]); });
}

}  // namespace

Tensor detail::convolution(const Tensor& x, const Tensor& weight, const Tensor& bias,
                           const ConvGeometry& geometry, const PlaneSize& size) {
  if (!bias.defined()) return record(Conv{geometry, size}, x, weight);
  return record(ConvBias{geometry, size}, x, weight, bias);
}

Tensor detail::convolution_input(const Tensor& g, const Tensor& weight, const ConvGeometry& geometry,
                                 const PlaneSize& size) {
  return record(ConvInput{geometry, size}, g, weight);
}

}  // namespace xtape
