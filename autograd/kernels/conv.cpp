// Convolutions and their input gradients as sums of shifted copies of spread images, by loops that are
// compiled for each instruction set.
#include "autograd/kernels/conv.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/kernels/buffer.hpp"
#include "autograd/kernels/conv_spread.hpp"
#include "autograd/kernels/correlations.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

bool goes_in_pairs(const ConvGeometry& geometry, const Spread& spread, std::int64_t rows) {
  const auto chunks = [&](std::int64_t places) {
    return Chunks::count_by_panels(places, spread.columns(), conv_simd<float>().batch);
  };
  const std::int64_t places = spread.rows().places();
  return can_go_in_pairs(geometry, spread, rows) && pays_in_pairs(chunks(places), chunks(pieces(places, 2)));
}

/// The result of `direct` by pairs of rows. What infinities and NaN make of sums and differences is not what
/// they make of products: images with such are computed anew.
template <class T, class Direct>
void run_in_pairs(const PairedSpread& spread, const WeightPlanes<T>& weight, std::int64_t images,
                  const T* source, const T* bias, const PlaneSize& size, T* y, const Direct& direct) {
  const Buffer<T> u = weight.paired();
  Lines<T> line{0, {}};
  for (std::size_t i = 0; i < 4; ++i)
    line.columns.push_back({u.data() + i * (u.size() / 4), spread.terms(), spread.offsets(i)});
  std::vector<std::atomic<bool>> not_finite(static_cast<std::size_t>(images * weight.groups));
  Correlations<T, PairedSpread>{.spread = spread,
                                .images = images,
                                .groups = weight.groups,
                                .rows = weight.rows,
                                .source = source,
                                .bias = bias,
                                .lines = {std::move(line)},
                                .size = size,
                                .y = y,
                                .not_finite = &not_finite}
      .run();
  for (std::int64_t i = 0; i < std::ssize(not_finite); ++i) {
    if (not_finite[static_cast<std::size_t>(i)]) direct(i, i + 1);
  }
}

template <class T>
void forward(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvGeometry& geometry,
             const Tensor& y) {
  const std::int64_t images = x.shape()[0], rows = weight.shape()[0] / geometry.groups;
  const PlaneSize size{y.shape()[2], y.shape()[3]};
  const Spread spread = forward_spread(geometry, x.shape(), weight.shape(), size, true);
  const T* b = bias.defined() ? bias.data<T>() : nullptr;
  const auto direct = [&](std::int64_t first, std::int64_t last) {
    Correlations<T>{.spread = spread,
                    .images = images,
                    .groups = geometry.groups,
                    .rows = rows,
                    .source = x.data<T>(),
                    .bias = b,
                    .lines = {{0, {{weight.data<T>(), spread.terms(), spread.offsets()}}}},
                    .size = size,
                    .y = y.data<T>()}
        .run(first, last);
  };
  if constexpr (std::is_same_v<T, float>) {
    if (goes_in_pairs(geometry, spread, rows)) {
      const std::int64_t channels = weight.shape()[1], plane = 3 * weight.shape()[3];
      const WeightPlanes<T> planes{.numbers = weight.data<T>(),
                                   .groups = geometry.groups,
                                   .rows = rows,
                                   .channels = channels,
                                   .columns = weight.shape()[3],
                                   .row_step = channels * plane,
                                   .channel_step = plane};
      const PairedSpread pairs(channels, -geometry.padding[0], x.shape()[2], size[0], spread.columns());
      return run_in_pairs(pairs, planes, images, x.data<T>(), b, size, y.data<T>(), direct);
    }
  }
  direct(0, images * geometry.groups);
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
  Buffer<T> weight;
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
  const std::int64_t images = g.shape()[0], channels = weight.shape()[1];
  const PlaneSize size{dx.shape()[2], dx.shape()[3]};
  const auto direct = [&](std::int64_t first, std::int64_t last) {
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
                    .images = images,
                    .groups = geometry.groups,
                    .rows = channels,
                    .source = g.data<T>(),
                    .bias = nullptr,
                    .lines = std::move(lines),
                    .size = size,
                    .y = dx.data<T>()}
        .run(first, last);
  };
  if constexpr (std::is_same_v<T, float>) {
    if (goes_in_pairs(geometry, spread, channels)) {
      const std::int64_t filters = weight.shape()[0] / geometry.groups, plane = 3 * weight.shape()[3];
      const WeightPlanes<T> planes{.numbers = weight.data<T>(),
                                   .groups = geometry.groups,
                                   .rows = channels,
                                   .channels = filters,
                                   .columns = weight.shape()[3],
                                   .row_step = plane,
                                   .channel_step = channels * plane,
                                   .are_upside_down = true};
      const PairedSpread pairs(filters, geometry.padding[0] - 2, g.shape()[2], size[0], spread.columns());
      return run_in_pairs<T>(pairs, planes, images, g.data<T>(), nullptr, size, dx.data<T>(), direct);
    }
  }
  direct(0, images * geometry.groups);
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
