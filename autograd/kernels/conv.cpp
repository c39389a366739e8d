// Convolutions and their input gradients as sums of shifted copies of spread images, by loops that are
// compiled for each instruction set.
#include "autograd/kernels/conv.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "autograd/kernels/conv_spread.hpp"
#include "autograd/kernels/correlations.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

template <class T>
void forward(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvGeometry& geometry,
             const Tensor& y) {
  const PlaneSize size{y.shape()[2], y.shape()[3]};
  const Spread spread = forward_spread(geometry, x.shape(), weight.shape(), size, true);
  Correlations<T>{.spread = spread,
                  .images = x.shape()[0],
                  .groups = geometry.groups,
                  .rows = weight.shape()[0] / geometry.groups,
                  .source = x.data<T>(),
                  .bias = bias.defined() ? bias.data<T>() : nullptr,
                  .lines = {{0, {{weight.data<T>(), spread.terms(), spread.offsets()}}}},
                  .size = size,
                  .y = y.data<T>()}
      .run();
}

/// One axis of an input's gradient. Positions with one remainder modulo the stride read g through the same
/// taps.
struct GradientAxis {
  SpreadAxis spread;                            // of g, through all taps of the kernel
  std::vector<std::vector<std::int64_t>> taps;  // their numbers in the kernel, by remainder
};

GradientAxis gradient_axis(const ConvGeometry& geometry, std::size_t axis, std::int64_t source,
                           std::int64_t positions, std::int64_t kernel) {
  const std::int64_t stride = geometry.stride[axis];
  std::vector<std::vector<std::int64_t>> numbers(static_cast<std::size_t>(std::min(stride, positions)));
  std::vector<std::int64_t> taps;
  for (std::int64_t k = 0; k < kernel; ++k) {
    const std::int64_t first = k * geometry.dilation[axis] - geometry.padding[axis];  // which reads g[0]
    const std::int64_t remainder = (first % stride + stride) % stride;
    taps.push_back((remainder - first) / stride);
    if (remainder < std::ssize(numbers)) numbers[static_cast<std::size_t>(remainder)].push_back(k);
  }
  return {SpreadAxis(source, pieces(positions, stride), 1, taps), std::move(numbers)};
}

/// The weight {groups, C / groups, terms} that positions of dx read through some taps, and where terms stand.
template <class T>
struct TurnedTerms {
  std::vector<T> weight;
  std::vector<std::int64_t> offsets;

  TurnedTerms(const Tensor& from, std::int64_t groups, const Spread& spread,
              const std::vector<std::int64_t>& down, const std::vector<std::int64_t>& right) {
    const Shape& shape = from.shape();
    const std::int64_t filters = shape[0] / groups, channels = shape[1], area = shape[2] * shape[3];
    weight.reserve(static_cast<std::size_t>(shape[0] * channels) * down.size() * right.size());
    const auto for_each_term = [&](std::int64_t filter, const auto& f) {
      for (const std::int64_t i : down) {
        for (const std::int64_t j : right) f(filter * area + i * shape[3] + j);
      }
    };
    for (std::int64_t o = 0; o < filters; ++o)
      for_each_term(o, [&](std::int64_t at) { offsets.push_back(spread.offsets()[at]); });
    const T* numbers = from.data<T>();
    for (std::int64_t group = 0; group < groups; ++group) {
      for (std::int64_t c = 0; c < channels; ++c) {
        for (std::int64_t o = group * filters; o < (group + 1) * filters; ++o)
          for_each_term(o * channels + c, [&](std::int64_t at) { weight.push_back(numbers[at]); });
      }
    }
  }
};

template <class T>
void input_gradient(const Tensor& g, const Tensor& weight, const ConvGeometry& geometry, const Tensor& dx) {
  const auto along = [&](std::size_t axis) {
    const int dim = static_cast<int>(axis) + 2;
    return gradient_axis(geometry, axis, g.shape()[dim], dx.shape()[dim], weight.shape()[dim]);
  };
  const GradientAxis rows = along(0), columns = along(1);
  const Spread spread(weight.shape()[0] / geometry.groups, rows.spread, columns.spread, true);
  std::deque<TurnedTerms<T>> turned;  // which do not move
  std::vector<Lines<T>> lines;
  for (const auto& down : rows.taps) {
    Lines<T>& line = lines.emplace_back(Lines<T>{std::ssize(lines), {}});
    for (const auto& right : columns.taps) {
      const TurnedTerms<T>& terms = turned.emplace_back(weight, geometry.groups, spread, down, right);
      line.columns.push_back({terms.weight.data(), std::ssize(terms.offsets), terms.offsets.data()});
    }
  }
  Correlations<T>{.spread = spread,
                  .images = g.shape()[0],
                  .groups = geometry.groups,
                  .rows = weight.shape()[1],
                  .source = g.data<T>(),
                  .bias = nullptr,
                  .lines = std::move(lines),
                  .size = {dx.shape()[2], dx.shape()[3]},
                  .y = dx.data<T>()}
      .run();
}

}  // namespace

Tensor conv(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvGeometry& geometry,
            const PlaneSize& size) {
  const Tensor y = make_tensor({x.shape()[0], weight.shape()[0], size[0], size[1]}, x.dtype());
  if (y.numel() > 0)
    visit_floating(x.dtype(), "conv",
                   [&](auto zero) { forward<decltype(zero)>(x, weight, bias, geometry, y); });
  return y;
}

Tensor conv_input(const Tensor& g, const Tensor& weight, const ConvGeometry& geometry,
                  const PlaneSize& size) {
  const std::int64_t channels = weight.shape()[1] * geometry.groups;
  const Tensor dx = make_tensor({g.shape()[0], channels, size[0], size[1]}, g.dtype());
  if (dx.numel() > 0)
    visit_floating(g.dtype(), "conv",
                   [&](auto zero) { input_gradient<decltype(zero)>(g, weight, geometry, dx); });
  return dx;
}

}  // namespace xtape::kernels
