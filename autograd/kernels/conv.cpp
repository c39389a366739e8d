// Convolutions and their input gradients as sums of shifted copies of spread images, by loops that are
// compiled for each instruction set.
#include "autograd/kernels/conv.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/conv_spread.hpp"
#include "autograd/kernels/simd/conv_table.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// What the places of a result read: the weight {groups, rows, terms}, and where its terms stand in a spread
/// image.
template <class T>
struct Terms {
  const T* weight;
  std::int64_t count;
  const std::int64_t* offsets;
};

/// The rows first, first + step, ... of a result, and for each remainder of their columns modulo the number
/// of remainders what these read.
template <class T>
struct Lines {
  std::int64_t first;
  std::vector<Terms<T>> columns;
};

/// y = bias + weight times what the places see of the images, group by group.
template <class T>
struct Correlations {
  const Spread& spread;
  std::int64_t images, groups, rows;
  const T *source, *bias;  // the bias may be null
  std::vector<Lines<T>> lines;
  PlaneSize size;  // of y
  T* y;

  void run() const {
    std::int64_t terms = 0;
    for (const Lines<T>& each : lines) {
      for (const Terms<T>& some : each.columns) terms += some.count;
    }
    const std::int64_t work = pieces(rows, blocks()) * terms * spread.places();
    const Chunks chunks = writes_y() ? Chunks::in_place(spread, conv_simd<T>().batch)
                                     : Chunks::by_panels(spread, conv_simd<T>().batch);
    parallel_for(images * groups * blocks(), conv_grain(work),
                 [&](std::int64_t begin, std::int64_t end) { run(begin, end, chunks); });
  }

 private:
  static constexpr std::int64_t kBlock = 24;  // rows
  /// Of c; rows a power of two apart would share few lines of a cache.
  static constexpr std::int64_t kRow = Chunks::kPanel + 16;

  std::int64_t steps() const {
    return std::ssize(lines[0].columns);
  }  // from one column of a remainder to the next

  /// Few images are cut along the rows too; each block spreads its image again, which is little beside so
  /// many.
  std::int64_t blocks() const { return images * groups < 8 ? pieces(rows, kBlock) : 1; }

  /// Whether sums can be written to rows of y themselves: chunks fit, and none of many terms overlap.
  bool writes_y() const {
    const std::int64_t width = conv_simd<T>().batch,
                       columns = spread.is_identity() ? spread.places() : spread.columns().places();
    return lines.size() == 1 && steps() == 1 && spread.terms() > 0 && columns >= width &&
           (spread.terms() <= 64 || columns % width == 0);
  }

  /// Whether the image is its own spread, and no chunk reads beyond its end.
  bool reads_image() const {
    return spread.is_source() && (writes_y() || spread.places() % conv_simd<T>().batch == 0);
  }

  void run(std::int64_t begin, std::int64_t end, const Chunks& chunks) const {
    std::vector<T> copy(static_cast<std::size_t>(reads_image() ? 0 : spread.size()));
    std::vector<T> c(static_cast<std::size_t>(writes_y() ? 0 : steps() * rows * kRow));
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t image = task / blocks(), block = task % blocks();
      const T* from = source + image * spread.source_size();
      if (!reads_image()) {
        spread.copy(from, copy.data());
        from = copy.data();
      }
      const std::int64_t first = block * kBlock, last = blocks() == 1 ? rows : std::min(rows, first + kBlock);
      for (const Lines<T>& each : lines) compute(each, image, first, last - first, from, chunks, c);
    }
  }

  /// Rows [first, first + count) of an image's result, at some lines of it.
  void compute(const Lines<T>& line, std::int64_t image, std::int64_t first, std::int64_t count,
               const T* from, const Chunks& chunks, std::vector<T>& c) const {
    const std::int64_t width = conv_simd<T>().batch, at_once = Chunks::kPanel / width,
                       row = image % groups * rows + first, plane = size[0] * size[1];
    T* planes = y + (image * rows + first) * plane;
    for (std::int64_t chunk = 0; chunk < chunks.count(); chunk += at_once) {
      const std::int64_t some = std::min(at_once, chunks.count() - chunk);
      for (std::int64_t k = 0; k < steps(); ++k) {
        const Terms<T>& terms = line.columns[static_cast<std::size_t>(k)];
        T* sums = c.data() + k * rows * kRow;
        if (terms.count == 0) std::fill_n(sums, count * kRow, T(0));
        conv_simd<T>().correlate({.rows = count,
                                  .terms = terms.count,
                                  .chunks = some,
                                  .a = terms.weight + row * terms.count,
                                  .a_row = terms.count,
                                  .source = from,
                                  .offsets = terms.offsets,
                                  .positions = chunks.positions() + chunk,
                                  .destinations = chunks.destinations() + chunk,
                                  .bias = bias == nullptr ? nullptr : bias + row,
                                  .c = c.empty() ? planes : sums,
                                  .c_row = c.empty() ? plane : kRow});
      }
      if (c.empty()) continue;
      for (std::int64_t i = 0; i < count; ++i) {
        copy_out(c.data() + i * kRow, chunk * width, (chunk + some) * width, line, chunks.pitch(),
                 planes + i * plane);
      }
    }
  }

  /// Copies the entries [begin, end) of the chunks, which `c` begins with, to their places in one channel.
  void copy_out(const T* c, std::int64_t begin, std::int64_t end, const Lines<T>& line, std::int64_t pitch,
                T* plane) const {
    const std::int64_t row_step = std::ssize(lines), step = steps();
    for (std::int64_t row = begin / pitch; row * pitch < end; ++row) {
      const std::int64_t at = line.first + row * row_step;
      if (at >= size[0]) return;
      const std::int64_t first = std::max(begin - row * pitch, std::int64_t{0}), last = end - row * pitch;
      const T* from = c + row * pitch - begin + first;
      copy_row(from, std::min(last * step, size[1]) - first * step, plane + at * size[1] + first * step);
    }
  }
  /// So many columns of a row, those of each remainder from its part of c.
  void copy_row(const T* from, std::int64_t columns, T* to) const {
    const std::int64_t step = steps(), apart = rows * kRow;
    if (step == 1) return void(std::copy_n(from, std::max<std::int64_t>(columns, 0), to));
    if (step == 2) conv_simd<T>().interleave(from, from + apart, columns / 2, to);
    for (std::int64_t i = step == 2 ? columns / 2 * 2 : 0; i < columns; ++i)
      to[i] = from[i % step * apart + i / step];
  }
};

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
